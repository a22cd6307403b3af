"""The disk is full: what cannot be written is refused in plain words, nothing half, reading goes on; then it recovers.

The system's limit on the size of a file stands for the disk: a write beyond it fails as on a full one. It is laid on
the running server, and taken off again.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from benchmarks.figures import Figure
from faults import finishes
from faults.bed import Bed, Served
from faults.browser import STORED, Browser, Seen, agree, crowd, lost

PEOPLE, SHORT_PEOPLE = 400, 60
FULL_SECONDS, SHORT_FULL_SECONDS = 5.0, 2.0
ROOM_BYTES = 400_000


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Fill the disk while people register and finish, look at what they are told, and make room again."""
    with bed.serve() as served:
        people = finishes.prepare(bed, served, SHORT_PEOPLE if short else PEOPLE)
        log = bed.file.with_name(f"{bed.file.name}-wal")
        _limit(served, log.stat().st_size + ROOM_BYTES)
        with crowd(served.url, [agree] * 3, timeout=15) as seen, ThreadPoolExecutor(4) as lanes:
            for one in people[::2]:
                lanes.submit(_finish_once, served.url, one)
            _wait_until_full(seen)
            told = _told(served.url)
            readable = Browser(served.url).get("/members/login").status
            time.sleep(SHORT_FULL_SECONDS if short else FULL_SECONDS)
            full = dict(seen.statuses)
        _, doubled, partial = finishes.check(bed, people, finished=False)
        _limit(served, resource.RLIM_INFINITY)
        began = time.monotonic()
        again = _writes_again(served.url, seen)
        waited = time.monotonic() - began
        unanswered = sum(finishes.press_twice(served.url, one) for one in people[1::2])
    note = ", ".join(f"{count:,} × {status or 'no answer'}" for status, count in sorted(full.items()))
    refused = full.get(503, 0)
    other = sum(count for status, count in full.items() if status not in (200, 303, 503))
    yield Figure("answers that were neither right nor a 503", other if refused else 1, "", 0, gated=True, note=note)
    yield Figure("503 without plain words in Spanish, or with the inside", not told, "", 0, gated=True)
    yield Figure("pages to read refused meanwhile", readable != 200, "", 0, gated=True)
    yield Figure("accounts half written or doubled", doubled + partial, "", 0, gated=True)
    stored = {row[0] for row in bed.rows(STORED)}
    yield Figure("acknowledged writes lost", lost(stored, seen), "", 0, gated=True)
    yield Figure("faults in the file (integrity_check)", bed.damage(), "", 0, gated=True)
    yield Figure("writes again after there is room", waited if again else 60, "s", 5, gated=True)
    yield Figure("presses of Finish never answered after that", unanswered, "", 0, gated=True)


def _limit(served: Served, size: int) -> None:
    """How large a file of the server may grow, in bytes, from now on."""
    _, hard = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def _finish_once(url: str, one: finishes.Prepared) -> None:
    """Press Finish, whatever comes of it."""
    browser = Browser(url, timeout=15)
    browser.cookies["register_run"] = one.token
    page = browser.get(f"{finishes.STEPS}/verify")
    if page.status == 200:
        browser.post(f"{finishes.STEPS}/verify", {"csrf_token": browser.token_of(page), "go": "next", "once": "1"})
    browser.close()


def _wait_until_full(seen: Seen) -> None:
    deadline = time.monotonic() + 60
    while not seen.statuses[503] and time.monotonic() < deadline:
        time.sleep(0.01)


def _told(url: str) -> bool:
    """Whether a Spanish reader is told in plain words, with Retry-After and without the inside."""
    seen, browser = Seen(), Browser(url, language="es")
    for _ in range(10):
        agree(browser, seen)
        if page := seen.last.get(503):
            inside = any(word in page.body.lower() for word in ("sqlite", "traceback", "disk"))
            return 'lang="es"' in page.body and "Retry-After" in page.headers and not inside
    return False


def _writes_again(url: str, seen: Seen) -> bool:
    browser, before = Browser(url), seen.statuses[303]
    deadline = time.monotonic() + 60
    while seen.statuses[303] == before and time.monotonic() < deadline:
        agree(browser, seen)
        time.sleep(0.02)
    return seen.statuses[303] > before
