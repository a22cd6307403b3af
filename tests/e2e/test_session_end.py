"""The end of a session in a browser: the warning, staying, and what was typed when it came.

The server's time is moved by setting back when the person was last seen, the browser's by Playwright's clock; without
script the style sheet's time runs faster.
"""

import sqlite3

from playwright.sync_api import Locator, Page, expect

from tests.e2e.harness.walk import Walk

NEW = "/members/messages/new"
TYPED = "Typed before the end"


def been_away(walk: Walk, minutes: float) -> None:
    """The person was last seen this much earlier."""
    assert walk.portal.database
    with sqlite3.connect(walk.portal.database, timeout=10) as database:
        database.execute(
            "UPDATE session SET seen_at = datetime(seen_at, ?)", (f"-{int(minutes * 60)} seconds",)
        )
    database.close()


def has_script(walk: Walk) -> bool:
    return walk.mode != "no-js"


def warning(page: Page) -> Locator:
    return page.locator("#ending")


def sign_in(walk: Walk) -> None:
    account = next(one for one in walk.demo["accounts"] if one["username"] == "tvega88")
    walk.fill("Username", account["username"])
    walk.fill("Password", account["password"])
    walk.click("Login", budget=False)  # brings the style sheet of signed-in pages, once


def test_a_page_is_open_and_somebody_types(walk: Walk) -> None:
    if has_script(walk):
        walk.page.clock.install()
    walk.open("/members/login")
    sign_in(walk)
    walk.open(NEW)
    walk.fill("Subject", TYPED)
    expect(warning(walk.page)).not_to_be_visible()


def test_the_warning_comes_before_the_end(walk: Walk) -> None:
    been_away(walk, 12.6)
    if has_script(walk):
        walk.page.clock.fast_forward(13 * 60_000)
    else:
        wire = walk.page.context.new_cdp_session(walk.page)
        wire.send("Animation.enable")
        wire.send("Animation.setPlaybackRate", {"playbackRate": 2000})
    expect(warning(walk.page)).to_be_visible()
    walk.sees("Do you need more time?", within=warning(walk.page))
    if has_script(walk):
        expect(walk.page.get_by_role("button", name=walk.t("Stay signed in"))).to_be_focused()
        walk.page.clock.run_for(30_000)
        expect(warning(walk.page).get_by_role("status")).to_have_text(walk.t("You have 2 minutes left."))
    walk.check()
    walk.shot("warning")


def test_one_control_stays_and_nothing_typed_is_lost(walk: Walk) -> None:
    stay = warning(walk.page).get_by_role("button", name=walk.t("Stay signed in"))
    if has_script(walk):
        stay.click()
        expect(warning(walk.page)).not_to_be_visible()
    else:
        with walk.page.context.expect_page() as opened:
            stay.click()
        expect(opened.value.locator("h1")).to_have_text(walk.t("You are still signed in"))
        opened.value.close()
    expect(walk.control("Subject")).to_have_value(TYPED)


def test_after_the_end_the_login_page_says_that_it_is_kept(walk: Walk) -> None:
    been_away(walk, 16)
    if has_script(walk):
        walk._moving(lambda: walk.page.clock.fast_forward(14 * 60_000), budget=False)
    else:
        walk.click("Send", within=walk.page.locator("main .btns"), budget=False)
    walk.sees_heading("Secure Member Login")
    walk.sees(
        "You were signed out to keep your information private. Sign in again: what you typed is still here."
    )
    header, notice = walk.page.locator("header").bounding_box(), walk.page.locator(".notice").bounding_box()
    assert header
    assert notice
    assert notice["y"] >= header["y"] + header["height"] + 16, "it does not stick to the header"


def test_it_is_there_again_after_signing_in(walk: Walk) -> None:
    sign_in(walk)
    assert walk.address() == NEW
    walk.sees("What you typed is here again. It was not sent yet: please check it and send it.")
    expect(walk.control("Subject")).to_have_value(TYPED)
