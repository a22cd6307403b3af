"""Search for a Doctor (guide 000): before signing in, then signed in up to the choice of a PCP."""

from playwright.sync_api import expect

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("find-a-doctor")
BLOCKS = {
    "Find a PCMH Practice": "1.800.859.9889",
    "Find a Medical Provider": "1.800.859.9889",
    "Find a Behavioral Health Specialist": "1.877.552.8247",
    "Find a Dentist": "1.855.283.3682",
}


def results(walk: Walk) -> list[str]:
    return [text.strip() for text in walk.page.locator("#results ol h3").all_inner_texts()]


def search(walk: Walk) -> None:
    """Press Search; with HTMX only the results change."""
    walk.click("Search", within=walk.page.locator("#find"))


def choose_the_distance(walk: Walk) -> None:
    walk.choose("Distance", walk.t("%(miles)s miles", miles=25))


def choose_the_child(walk: Walk) -> None:
    walk.sees_heading("Choose a PCP")
    walk.page.locator("input[name=for]").last.check()


def the_choice_is_told(walk: Walk) -> None:
    expect(walk.page.locator(".notice")).to_contain_text("Mei Zhang, MD")


def test_search_for_a_doctor(walk: Walk) -> None:
    GUIDE.walk(walk, "find-a-doctor")
    assert walk.address() == "/members/find-a-doctor"


def test_the_four_blocks_say_whom_to_call(walk: Walk) -> None:
    GUIDE.walk(walk, "whom-to-call")
    for title, telephone in BLOCKS.items():
        block = walk.page.locator(
            "section", has=walk.page.get_by_role("heading", name=walk.t(title), exact=True)
        )
        expect(block.get_by_role("link", name=telephone)).to_have_attribute("href", f"tel:{telephone}")
    walk.sees(
        "For the deaf or hard of hearing, please dial 711 or use your Telecommunications or Video Relay Service."
    )


def test_a_medical_provider_is_searched_near_a_town(walk: Walk) -> None:
    GUIDE.walk(walk, "search", choose_the_distance=choose_the_distance)
    expect(walk.page.locator("#results h2")).to_contain_text("Hartford")
    assert len(results(walk)) == 10


def test_the_next_page_shows_others(walk: Walk) -> None:
    first = results(walk)
    GUIDE.walk(walk, "more-results")
    assert len(results(walk)) == 10
    assert results(walk) != first


def test_a_name_with_one_wrong_letter_is_found(walk: Walk) -> None:
    walk.fill("Town or ZIP code", "")
    walk.fill("Name", "Lindquist")  # it is Lindqvist
    search(walk)
    assert any("Lindqvist" in name for name in results(walk))


def test_an_unknown_town_is_told_with_one_spelled_nearly_so(walk: Walk) -> None:
    walk.fill("Name", "")
    walk.fill("Town or ZIP code", "Hart")
    with walk.tolerating("422"):
        search(walk)
    walk.sees("We do not know this town. Check how it is spelled, or type a ZIP code, like 06106.")
    walk.click("Hartford", within=walk.page.locator("#results"))
    assert results(walk)


def test_typing_a_name_searches_as_one_types(walk: Walk) -> None:
    if walk.mode != "htmx":
        return
    walk.page.goto("/members/find-a-doctor/search")
    walk.page.wait_for_selector("[data-htmx-powered]", state="attached")
    walk.control("Name").press_sequentially("zhang")
    expect(walk.page.locator("#results ol h3").first).to_contain_text("Zhang")
    expect(walk.page.locator("#live")).not_to_be_empty()


def test_a_member_signs_in_and_opens_a_provider(walk: Walk) -> None:
    GUIDE.walk(walk, "provider")


def test_the_member_chooses_a_pcp_for_a_child(walk: Walk) -> None:
    GUIDE.walk(walk, "choose-a-pcp", choose_the_child=choose_the_child)


def test_the_choice_stands_in_the_account_information_and_can_be_taken_back(walk: Walk) -> None:
    GUIDE.walk(walk, "take-it-back", the_choice_is_told=the_choice_is_told)


def test_a_mistake_is_reported(walk: Walk) -> None:
    GUIDE.walk(walk, "report-a-mistake")
