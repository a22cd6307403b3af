"""Bytes and requests on the wire, as Chromium counts them (CDP encodedDataLength, headers included).

Limits (the budgets in docs/performance.md): a first visit to a login or a registration step 25 KB and 4 requests, to
any other page 35 KB and 5; the next page 8 KB; one swap 4 KB; nothing from elsewhere. Each is measured in English and
in Spanish; the larger counts.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from playwright.sync_api import Browser

from benchmarks import servers, visits
from benchmarks.figures import Figure
from tests.e2e.harness.browser import chromium
from tests.e2e.harness.server import Portal
from tests.e2e.harness.traffic import FIRST_FORM, FIRST_PAGE, NEXT_PAGE, SWAP, Load, Traffic


def measure(runs: int) -> Iterator[Figure]:
    """First visits, next pages and swaps."""
    database = servers.demo_database("wire")
    with servers.portal(database) as portal, chromium(whole=True) as browser:
        walks = [_Walks(browser, portal, language) for language in visits.LANGUAGES]
        for _ in range(runs):
            for walk in walks:
                if not walk.loads:  # what a first visit brings is the same each time
                    walk.first_visits()
                walk.registration()
                walk.member()
                walk.report()
    elsewhere = set()
    for what, limit in walks[0].limits.items():
        sizes = {walk.language: statistics.median(one.total for one in walk.loads[what]) for walk in walks}
        requests = max(len(load.bytes_by_url) for walk in walks for load in walk.loads[what])
        said = ", ".join(f"{code} {size / 1024:.1f}" for code, size in sizes.items())
        yield Figure(what, max(sizes.values()), "KB", limit[0], gated=True, note=said)
        if what.startswith("first"):
            yield Figure("  requests", requests, "requests", limit[1], gated=True)
    for walk in walks:
        elsewhere |= walk.elsewhere
    yield Figure("requests to elsewhere, all visits", len(elsewhere), "requests", 0, gated=True)


class _Walks:
    """What one language's visits loaded: `limits` (bytes, requests) and `loads` by what was measured."""

    def __init__(self, browser: Browser, portal: Portal, language: str) -> None:
        self.browser, self.portal, self.language = browser, portal, language
        self.limits: dict[str, tuple[int, int]] = {}
        self.loads: dict[str, list[Load]] = {}
        self.elsewhere: set[str] = set()

    def keep(self, what: str, limit: tuple[int, int], traffic: Traffic) -> None:
        """Keep what the traffic has counted since it was last started."""
        self.limits[what] = limit
        self.loads.setdefault(what, []).append(traffic.load)
        self.elsewhere |= {fault for fault in traffic.take_faults() if "elsewhere" in fault}

    def first_visits(self) -> None:
        """Each public page by a browser that has kept nothing."""
        for path in (*visits.FORMS, *visits.PAGES, *visits.CONTENT):
            with visits.visitor(self.browser, self.portal, self.language) as (page, traffic):
                visits.open_page(page, traffic, path, first=True)
                limit = FIRST_FORM if visits.is_form(path) else FIRST_PAGE
                self.keep(f"first visit {path}", limit, traffic)
        for kind, username, path in visits.SIGNED_IN:
            with visits.visitor(self.browser, self.portal, self.language) as (page, traffic):
                visits.sign_in(page, self.portal, kind, username)
                kept = page.context.storage_state()
            with visits.visitor(self.browser, self.portal, self.language, kept) as (page, traffic):
                visits.open_page(page, traffic, path, first=True)
                self.keep(f"first visit {path}", FIRST_PAGE, traffic)

    def registration(self) -> None:
        """From the login to the third step; then the second step by a browser that has only the cookies."""
        with visits.visitor(self.browser, self.portal, self.language) as (page, traffic):
            visits.open_page(page, traffic, "/members/login", first=True)
            visits.open_page(page, traffic, visits.STEP)
            self.keep("next page: registration step 1 after login", NEXT_PAGE, traffic)
            visits.next_step(page, traffic, "Agree", self.language)
            self.keep("swap: registration step 2", SWAP, traffic)
            address, kept = page.url, page.context.storage_state()
            visits.fill_card(page, self.portal.demo["members"][0])
            visits.next_step(page, traffic, "Next", self.language)
            self.keep("swap: registration step 3", SWAP, traffic)
        with visits.visitor(self.browser, self.portal, self.language, kept) as (page, traffic):
            visits.open_page(page, traffic, address, first=True)
            # Step 3 is open by now; that person may look back at step 2.
            self.keep("first visit /members/register/validation", FIRST_FORM, traffic)

    def member(self) -> None:
        """The pages of a signed-in member."""
        with visits.visitor(self.browser, self.portal, self.language) as (page, traffic):
            visits.sign_in(page, self.portal, "member", "tvega88")
            for path in ("/members/home", "/members/account"):
                visits.open_page(page, traffic, path)
                self.keep(f"next page: {path}", NEXT_PAGE, traffic)

    def report(self) -> None:
        """The report table of a signed-in office: the page, and the table swapped in as sorted by a date."""
        with visits.visitor(self.browser, self.portal, self.language) as (page, traffic):
            visits.sign_in(page, self.portal, "provider", "elm.manager")
            visits.open_page(page, traffic, visits.REPORT)
            self.keep("next page: report of 50 rows", NEXT_PAGE, traffic)
            visits.swap(page, traffic, page.locator("#by-hba1c_date").click)
            if page.locator("#rows tbody tr").count() != 50:
                raise RuntimeError("the report has fewer than 50 rows")
            self.keep("swap: report table, 50 rows", SWAP, traffic)
