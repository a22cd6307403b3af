"""Find a Doctor over a directory of 50,000 providers, on SQLite and on PostgreSQL: each search, by the server's clock.

The providers are those of the synthetic network, loaded as `portal load` loads them. The portal is asked over HTTP, by
one client with one kept connection. The limit of 30 ms is reported, not gated; what gates is that the pages of a
search neither lose nor repeat a provider.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import quote

import brotli

from benchmarks import client, servers
from benchmarks.figures import Figure, median
from benchmarks.servers import KEPT, PORTAL, ROOT
from reports.layout import TABLES
from reports.synthetic import starter_cast
from reports.synthetic.draws import day_of, stream
from reports.synthetic.network import build
from tests.harness.clock import TODAY
from tests.harness.postgres import start

PROVIDERS = 50_000
MILLISECONDS = 30.0
REQUESTS, WARM_UP = 30, 5
SWAP = {"HX-Request": "true", "HX-Request-Type": "partial"}
SEARCH = "/members/find-a-doctor/search?"
SEARCHES = {
    "everybody, by name": "",
    "a name": "q=rivera",
    "a name with one wrong letter": "q=riveera",
    "a word of plain language": "q=heart",
    "within 10 miles of a town": "near=Hartford&miles=10",
    "within 50 miles of a ZIP code, page 100": "near=06106&miles=50&page=100",
    "within 50 miles, language, new patients": "near=Hartford&miles=50&kind=medical&language=SPANISH&accepting=1",
    "specialty within 25 miles of a misspelled town": f"near={quote('New Havne')}&miles=25&specialty=cardiology",
}
#: What the kept files depend on; when one of these changes they are made anew.
SOURCES = (
    "webapp/migrations/*.py",
    "webapp/domain/find_a_doctor/*.py",
    "reports/synthetic/network.py",
    "benchmarks/directory.py",
)


def measure(runs: int) -> Iterator[Figure]:
    """Time each search `runs` times on both databases."""
    feed = _feed()
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with database(feed) as settings:
            port = servers.free_port()
            url = f"http://127.0.0.1:{port}"
            env = {**settings, "PORTAL_BASE_URL": url}
            with servers.started([str(PORTAL), "serve", "--port", str(port)], f"{url}/health", env):
                yield from _searches(name, url, runs)
                yield _lost(name, url)


def _searches(name: str, url: str, runs: int) -> Iterator[Figure]:
    connection = client.Connection(url, "", SWAP)
    for what, query in SEARCHES.items():
        request = connection.request(SEARCH + query)
        times = []
        for run in range(runs + 1):  # the first warms up
            answers = [connection.get(request) for _ in range(REQUESTS if run else WARM_UP)]
            if any(status != 200 for _, status, _ in answers):
                raise RuntimeError(f"{query} answers {[status for _, status, _ in answers]}")
            if run:
                times.append(statistics.median(seconds for seconds, _, _ in answers) * 1000)
        yield median(f"{name}: {what}", times, "ms", limit=MILLISECONDS)
    connection.close()


def _lost(name: str, url: str) -> Figure:
    """How many results the pages of one search lose or repeat."""
    connection = client.Connection(url, "", SWAP)
    query = f"{SEARCH}near=Hartford&miles=10&specialty=cardiology"
    total, seen, page = 0, [], 1
    while page == 1 or len(seen) < total:
        _, _, body = connection.get(connection.request(f"{query}&page={page}"))
        text = brotli.decompress(body).decode()
        counted = re.search(r'id="found"[^>]*>[^<]*?([\d,]+)</h2>', text)
        total = int(counted[1].replace(",", "")) if counted else 0
        found = re.findall(r"/providers/\w+\?at=(\d+)", text)
        if not found:
            break
        seen += found
        page += 1
    connection.close()
    lost = abs(total - len(seen)) + len(seen) - len(set(seen))
    return Figure(f"{name}: results that pages lose or repeat", lost, "rows", limit=0, gated=True)


def _feed() -> Path:
    """A folder with the feed of the providers, kept between runs."""
    digest = hashlib.sha256(f"{PROVIDERS} {TODAY}".encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(path.read_bytes())
    folder = KEPT / f"directory-{digest.hexdigest()[:12]}"
    if not (folder / "provider.csv").exists():
        for stale in KEPT.glob("directory-*"):
            shutil.rmtree(stale)
        folder.mkdir(parents=True, exist_ok=True)
        network = build(stream(2015, 1), 55 * PROVIDERS, day_of(TODAY), starter_cast())
        columns = TABLES["provider"].names
        with (folder / "provider.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            for row in network.providers[:PROVIDERS]:
                writer.writerow([_cell(row.get(name)) for name in columns])
    return folder


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def _sqlite(feed: Path) -> Iterator[dict[str, str]]:
    database = feed / "portal.db"
    settings = servers.environment(database)
    if not database.exists():
        _load(feed, settings)
    yield settings


@contextmanager
def _postgresql(feed: Path) -> Iterator[dict[str, str]]:
    server = start(feed / "postgresql")
    try:
        settings = servers.environment(feed / "portal.db")
        settings["PORTAL_DATABASE"] = server.create("directory")
        _load(feed, settings)
        yield settings
    finally:
        server.stop()


def _load(feed: Path, settings: dict[str, str]) -> None:
    settings.setdefault("PORTAL_SECRET_KEY", "a key of the benchmark that protects nothing at all")
    for command in (["migrate"], ["load", str(feed)]):
        subprocess.run([str(PORTAL), *command], cwd=ROOT, env=settings, check=True, capture_output=True)
