"""One Chromium for all walks; a fresh window for each."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.harness.options import Combination
from tools.browser import on_the_path, windowless

ARGUMENTS = [
    "--no-sandbox",  # Chromium's sandbox does not start as root, as in most containers
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"en": "en-US", "es": "es-US"}
PHONE = {
    "viewport": {"width": 360, "height": 640},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}}

# What breaks the policy must be seen, and when HTMX has put a part in place must be known.
OBSERVER = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`));
window.walkSwaps = 0;
document.addEventListener("htmx:finally:request", () => { window.walkSwaps += 1; });
"""


@contextmanager
def chromium(*, whole: bool = False, headed: bool = False, slow: int = 0) -> Iterator[Browser]:
    """The browser, until the block ends. whole: the one that people have, not its lighter kin without windows; headed:
    in a window; slow: milliseconds before each move."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=on_the_path() if whole or headed else windowless(),
            args=ARGUMENTS,
            headless=not headed,
            slow_mo=slow,
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def another(beside: Browser, *, without: Sequence[str]) -> Iterator[Browser]:
    """One more browser, the one that people have, until the block ends. without: arguments of Playwright's own that it
    is not to have."""
    browser = beside.browser_type.launch(
        executable_path=on_the_path(), args=ARGUMENTS, ignore_default_args=list(without)
    )
    try:
        yield browser
    finally:
        browser.close()


def new_context(browser: Browser, combination: Combination, base_url: str) -> BrowserContext:
    """A window for one combination: no cookies, nothing cached."""
    options: dict[str, Any] = {**(PHONE if combination.device == "phone" else DESKTOP)}
    context = browser.new_context(
        base_url=base_url,
        locale=LOCALES[combination.language],
        timezone_id="America/New_York",
        java_script_enabled=combination.mode != "no-js",
        reduced_motion="reduce",
        accept_downloads=True,
        **options,
    )
    context.set_default_timeout(8_000)
    if combination.mode != "no-js":
        context.add_init_script(OBSERVER)
    return context
