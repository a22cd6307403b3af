"""A registration locked after three tries, from the telephone call to the member's home page: the caller's questions,
the mismatch desk, unlocking with a reason."""

import re
from datetime import date
from typing import Any

from tests.e2e.guides.test_member_registration import GUIDE, fill_card
from tests.e2e.harness.walk import Walk

REASON = "The caller read us the card: a married name was typed."


def caller(walk: Walk) -> dict[str, Any]:
    """The member who calls."""
    member: dict[str, Any] = walk.demo["members"][0]
    return member


def test_three_wrong_tries_lock_and_give_a_reference_number(walk: Walk) -> None:
    walk.open("/members/register/license-agreement")
    walk.click("Agree")
    for _ in range(3):
        fill_card(walk, first_name="Nobody")
        walk.click("Next")
    assert re.search(r"\d{4}-\d{4}", walk.errors()[0])
    walk.shot("locked")


def test_the_page_offers_three_ways_on(walk: Walk) -> None:
    walk.click("See the ways to go on: call, have us call you, or get a letter")
    walk.sees_heading("Ways to go on")
    walk.sees("Call us")
    walk.sees("Let us call you")
    walk.sees("Get a letter")
    walk.shot("ways-to-go-on")


def test_support_asks_the_caller_and_never_sees_an_answer(walk: Walk, desk: Walk) -> None:
    desk.sign_in(desk.account("desk.members"))
    desk.click("Caller")
    desk.click("Begin a call")
    member = caller(walk)
    born = date.fromisoformat(member["birth_date"])
    for label, said in (
        ("Client ID Number", member["client_id"]),
        ("Date of Birth", f"{born:%m/%d/%Y}"),
    ):
        desk.sees_not(member["last_name"])
        desk.fill(label, said)
        desk.click("Compare")
        desk.sees("matches")
    desk.shot("question")
    desk.fill("Street, apartment and ZIP Code", member["address"])
    desk.click("Compare")
    desk.sees(f"{member['first_name']} {member['last_name']}")
    desk.shot("caller-is-known")


def test_the_mismatch_desk_says_which_field_differed(walk: Walk, desk: Walk) -> None:
    desk.click("Queues")
    number = re.search(r"\d{4}-\d{4}", walk.page.locator("main").inner_text())
    assert number
    desk.click("Locked registration", within=desk.page.locator("main tbody tr").filter(has_text=number[0]))
    desk.sees_heading("Locked registration")
    desk.sees("First Name")
    desk.sees_not("Nobody")
    desk.click("Take it on")
    desk.shot("mismatch-desk")


def test_a_reason_is_needed_to_unlock(walk: Walk, desk: Walk) -> None:
    desk.click("Unlock")
    assert desk.errors() == [desk.t("Enter a reason: a ticket number or a sentence.")]
    desk.fill("Reason", REASON)
    desk.click("Unlock")
    desk.sees("Done. It is off the list.")


def test_the_member_goes_on_at_once(walk: Walk) -> None:
    walk.open("/members/register/license-agreement")
    walk.click("Agree")
    for step in ("validation", "account-information"):
        GUIDE.walk(walk, step)


def test_to_the_home_page(walk: Walk) -> None:
    GUIDE.walk(walk, "verify")
    walk.sees(caller(walk)["client_id"])
    walk.shot("home")


def test_the_member_reads_that_support_looked(walk: Walk) -> None:
    walk.click("PROFILE")
    walk.click("Who looked at your record")
    assert walk.page.locator("main dl dt").count()
    walk.shot("who-looked")
