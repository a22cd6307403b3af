"""Search for a Doctor (guide 000): before signing in, then signed in up to the choice of a PCP."""

from playwright.sync_api import expect

from tests.e2e.harness.walk import Walk

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


def test_find_a_doctor_opens_before_signing_in(walk: Walk) -> None:
    walk.open("/members/find-a-doctor")
    walk.sees_heading("Find a Doctor")


def test_the_four_blocks_say_whom_to_call(walk: Walk) -> None:
    for title, telephone in BLOCKS.items():
        block = walk.page.locator(
            "section", has=walk.page.get_by_role("heading", name=walk.t(title), exact=True)
        )
        expect(block.get_by_role("link", name=telephone)).to_have_attribute("href", f"tel:{telephone}")
    walk.sees(
        "For the deaf or hard of hearing, please dial 711 or use your Telecommunications or Video Relay Service."
    )
    walk.shot("blocks", whole=True)


def test_a_medical_provider_is_searched_near_a_town(walk: Walk) -> None:
    walk.click("Search for a Provider", budget=False)  # brings the style sheet of the pages to come, once
    walk.sees_heading("Search for a Provider")
    walk.fill("Town or ZIP code", "Hartford")
    walk.choose("Distance", walk.t("%(miles)s miles", miles=25))
    search(walk)
    expect(walk.page.locator("#results h2")).to_contain_text("Hartford")
    assert len(results(walk)) == 10
    walk.shot("results", whole=True)


def test_the_next_page_shows_others(walk: Walk) -> None:
    first = results(walk)
    walk.click("Next")
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
    walk.sign_in(next(one for one in walk.demo["accounts"] if one["portal"] == "member"))
    walk.page.goto("/members/find-a-doctor/search?q=zhang&pcp=1")
    walk.click("Mei Zhang, MD")
    walk.sees_heading("Mei Zhang, MD")
    for label in ("Address", "Telephone", "Languages spoken", "Record last confirmed"):
        walk.sees(label)
    walk.shot("provider", whole=True)


def test_the_member_chooses_a_pcp_for_a_child(walk: Walk) -> None:
    walk.click("Choose as my PCP")
    walk.sees_heading("Choose a PCP")
    child = walk.page.locator("input[name=for]").last
    child.check()
    walk.shot("choose", whole=True)
    walk.click("Choose this PCP")
    walk.sees_heading("You chose a PCP")


def test_the_account_information_says_from_when_the_choice_counts(walk: Walk) -> None:
    walk.click("See the account information")
    expect(walk.page.locator(".notice")).to_contain_text("Mei Zhang, MD")
    walk.click("Take the choice back")
    walk.sees("The choice was taken back.")


def test_a_mistake_is_reported(walk: Walk) -> None:
    walk.page.goto("/members/find-a-doctor/search?q=zhang&pcp=1")
    walk.click("Mei Zhang, MD")
    walk.click("Report a mistake")
    walk.tick("The address is wrong")
    walk.click("Send")
    walk.sees("Thank you. We check the entry and put it right.")
