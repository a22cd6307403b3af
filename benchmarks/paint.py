"""Largest Contentful Paint of a first visit on a simulated phone: 400 kbit/s, 400 ms latency, a sixth of the processor.

Limits (the budgets in docs/performance.md): 1.0 s for a login or a registration step, 1.6 s for any other page. The
time is the network's, simulated, more than the machine's, and so it gates.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser

from benchmarks import servers, visits
from benchmarks.figures import Figure, median
from tests.e2e.harness.browser import chromium
from tests.e2e.harness.server import Portal

FORM_SECONDS, PAGE_SECONDS = 1.0, 1.6
#: Chromium's units: milliseconds, and bytes a second (400 kbit/s).
NETWORK = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
SLOWER_PROCESSOR = 6
OBSERVER = """
window.paints = [];
new PerformanceObserver((list) => { window.paints.push(...list.getEntries().map((entry) => entry.startTime)); })
  .observe({type: "largest-contentful-paint", buffered: true});
"""


def measure(runs: int) -> Iterator[Figure]:
    """Each page, first visit, English."""
    database = servers.demo_database("paint")
    with servers.portal(database) as portal, chromium(whole=True) as browser:
        kept = _second_step(browser, portal)
        pages = [(path, None) for path in (*visits.FORMS, *visits.PAGES)]
        for path, cookies in [*pages, ("/members/register/validation", kept)]:
            times = [_paint(browser, portal, path, cookies) for _ in range(runs)]
            limit = FORM_SECONDS if visits.is_form(path) else PAGE_SECONDS
            yield median(f"LCP {path}", times, "s", limit=limit, gated=True)


def _second_step(browser: Browser, portal: Portal) -> object:
    """The cookies of a person who agreed to the license and stands at step 2."""
    with visits.visitor(browser, portal, "en") as (page, traffic):
        visits.open_page(page, traffic, visits.STEP)
        visits.next_step(page, traffic, "Agree", "en")
        return page.context.storage_state()


def _paint(browser: Browser, portal: Portal, path: str, cookies: object) -> float:
    """Seconds from the start of the navigation to the largest paint, in a browser that has kept nothing."""
    with visits.visitor(browser, portal, "en", cookies) as (page, traffic):
        page.add_init_script(OBSERVER)
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", NETWORK)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER_PROCESSOR})
        visits.open_page(page, traffic, path)
        page.wait_for_timeout(150)  # the last paint is told a frame later
        paints = page.evaluate("() => window.paints")
        if not paints:
            raise RuntimeError(f"{path}: Chromium reports no largest paint")
        return max(paints) / 1000
