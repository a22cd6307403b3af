"""Refresh of all reports at 1,000,000 members and 50,000,000 claim lines, and at half of that.

Limits (the budgets in docs/performance.md): 90 s and 6 GB; twice the lines take at most 2.2 times as long. Memory, of
the process and all its children, and the ratio gate. Beside it the bare scan: reading the same columns of the same
files and doing nothing with them. The extracts are written once into var/bench/ and kept; each refresh is a process of
its own, on an empty database.
"""

from __future__ import annotations

import hashlib
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks import servers
from benchmarks.figures import Figure, median
from benchmarks.processes import run
from tests.e2e.harness.server import PORTAL, ROOT
from tests.harness.clock import TODAY

MEMBERS, SECONDS = 1_000_000, 90.0
GIGABYTES = 6.0
TWICE_THE_LINES = 2.2
#: From so many members on a refresh takes minutes and varies little: it is measured once.
ONCE_FROM = 500_000


@dataclass(frozen=True)
class Extract:
    """A synthetic extract on disk."""

    folder: Path
    members: int
    lines: int


def measure(runs: int, members: int) -> Iterator[Figure]:
    """Refresh both extracts in turn, `runs` times each, or once each where they are large."""
    half, whole = _extract(members // 2), _extract(members)
    seconds: dict[Extract, list[float]] = {half: [], whole: []}
    memory: dict[Extract, list[float]] = {half: [], whole: []}
    scans: list[float] = []
    for _ in range(runs if members < ONCE_FROM else 1):
        for extract in (half, whole):
            took, peak = _refresh(extract)
            seconds[extract].append(took)
            memory[extract].append(peak)
        scans.append(_scan(whole))
    share = SECONDS * whole.members / MEMBERS
    said = "" if whole.members == MEMBERS else "limit: its share of 90 s"
    size = f"{whole.members:,} members, {whole.lines:,} lines"
    yield median(f"refresh, {size}", seconds[whole], "s", limit=share, note=said)
    yield median("  peak memory", memory[whole], "GB", limit=GIGABYTES, gated=True)
    yield median("  bare scan of its columns", scans, "s")
    times = statistics.median(seconds[whole]) / statistics.median(scans)
    yield Figure("  refresh beside the bare scan", times, "×")
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
    for stale in servers.KEPT.glob("refresh.db*"):
        stale.unlink()
    _portal("migrate")
    return _portal("refresh", str(extract.folder), "--as-of", TODAY.isoformat())


def _scan(extract: Extract) -> float:
    """Seconds of the bare scan, in a process of its own too."""
    command = [sys.executable, "-m", "benchmarks.scan", str(extract.folder)]
    return float(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def _portal(*arguments: str) -> tuple[float, float]:
    """Run a command of the portal: its seconds, and its peak memory in GB. Raises RuntimeError where it fails."""
    log = servers.KEPT / "server.log"
    done = run([str(PORTAL), *arguments], ROOT, servers.environment(servers.KEPT / "refresh.db"), log)
    if done.code:
        raise RuntimeError(f"portal {arguments[0]} ended with {done.code}; see {log}")
    return done.seconds, done.gigabytes
