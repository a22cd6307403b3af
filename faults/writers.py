"""16 processes writing on one SQLite file: nobody is told "database is locked", and nobody waits long.

Each process reads and then writes, as the portal's commands do: a try is counted, a run begun and saved, an entry
added to the audit log, a mail queued.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.queues import Queue

from benchmarks.figures import Figure
from faults.bed import Bed
from faults.browser import percentile

PROCESSES = 16
SECONDS, SHORT_SECONDS = 20.0, 4.0
P99_SECONDS = 1.0


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Write for a while with all processes at once."""
    context = multiprocessing.get_context("spawn")
    found: Queue[tuple[list[float], list[str]]] = context.Queue()
    start = context.Barrier(PROCESSES)
    seconds = SHORT_SECONDS if short else SECONDS
    writers = [
        context.Process(target=_write, args=(bed.address, number, seconds, start, found))
        for number in range(PROCESSES)
    ]
    for writer in writers:
        writer.start()
    results = [found.get(timeout=seconds + 120) for _ in writers]
    for writer in writers:
        writer.join()
    waits = sorted(wait for waited, _ in results for wait in waited)
    refused = [text for _, texts in results for text in texts]
    note = f"{len(waits):,} commands, longest {waits[-1]:.2f} s"
    yield Figure("commands refused (database is locked)", len(refused), "", 0, gated=True, note="; ".join(set(refused)))
    yield Figure("one command, 99th percentile", percentile(waits, 99), "s", P99_SECONDS, gated=True, note=note)
    entries = bed.count("SELECT COUNT(*) FROM audit_entry WHERE action = 'fault'")
    yield Figure("commands of which a part is missing", abs(len(waits) - entries), "", 0, gated=True)
    yield Figure("faults in the file (integrity_check)", bed.damage(), "", 0, gated=True)


def _write(address: str, number: int, seconds: float, start: object, found: Queue) -> None:  # type: ignore[type-arg]
    from peewee import OperationalError

    from webapp import clock
    from webapp.domain import audit, outbox, throttle
    from webapp.domain.audit import Actor
    from webapp.domain.db import connected, open_database, transaction
    from webapp.flows.runs import FlowRun

    open_database(address)
    start.wait()  # type: ignore[attr-defined]
    ends = time.monotonic() + seconds
    waits, refused, turn = [], [], 0
    while time.monotonic() < ends:
        turn += 1
        began = time.perf_counter()
        try:
            with connected():
                throttle.take_counted_try(f"fault-{number}", limit=10**9)
                with transaction():
                    runs = FlowRun.select().count()
                    FlowRun.create(
                        token_hash=f"{number}-{turn}", flow="fault", answers="{}", completed="[]", expires_at=clock.now()
                    )
                    audit.record(Actor("command", ""), "fault", detail=str(runs))
                    outbox.queue(
                        sender="a@plan.example", recipient="b@example.com", subject="s", body="b", language="en"
                    )
        except OperationalError as fault:
            refused.append(str(fault))
        else:
            waits.append(time.perf_counter() - began)
    found.put((waits, refused))
