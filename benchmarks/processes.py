"""A command run to its end: how long it took, and how much memory it and its children held at most."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: How often memory is looked at while a command runs.
EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    seconds: float
    gigabytes: float


def run(command: Sequence[str], folder: Path, env: Mapping[str, str], log: Path) -> Done:
    """Run `command` in `folder` to its end; what it prints goes to the end of `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    ended = threading.Event()
    peaks: list[int] = []
    with log.open("ab") as output:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=dict(env), stdout=output, stderr=output)
        watcher = threading.Thread(target=_watch, args=(process.pid, ended, peaks))
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    ended.set()
    watcher.join()
    # The system's own peak is exact for one process; looking now and then is for those that have children.
    peak = max([usage.ru_maxrss * 1024, *peaks])
    return Done(process.returncode, seconds, peak / 1024**3)


def _watch(root: int, ended: threading.Event, peaks: list[int]) -> None:
    while not ended.wait(EVERY_SECONDS):
        peaks.append(sum(_held(pid) for pid in _tree(root)))


def _tree(pid: int) -> Iterator[int]:
    """The process and all below it; none where the system does not tell (it is Linux that does)."""
    yield pid
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for thread in threads for child in (thread / "children").read_text().split()]
    except OSError:
        return
    for child in children:
        yield from _tree(int(child))


def _held(pid: int) -> int:
    """Bytes of memory that the process holds, what it shares with others by its part; 0 where nobody tells."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
