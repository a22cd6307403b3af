"""`portal refresh` killed 150 times while its reports are read: a reader sees all of the old report or all of the new.

The same extract is computed as of two days in turn, so that every served page must be, cell for cell, one of those that
undisturbed refreshes served before. Meanwhile somebody signs in again and again.
"""

from __future__ import annotations

import hashlib
import html
import random
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.figures import Figure
from faults.bed import KEPT, Bed, kill
from faults.browser import Browser, Seen, Visit, crowd, percentile
from reports.synthetic import starter_cast, synthesize
from tests.harness.clock import TODAY

KILLS = {"sqlite": 150, "postgresql": 50}
SHORT_KILLS = 6
MEMBERS = 300
DAYS = (TODAY, TODAY - timedelta(days=45))
TIN = "061110001"
SLUGS = ("patient-panel", "admissions")
SIGN_IN_SECONDS = 1.0
#: Half of the kills come while it writes and publishes, which takes about so long; the others at any moment.
WRITING_SECONDS = 0.5
_CELL = re.compile(r"<t[dh]\b.*?</t[dh]>|As of [^<]*", re.S)


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Learn what pages may look like, then kill refreshes and read."""
    chance = random.Random(150)
    kills = SHORT_KILLS if short else KILLS[bed.kind]
    extract = _extract()
    secret = {account["username"]: account["password"] for account in bed.demo["accounts"]}
    with bed.serve() as served:
        reader = Browser(served.url)
        if reader.sign_in("provider", "elm.manager", secret["elm.manager"]).status != 303:
            raise RuntimeError("the reader could not sign in")
        allowed, took = _undisturbed(bed, extract, reader)
        pages: list[tuple[str, str]] = []
        visits = [_reading(reader.cookies, pages)] * 2 + [_signing_in(secret["tvega88"])]
        published = 0
        with crowd(served.url, visits, timeout=30) as seen:
            for number in range(kills):
                refresh = _refresh(bed, extract, number)
                if number % 2:
                    _wait_until_it_writes(bed, refresh)
                    pause = chance.uniform(0, WRITING_SECONDS)
                else:
                    pause = chance.uniform(0.3, 1.1) * took
                try:
                    refresh.wait(pause)
                    published += refresh.returncode == 0
                except subprocess.TimeoutExpired:
                    kill(refresh)
    strange = sum(digest not in allowed[slug] for slug, digest in pages)
    note = f"{len(pages):,} pages read, {kills} refreshes, of which {published} ended before they were killed"
    yield Figure("pages served that were mixed, empty or partial", strange, "", 0, gated=True, note=note)
    yield Figure("pages refused", seen.failed, "", 0, gated=True)
    waits = [float(wait) for wait in seen.acknowledged]
    note = f"{len(waits):,} sign-ins, longest {max(waits, default=0):.2f} s"
    yield Figure(
        "sign-ins that failed", seen.statuses[422] + seen.statuses[429] + (not waits), "", 0, gated=True
    )
    yield Figure(
        "sign-in meanwhile, 99th percentile",
        percentile(waits, 99),
        "s",
        SIGN_IN_SECONDS,
        gated=False,
        note=note,
    )
    yield Figure("published reports whose rows are not all there", _incomplete(bed), "", 0, gated=True)
    yield Figure("faults in the file (integrity_check)", bed.damage(), "", 0, gated=True)


def _extract() -> Path:
    folder = KEPT / "extract"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    synthesize(folder, members=MEMBERS, as_of=TODAY, seed=7, cast=starter_cast())
    return folder


def _refresh(bed: Bed, extract: Path, number: int) -> subprocess.Popen[bytes]:
    only = [part for slug in SLUGS for part in ("--report", slug)]
    return bed.command("refresh", str(extract), "--as-of", DAYS[number % 2].isoformat(), *only)


def _wait_until_it_writes(bed: Bed, refresh: subprocess.Popen[bytes]) -> None:
    """Return when the refresh has begun a snapshot of its own, or has ended."""
    newest = "SELECT COALESCE(MAX(id), 0) FROM report_snapshot"
    before = bed.count(newest)
    while refresh.poll() is None and bed.count(newest) <= before:
        time.sleep(0.01)


def _undisturbed(bed: Bed, extract: Path, reader: Browser) -> tuple[dict[str, set[str]], float]:
    """What the pages look like after each day's refresh, coming from the other day or the same; and how long one takes.
    Raises RuntimeError when two days look alike, as nothing could be told from them then."""
    allowed: dict[str, set[str]] = {slug: set() for slug in SLUGS}
    took = []
    for number in (0, 0, 1, 1, 0):
        began = time.monotonic()
        if _refresh(bed, extract, number).wait() != 0:
            raise RuntimeError("an undisturbed refresh failed")
        reader.close()  # the server hung up long ago
        took.append(time.monotonic() - began)
        for slug in SLUGS:
            allowed[slug].add(_digest(reader.get(_path(slug)).body))
    if any(len(digests) < 2 for digests in allowed.values()):
        raise RuntimeError(f"the reports of two days look alike: {allowed}")
    return allowed, min(took)


def _path(slug: str) -> str:
    return f"/providers/reports?report={slug}&tin={TIN}"


def _digest(page: str) -> str:
    """What a page shows of a report: every cell's words, and the day it speaks of."""
    shown = [html.unescape(re.sub(r"<[^>]*>", " ", cell)).split() for cell in _CELL.findall(page)]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16] if len(shown) > 10 else f"{len(shown)} cells"


def _reading(cookies: dict[str, str], pages: list[tuple[str, str]]) -> Visit:
    def read(browser: Browser, seen: Seen) -> None:
        browser.cookies = dict(cookies)
        slug = SLUGS[len(pages) % len(SLUGS)]
        answer = browser.get(_path(slug))
        seen.note(answer)
        if answer.status == 200:
            pages.append((slug, _digest(answer.body)))
        time.sleep(0.01)

    return read


def _signing_in(password: str) -> Visit:
    def sign_in(browser: Browser, seen: Seen) -> None:
        browser.cookies.clear()
        began = time.perf_counter()
        answer = browser.sign_in("member", "tvega88", password)
        seen.note(answer)
        if answer.status == 303:
            seen.acknowledged.append(str(time.perf_counter() - began))
        time.sleep(0.1)

    return sign_in


def _incomplete(bed: Bed) -> int:
    """Published reports that hold more or fewer rows than they say."""
    return bed.count(
        "SELECT COUNT(*) FROM report_published p JOIN report_snapshot s ON s.id = p.snapshot_id "
        "WHERE s.slug <> 'attribution' AND s.row_count <> "
        "(SELECT COUNT(*) FROM report_row r WHERE r.snapshot_id = s.id)"
    )
