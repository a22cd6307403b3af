"""PostgreSQL stopped and started under a running portal: people are told in plain words, and then it goes on by itself.

It is stopped in three ways, in turn: as for an upgrade (fast), in a hurry (immediate), and killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from benchmarks.figures import Figure
from faults.bed import START_SECONDS, Bed, Served, server
from faults.browser import BROKEN, STORED, Browser, Seen, agree, crowd, lost

WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "killed": signal.SIGKILL}
ROUNDS, SHORT_ROUNDS = 2, 1
VISITORS = 8
AWAY_SECONDS = 2.0
AGAIN_SECONDS = 5.0


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Stop and start PostgreSQL under `portal serve` and under gunicorn."""
    rounds = [*WAYS] * (SHORT_ROUNDS if short else ROUNDS)
    servers = {"portal serve": bed.serve(), "gunicorn": bed.gunicorn(workers=2)}
    for what in list(servers)[-1 if short else 0 :]:
        with servers[what] as served:
            yield from _figures(what, bed, served, server().handle, rounds)


def _figures(what: str, bed: Bed, served: Served, handle: Any, rounds: list[str]) -> Iterator[Figure]:
    waits, plain, hidden = [], 0, 0
    with crowd(served.url, [agree] * VISITORS, timeout=15) as seen:
        for way in rounds:
            time.sleep(1.0)
            _stop(handle, WAYS[way])
            time.sleep(AWAY_SECONDS / 2)
            told, shown = _told(served.url)
            plain, hidden = plain + told, hidden + shown
            time.sleep(AWAY_SECONDS / 2)
            _start(handle)
            waits.append(_good_again(seen))
        time.sleep(1.0)
    stored = {row[0] for row in bed.rows(STORED)}
    note = ", ".join(f"{way} {wait:.2f}" for way, wait in zip(rounds, waits, strict=True))
    yield Figure(
        f"{what}: last failed request after its return", max(waits), "s", AGAIN_SECONDS, gated=True, note=note
    )
    note = f"{len(seen.acknowledged):,} acknowledged"
    yield Figure(f"{what}: acknowledged writes lost", lost(stored, seen), "", 0, gated=True, note=note)
    note = ", ".join(
        f"{count:,} × {status or 'no answer'}" for status, count in sorted(seen.statuses.items())
    )
    other = sum(count for status, count in seen.statuses.items() if status not in (200, 303, 503))
    yield Figure(f"{what}: answers that were neither right nor a 503", other, "", 0, gated=True, note=note)
    yield Figure(
        f"{what}: 503 without plain words in Spanish, or with the inside",
        len(rounds) - plain + hidden,
        "",
        0,
        gated=True,
    )


def _good_again(seen: Seen) -> float:
    """Seconds from now until the last failure; over when there was none for two seconds."""
    began = last = time.monotonic()
    failures = seen.failed
    good = seen.statuses[303]
    while time.monotonic() - last < 2.0 and time.monotonic() - began < 60:
        time.sleep(0.01)
        if seen.failed != failures or seen.statuses[303] == good:
            failures, last = seen.failed, time.monotonic()
    return last - began


def _told(url: str) -> tuple[bool, bool]:
    """Whether a Spanish reader is told in plain words, with Retry-After; and whether something of the inside shows."""
    try:
        page = Browser(url, timeout=15, language="es").get("/members/login?lang=es")
        if page.status == 200:  # this page asks the database nothing
            page = Browser(url, timeout=15, language="es").get("/health")
    except BROKEN:
        return False, False
    words = 'lang="es"' in page.body and "Retry-After" in page.headers
    inside = any(word in page.body.lower() for word in ("psycopg", "traceback", "socket", "postgres"))
    return page.status == 503 and words, inside


def _stop(handle: Any, how: signal.Signals) -> None:
    process = handle.get_postmaster_info().process
    os.kill(process.pid, how)
    process.wait(30)


def _start(handle: Any) -> None:
    """Start it again, and return as soon as it takes connections. After a kill it recovers first, which takes a while
    and is not the portal's time."""
    deadline, last = time.monotonic() + START_SECONDS, None
    while time.monotonic() < deadline:
        try:
            handle.ensure_postgres_running()
            psycopg.connect(handle.get_uri(), connect_timeout=5).close()
            return
        except (psycopg.OperationalError, subprocess.SubprocessError, AssertionError) as fault:
            last = fault
            time.sleep(0.05)
    raise RuntimeError("PostgreSQL does not start again") from last
