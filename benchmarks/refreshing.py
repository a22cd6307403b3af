"""Refresh of all reports at 100,000 members and 5,000,000 claim lines, and at half of that.

Limits (the budgets in docs/performance.md): 90 s and 6 GB at 1,000,000 members and 50,000,000 lines, of which this is
a tenth; twice the lines take at most 2.2 times as long. Memory and the ratio gate. The extracts are written once into
var/bench/ and kept; each refresh is a process of its own, on an empty database.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import servers
from benchmarks.figures import Figure, median
from tests.e2e.harness.server import PORTAL, ROOT
from tests.harness.clock import TODAY

MEMBERS_OF_THE_BUDGET, SECONDS_OF_THE_BUDGET = 1_000_000, 90.0
GIGABYTES = 6.0
TWICE_THE_LINES = 2.2


@dataclass(frozen=True)
class Extract:
    """A synthetic extract on disk."""

    folder: Path
    members: int
    lines: int


def measure(runs: int, members: int) -> Iterator[Figure]:
    """Refresh both extracts in turn, `runs` times each."""
    half, whole = _extract(members // 2), _extract(members)
    seconds: dict[Extract, list[float]] = {half: [], whole: []}
    memory: dict[Extract, list[float]] = {half: [], whole: []}
    for _ in range(runs):
        for extract in (half, whole):
            took, peak = _refresh(extract)
            seconds[extract].append(took)
            memory[extract].append(peak)
    share = SECONDS_OF_THE_BUDGET * whole.members / MEMBERS_OF_THE_BUDGET
    size = f"{whole.members:,} members, {whole.lines:,} lines"
    yield median(f"refresh, {size}", seconds[whole], "s", limit=share, note="limit: its share of 90 s")
    yield median(
        "  peak memory", memory[whole], "GB", limit=GIGABYTES, gated=True, note="limit: of ten times the size"
    )
    yield median(f"refresh, {half.members:,} members, {half.lines:,} lines", seconds[half], "s")
    growth = statistics.median(seconds[whole]) / statistics.median(seconds[half])
    lines = f"{whole.lines / half.lines:.2f} times the lines"
    yield Figure("  twice the lines", growth, "×", TWICE_THE_LINES, gated=True, note=lines)


def _extract(members: int) -> Extract:
    """The extract of so many members: the one of an earlier run where nothing that makes it has changed."""
    digest = hashlib.sha256(TODAY.isoformat().encode())
    for path in (*sorted((ROOT / "reports" / "synthetic").rglob("*")), ROOT / "reports" / "layout.py"):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.read_bytes())
    folder = servers.KEPT / f"extract-{members}-{digest.hexdigest()[:12]}"
    if not folder.exists():
        for stale in servers.KEPT.glob(f"extract-{members}-*"):
            shutil.rmtree(stale)
        draft = servers.KEPT / "extract-draft"
        shutil.rmtree(draft, ignore_errors=True)
        _portal("synthesize", str(draft), "--members", str(members), "--as-of", TODAY.isoformat())
        draft.rename(folder)
    lines = sum(pq.read_metadata(path).num_rows for path in folder.glob("medical_claim*.parquet"))
    return Extract(folder, members, lines)


def _refresh(extract: Extract) -> tuple[float, float]:
    """Seconds and peak gigabytes of one `portal refresh` as people call it, start of Python included."""
    database = servers.KEPT / "refresh.db"
    for stale in servers.KEPT.glob("refresh.db*"):
        stale.unlink()
    _portal("migrate", database=database)
    start = time.perf_counter()
    _, peak = _portal("refresh", str(extract.folder), "--as-of", TODAY.isoformat(), database=database)
    return time.perf_counter() - start, peak


def _portal(*arguments: str, database: Path = servers.KEPT / "refresh.db") -> tuple[int, float]:
    """Run a command of the portal; its exit code, always 0, and its peak memory in GB. Raises RuntimeError."""
    with (servers.KEPT / "server.log").open("ab") as output:
        process = subprocess.Popen(
            [PORTAL, *arguments], cwd=ROOT, env=servers.environment(database), stdout=output, stderr=output
        )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(
            f"portal {arguments[0]} ended with {process.returncode}; see {servers.KEPT}/server.log"
        )
    return process.returncode, usage.ru_maxrss / 1024 / 1024
