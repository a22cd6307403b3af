"""Visits in Chromium on the phone of the walk-throughs: opening pages, getting to a step, signing in."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.harness import browser as browsers
from tests.e2e.harness.server import Portal
from tests.e2e.harness.traffic import FORM_PATHS, Traffic
from tests.e2e.harness.words import translated
from tests.harness.options import Combination
from webapp.content import PAGES as PAGES_OF_CONTENT

LANGUAGES = ("en", "es")
REPORT = "/providers/reports?report=adult-diabetes"
STEP = "/members/register/license-agreement"
#: First visits: a person types the address, and the browser has kept nothing.
FORMS = (
    "/members/login",
    "/providers/login",
    "/support/login",
    STEP,
    "/members/recover/identity",
    "/providers/signup/license-agreement",
    "/providers/recover/email",
)
#: A page of each kind, the largest of those of content among them; the others of content stand below.
PAGES = (
    "/",
    "/members",
    "/providers",
    "/providers/contacts",
    "/guides",
    "/members/find-a-doctor",
    "/members/find-a-doctor/search?near=Hartford&miles=25",
    "/members/search?q=dentist",
    "/members/pages/language-help",
)
CONTENT = tuple(f"/members/pages/{name}" for name in PAGES_OF_CONTENT if name != "language-help")
#: First visits by a browser that has kept the session alone: who is signed in, and where.
SIGNED_IN = (("member", "tvega88", "/members/home"), ("provider", "elm.manager", "/providers/home"))
PATIENCE = 15.0


@contextmanager
def visitor(
    browser: Browser, portal: Portal, language: str, kept: Any = None
) -> Iterator[tuple[Page, Traffic]]:
    """A window of a phone that has cached nothing; `kept` are the cookies it comes with (storage_state)."""
    context = browsers.new_context(browser, Combination("htmx", language, "phone"), portal.url)
    context.set_default_timeout(PATIENCE * 1000)
    if kept:
        context.add_cookies(kept["cookies"])
    page = context.new_page()
    try:
        yield page, Traffic(page, portal.url, script_blocked=False)
    finally:
        context.close()


def open_page(page: Page, traffic: Traffic, path: str, *, first: bool = False) -> None:
    """Open an address and wait until all of it is there; `traffic` counts it alone. first: the browser has kept
    nothing, so that it asks for the icon too, some time after all the rest."""
    traffic.start()
    answer = page.goto(path, wait_until="load")
    if answer is None or answer.status != 200:
        raise RuntimeError(f"{path} answers {answer.status if answer else 'nothing'}")
    if first:
        _wait(lambda: any("icon" in url for url in traffic.load.bytes_by_url), page)
    _wait(lambda: not traffic.in_flight, page)
    page.wait_for_timeout(30)  # the sizes on the wire are told after the requests


def swap(page: Page, traffic: Traffic, press: Callable[[], object]) -> None:
    """Press something that HTMX answers, and wait until the part is in place; `traffic` counts it alone."""
    _wait(lambda: page.locator("[data-htmx-powered]").count() > 0, page)
    page.evaluate("() => { window.walkSwaps = 0; }")
    traffic.start()
    press()
    _wait(lambda: page.evaluate("() => window.walkSwaps > 0") and not traffic.in_flight, page)
    page.wait_for_timeout(30)


def next_step(page: Page, traffic: Traffic, button: str, language: str) -> None:
    """Press a wizard's button."""
    swap(page, traffic, page.get_by_role("button", name=translated(button, language), exact=True).click)


def fill_card(page: Page, person: dict[str, Any]) -> None:
    """Fill in step 2 of registration from a person of the demo."""
    born = date.fromisoformat(person["birth_date"])
    page.locator("[name=birth_date]").fill(f"{born:%m/%d/%Y}")
    for name in ("first_name", "last_name", "client_id"):
        page.locator(f"[name={name}]").fill(person[name])


def sign_in(page: Page, portal: Portal, kind: str, username: str) -> None:
    """Sign in with an account of the demo."""
    account = next(one for one in portal.demo["accounts"] if one["username"] == username)
    page.goto(f"/{kind}s/login")
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill(account["password"])
    with page.expect_navigation(url=f"**/{kind}s/home"):
        page.locator("main form:has([name=password]) button[type=submit]").first.click()


def is_form(path: str) -> bool:
    """Whether the stricter limits of logins and registration steps hold for the address."""
    return bool(FORM_PATHS.match(path))


def _wait(done: Callable[[], Any], page: Page) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise RuntimeError(f"{page.url} did not come to rest")
        page.wait_for_timeout(10)
