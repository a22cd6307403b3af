"""Server time of signed-in pages beside a bare Flask route that renders as many bytes with one SQLite read.

Both servers run the same web server (waitress) on loopback, on the same database; one client with one keep-alive
connection to each asks them in turn, so that whatever else the machine does falls on both. Beside a member's page the
bare route renders a table of as many bytes; beside a page of a report its fifty rows, the rest is blanks. Limits: 3 ms,
and at most 4 times the bare route (the budgets in docs/performance.md). Only the ratio gates.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass

import brotli

from benchmarks import client, servers
from benchmarks.figures import Figure, median
from benchmarks.stored import MEASURED, SLUG, Stored, stored

MILLISECONDS, TIMES_BARE = 3.0, 4.0
#: Requests of each server in one measurement; their median counts.
REQUESTS = 150
WARM_UP = 30
SWAP = {
    "HX-Request": "true",
    "HX-Request-Type": "partial",
    "HX-Current-URL": f"http://x/?report={SLUG}&tin={MEASURED}",
}


@dataclass(frozen=True)
class Page:
    """A page to time. rows: how many the bare route renders beside it; None: as many as have the page's bytes."""

    what: str
    portal: str
    path: str
    rows: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


_TABLE = f"/providers/reports?report={SLUG}&tin={MEASURED}&due=1&sort=hba1c_date&dir=desc"
PAGES = (
    Page("Member Portal Home", "member", "/members/home"),
    Page("My HUSKY Account Information", "member", "/members/account"),
    Page("report table, sorted and filtered: whole page", "provider", _TABLE, 50),
    Page("report table, sorted and filtered: swap", "provider", _TABLE, 50, tuple(SWAP.items())),
)
ACCOUNTS = {"member": "tvega88", "provider": "elm.manager"}


def measure(runs: int, rows: int) -> Iterator[Figure]:
    """Time each page `runs` times, out of so many stored rows."""
    data = stored(rows)
    with servers.portal(data.database) as portal, servers.bare(data.database) as bare:
        secret = {account["username"]: account["password"] for account in portal.demo["accounts"]}
        cookies = {
            kind: client.sign_in(portal.url, kind, name, secret[name]) for kind, name in ACCOUNTS.items()
        }
        for page in PAGES:
            yield from _page(page, portal.url, cookies[page.portal], bare, data, runs)


def _page(page: Page, url: str, cookies: str, bare: str, data: Stored, runs: int) -> Iterator[Figure]:
    own = client.Connection(url, cookies, dict(page.headers))
    other = client.Connection(bare)
    wanted = own.request(page.path)
    _, status, body = own.get(wanted)
    if status != 200:
        raise RuntimeError(f"{page.path} answers {status}")
    size = len(brotli.decompress(body))
    bare_page = f"/page?snapshot={data.snapshot_id}&tin={MEASURED}"
    rows = page.rows or _rows_of(size, other, bare_page)
    yard = other.request(f"{bare_page}&rows={rows}&bytes={size}")
    times, bares = [], []
    for run in range(runs + 1):  # the first warms up
        pairs = [(own.get(wanted)[0], other.get(yard)[0]) for _ in range(REQUESTS if run else WARM_UP)]
        if run:
            times.append(statistics.median(pair[0] for pair in pairs) * 1000)
            bares.append(statistics.median(pair[1] for pair in pairs) * 1000)
    own.close()
    other.close()
    yield median(page.what, times, "ms", limit=MILLISECONDS, note=f"{size:,} bytes before compression")
    ratios = [time / base for time, base in zip(times, bares, strict=True)]
    beside = f"bare {statistics.median(bares):.2f} ms for {rows} rows"
    yield median("  beside the bare route", ratios, "×", limit=TIMES_BARE, gated=True, note=beside)


def _rows_of(size: int, bare: client.Connection, page: str) -> int:
    """How many rows of the bare route's table have so many bytes."""
    few, many = (len(bare.get(bare.request(f"{page}&rows={rows}&bytes=0"))[2]) for rows in (10, 20))
    return max(1, 10 + round((size - few) / ((many - few) / 10)))
