"""Member Rights & Responsibilities (guide 002): from the gateway to the two lists, and what to do about a right."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk
from webapp import content

GUIDE = guide("rights-and-responsibilities")
#: What people may type; the search needs no accents.
SOUGHT = {"en": "second opinion", "es": "segunda opinion"}


def title(walk: Walk, name: str) -> str:
    return content.read(name, walk.language).title


def go_to_the_responsibilities(walk: Walk) -> None:
    walk.page.locator("#member-responsibilities").evaluate("(heading) => heading.scrollIntoView()")


def type_what_to_look_for(walk: Walk) -> None:
    walk.sees_heading("Search")
    walk.fill("What are you looking for?", SOUGHT[walk.language])


def test_the_gateway_leads_to_the_members_pages(walk: Walk) -> None:
    GUIDE.walk(walk, "members-page")


def test_member_information_is_in_the_navigation(walk: Walk) -> None:
    GUIDE.walk(walk, "member-information")


def test_member_information_leads_to_the_rights_and_responsibilities(walk: Walk) -> None:
    GUIDE.walk(walk, "open-the-lists")


def test_member_rights(walk: Walk) -> None:
    GUIDE.walk(walk, "member-rights")


def test_member_responsibilities(walk: Walk) -> None:
    GUIDE.walk(walk, "member-responsibilities", go_to_the_responsibilities=go_to_the_responsibilities)


def test_all_twenty_rights_and_nine_responsibilities_can_be_read(walk: Walk) -> None:
    lists = walk.page.locator("main ol")
    expect(lists).to_have_count(2)
    for found, count in zip(lists.all(), (20, 9), strict=True):
        expect(found.locator("li")).to_have_count(count)
        for item in found.locator("li").all():
            expect(item).to_be_visible()


def test_the_number_to_call_about_a_right_can_be_pressed(walk: Walk) -> None:
    between = walk.page.locator("main ol + p a[href^='tel:']").first
    expect(between).to_have_attribute("href", re.compile(r"^tel:1\.800\.859\.9889$"))
    if walk.device == "phone":
        box = between.bounding_box()
        assert box
        assert box["x"] + box["width"] <= 360


def test_the_page_can_be_printed(walk: Walk) -> None:
    walk.page.emulate_media(media="print")
    expect(walk.page.locator("main ol").first).to_be_visible()
    expect(walk.page.locator("header")).to_be_hidden()
    walk.page.emulate_media(media="screen")


def test_the_page_goes_on_to_what_comes_next(walk: Walk) -> None:
    walk.page.locator("main h2#what-to-do-next + ul a").nth(2).click()
    expect(walk.page.locator("h1")).to_have_text(title(walk, "non-discrimination"))
    walk.check()


def test_a_right_is_found_by_the_search(walk: Walk) -> None:
    GUIDE.walk(walk, "search", type_what_to_look_for=type_what_to_look_for)
    assert walk.page.url.endswith("#member-rights")


@pytest.mark.parametrize("name", content.PAGES)
def test_each_public_page_keeps_the_rules_of_the_house(walk: Walk, name: str) -> None:
    walk.open(f"/members/pages/{name}", budget=name != "language-help")
    expect(walk.page.locator("h1")).to_have_text(title(walk, name))
