"""Back after logging out, in a browser that keeps whole pages in memory (bfcache), as people's browsers do and
Playwright's does not: nothing of a signed-in page is shown again, with script and without.
"""

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.harness import browser as browsers
from tests.e2e.harness.server import Portal
from tests.harness.options import Combination

SHOWN = {"member": "Teresa", "provider": "Elm Street Family Medicine"}
ACCOUNTS = {"member": "tvega88", "provider": "elm.manager"}
SECOND = {"member": "/members/account", "provider": "/providers/reports?report=adult-diabetes"}


@pytest.fixture(scope="module")
def with_bfcache(chromium: Browser) -> Iterator[Browser]:
    with browsers.another(chromium, without=["--disable-back-forward-cache"]) as browser:
        yield browser


@pytest.fixture(params=["htmx", "no-js"])
def window(
    request: pytest.FixtureRequest, with_bfcache: Browser, portal_server: Portal
) -> Iterator[BrowserContext]:
    portal_server.restore()
    context = browsers.new_context(
        with_bfcache, Combination(request.param, "en", "desktop"), portal_server.url
    )
    yield context
    context.close()


def signed_in(window: BrowserContext, portal: str, portal_server: Portal, *, mark: bool = False) -> Page:
    """The landing page, which the login's redirect led to, and a page after it. mark: leave a mark on the former."""
    account = next(one for one in portal_server.demo["accounts"] if one["username"] == ACCOUNTS[portal])
    page = window.new_page()
    page.goto(f"/{portal}s/login?lang=en")
    page.get_by_label("Username").fill(account["username"])
    page.get_by_label("Password", exact=True).fill(account["password"])
    page.get_by_role("button", name="Login").click()
    page.wait_for_url("**/home")
    assert SHOWN[portal] in page.content()
    if mark:
        page.evaluate("() => { window.kept = true; }")
    page.goto(SECOND[portal])
    return page


def back(page: Page) -> None:
    """Back; a page from memory never says that it has loaded."""
    page.go_back(wait_until="commit")


@pytest.mark.parametrize("portal", SHOWN)
def test_back_after_logout_shows_nothing_again(
    window: BrowserContext, portal: str, portal_server: Portal
) -> None:
    page = signed_in(window, portal, portal_server)
    page.get_by_role("button", name="LOGOUT").click()
    expect(page.get_by_label("Username")).to_be_visible()
    for _ in range(3):
        back(page)
        expect(page.get_by_label("Username")).to_be_visible()
        assert SHOWN[portal] not in page.content()


@pytest.mark.parametrize("presses", [False, True])
def test_back_after_the_session_has_ended_asks_to_sign_in(
    request: pytest.FixtureRequest, window: BrowserContext, portal_server: Portal, presses: bool
) -> None:
    """presses: whether anything was asked of the server since. Without script only its answer can clear the memory."""
    page = signed_in(window, "member", portal_server)
    if not presses and request.node.callspec.params["window"] == "no-js":
        pytest.skip("a browser without script that asks nothing shows what it has in memory")
    page.goto("/members/care" if presses else "/")
    assert portal_server.database
    with sqlite3.connect(portal_server.database, timeout=10) as database:
        database.execute("UPDATE session SET seen_at = datetime(seen_at, '-16 minutes')")
    database.close()
    if presses:
        page.goto("/members/coverage")
        expect(page.get_by_label("Username")).to_be_visible()
    back(page)
    expect(page.get_by_label("Username")).to_be_visible()
    assert SHOWN["member"] not in page.content()


def test_this_browser_does_keep_pages_in_memory(with_bfcache: Browser, portal_server: Portal) -> None:
    """The page after signing in, while the session lasts; else the tests above would show nothing. Without script, as
    app.js has a page that comes from memory load itself again."""
    portal_server.restore()
    context = with_bfcache.new_context(base_url=portal_server.url, java_script_enabled=False)
    page = signed_in(context, "member", portal_server, mark=True)
    back(page)
    expect(page.locator("h1")).to_contain_text("Welcome")
    assert page.evaluate("() => window.kept") is True
    context.close()
