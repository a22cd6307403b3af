"""Time of a page of the audit log among 100,000 entries: the newest, by a word, by an outcome that hardly occurs, far
back, and the words to choose from. Limit: a second each (the budgets in docs/performance.md).

The portal's own search is called on a copy of the demo, so without the web server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from benchmarks import servers
from benchmarks.figures import Figure, median
from webapp import clock
from webapp.config import read_settings
from webapp.domain.audit import AuditEntry
from webapp.domain.db import close_pool, connected, open_database, transaction
from webapp.domain.support import audit_search
from webapp.domain.support.audit_search import Wanted

ENTRIES, WORDS = 100_000, 40
MILLISECONDS = 1_000.0
#: One entry in so many failed.
FAILED = 10_000
#: Entries that one statement writes.
BATCH = 4_000


def measure(runs: int) -> Iterator[Figure]:
    """Each page `runs` times."""
    settings = read_settings(servers.environment(servers.demo_database("audit-log")))
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    open_database(settings.database)
    try:
        with connected():
            _fill()
            first = AuditEntry.select(AuditEntry.id).order_by(AuditEntry.id).limit(1).scalar()
            pages: dict[str, Callable[[], object]] = {
                "the newest": lambda: audit_search.search(Wanted()),
                "by what was done": lambda: audit_search.search(Wanted(action="word-7")),
                "by an outcome of ten entries": lambda: audit_search.search(Wanted(outcome="failed")),
                "of one day": lambda: audit_search.search(Wanted(since=clock.today(), until=clock.today())),
                "the thousandth entry": lambda: audit_search.search(Wanted(), before=first + 1_000),
                "the words to choose from": audit_search.actions,
            }
            for what, look in pages.items():
                yield median(what, [_milliseconds(look) for _ in range(runs)], "ms", limit=MILLISECONDS)
    finally:
        close_pool()


def _fill() -> None:
    now = clock.now()
    for start in range(0, ENTRIES, BATCH):
        some = [
            {
                "at": now,
                "action": f"word-{number % WORDS}",
                "outcome": "done" if number % FAILED else "failed",
                "portal": "member",
                "address": "",
            }
            for number in range(start, start + BATCH)
        ]
        with transaction():
            AuditEntry.insert_many(some).execute()


def _milliseconds(look: Callable[[], object]) -> float:
    start = time.perf_counter()
    look()
    return (time.perf_counter() - start) * 1000
