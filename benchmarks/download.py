"""The download of 10,000 rows, and whether the pages of the table hold every row once.

Limits (the budgets in docs/performance.md): 100 ms, streamed; for every sortable column the union of all pages equals
the count, no row twice. Rows gate, and the ratio to a bare Flask route that streams 15 cells of as many rows: where the
limits were set it took 49 ms, so the ratio is 100 / 49. Milliseconds are reported.
"""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from benchmarks import client, servers
from benchmarks.figures import Figure, median
from benchmarks.stored import DOWNLOADED, DOWNLOADED_ROWS, SLUG, Stored, stored
from reports import snapshot
from reports.catalog import REPORTS
from reports.snapshot import RowQuery
from webapp.config import read_settings
from webapp.domain.db import close_pool, connected, open_database
from webapp.domain.reporting.download_guard import DownloadDay

MILLISECONDS, TIMES_BARE = 100.0, 2.05
ACCOUNT = "large.group"
#: Rows a page while pages are added up: more than people see, so that all columns take seconds. The query is theirs.
PER_PAGE = 1_000


def measure(runs: int, rows: int) -> Iterator[Figure]:
    """Download over HTTP, then add up the pages of every column, both ways."""
    data = stored(rows)
    with servers.portal(data.database) as portal, servers.bare(data.database) as bare:
        password = next(one["password"] for one in portal.demo["accounts"] if one["username"] == ACCOUNT)
        cookies = client.sign_in(portal.url, "provider", ACCOUNT, password)
        path = f"/providers/reports/{SLUG}.csv?tin={DOWNLOADED}"
        headers = {"Cookie": cookies, "Accept-Encoding": client.ENCODINGS}
        yard = f"/csv?snapshot={data.snapshot_id}&tin={DOWNLOADED}"
        times, bares, first = [], [], []
        for run in range(runs + 1):  # the first warms up
            _forget_downloads(data)
            begun, took, _ = _get(portal.url, path, headers)
            _, other, _ = _get(bare, yard, {})
            if run:
                times.append(took)
                first.append(begun)
                bares.append(other)
        _forget_downloads(data)
        lines = _get(portal.url, path, {"Cookie": cookies})[2].decode().count("\n")
    said = f"first bytes after {statistics.median(first):.0f} ms"
    yield median(f"CSV of {DOWNLOADED_ROWS:,} rows", times, "ms", limit=MILLISECONDS, note=said)
    ratios = [time / base for time, base in zip(times, bares, strict=True)]
    beside = f"bare {statistics.median(bares):.0f} ms"
    yield median("  beside the bare route", ratios, "×", limit=TIMES_BARE, gated=True, note=beside)
    yield Figure("  rows missing from it", max(0, DOWNLOADED_ROWS - lines), "rows", 0, gated=True)
    wrong, columns = _added_up(data)
    yield Figure(
        "rows that pages lose or repeat",
        wrong,
        "rows",
        0,
        gated=True,
        note=f"{columns} columns, both directions",
    )


def _forget_downloads(data: Stored) -> None:
    """Begin the account's budget of a day anew: it is spent with three such downloads."""
    open_database(read_settings(servers.environment(data.database)).database)
    try:
        with connected():
            DownloadDay.delete().execute()
    finally:
        close_pool()


def _get(url: str, path: str, headers: Mapping[str, str]) -> tuple[float, float, bytes]:
    """Milliseconds to the first and to the last byte, and the body as sent."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.connect()
    start = time.perf_counter()
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    begun = time.perf_counter()
    body = answer.read()
    ended = time.perf_counter()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return (begun - start) * 1000, (ended - start) * 1000, body


def _added_up(data: Stored) -> tuple[int, int]:
    """How many rows the pages of all sorts lose or repeat, and how many columns were sorted by.

    A row is known by all its cells; the count of each must be the same as in the unsorted whole.
    """
    open_database(read_settings(servers.environment(data.database)).database)
    wrong = 0
    try:
        with connected():
            whole = _cells(snapshot.rows(SLUG, RowQuery(tins=(DOWNLOADED,))))
            for column in REPORTS[SLUG].columns:
                for descending in (False, True):
                    query = RowQuery(tins=(DOWNLOADED,), sort=column.key, descending=descending)
                    seen: list[tuple[object, ...]] = []
                    number, pages = 1, 1
                    while number <= pages:
                        page = snapshot.page(SLUG, query, number, PER_PAGE)
                        seen += _cells(iter(page.rows))
                        number, pages = number + 1, page.pages
                    wrong += abs(len(seen) - len(whole)) + len(set(whole) ^ set(seen))
    finally:
        close_pool()
    return wrong, len(REPORTS[SLUG].columns)


def _cells(rows: Iterator[dict[str, object]]) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in rows]
