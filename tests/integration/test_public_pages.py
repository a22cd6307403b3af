"""The gateway, the HUSKY Health Home Page, the content pages, their search and the guides, before signing in."""

import pytest

from tests.harness.page_checks import words
from tests.harness.pages import Client, Page
from tests.integration.profile_walk import make_ana, make_rosa, sign_in
from webapp import content

LEFT_HAND = {
    "How to Qualify": "/members/pages/about-us#how-to-qualify",
    "How to Apply": "/members/pages/about-us#how-to-apply",
    "Benefit Overview": "/members/pages/member-benefits",
    "Behavioral Health": "/members/pages/member-benefits#behavioral-health",
    "Dental": "/members/pages/member-benefits#dental",
    "For Members": "/members",
    "For Providers": "/providers",
    "Pharmacy": "/members/pages/member-benefits#pharmacy",
    "Useful Links": "/members/pages/about-us#useful-links",
}


def look_for(client: Client, query: str) -> Page:
    """Search by the form of the search page."""
    form = client.get("/members").click("SEARCH").form("Search")
    form.values["q"] = query
    return form.submit("Search")


def test_the_left_hand_navigation_of_the_gateway_leads_where_it_says(client: Client) -> None:
    page = client.get("/")
    links = {words(link): link.get("href") for link in page.tree.xpath("//nav[@aria-labelledby='more']//a")}
    assert links == LEFT_HAND
    for label, address in LEFT_HAND.items():
        anchor = address.partition("#")[2]
        assert not anchor or client.get(address).tree.xpath("//h2[@id=$id]", id=anchor), label


def test_the_gateway_has_its_navigation_popular_links_and_cards(client: Client) -> None:
    page = client.get("/")
    for label in ("Home", "About Us", "Contact Us", "For Members", "For Providers", "SEARCH"):
        assert label in page.links()
    assert page.click("Information for Members").heading == "HUSKY Health Home Page"
    assert page.click("Information for Providers").path == "/providers"
    heads = [words(head) for head in page.main.iter("h2")]
    assert {"Most Popular", "For Members", "Access Health CT", "For Providers"} <= set(heads)


def test_the_home_page_has_the_navigation_of_the_guide(client: Client) -> None:
    page = client.get("/members")
    for label in (
        "Member Information",
        "Member Benefits",
        "Find a Doctor",
        "Managing Your Care",
        "Health & Wellness",
        "Contact Us",
        "SEARCH",
        "MEMBER LOGIN",
        "Language Help",
    ):
        assert page.click(label).status == 200
    assert "ESPAÑOL" in page.links()
    assert "Do you have a Primary Care Provider (PCP)?" in page.text


@pytest.mark.parametrize("name", content.PAGES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_content_page_is_read_before_signing_in(name: str, language: str, new_client: type) -> None:
    page = new_client(language=language).get(f"/members/pages/{name}?lang={language}")
    assert page.heading == content.read(name, language).title
    assert page.title.startswith(page.heading)


def test_language_help_has_each_notice_in_a_part_marked_with_its_language(client: Client) -> None:
    page = client.get("/members/pages/language-help")
    for notice in content.library().notices():
        (part,) = page.main.xpath("//section[@lang=$code]", code=notice.code)
        assert part.get("dir") == ("rtl" if notice.code == "ar" else "ltr")
        assert words(part.find("h2")) == notice.name
        assert page.main.xpath(
            "//nav//a[@href=$to and @lang=$code]", to=f"#notice-{notice.code}", code=notice.code
        )


@pytest.mark.parametrize("name", content.PAPER_FORMS)
def test_a_form_can_be_printed(name: str, client: Client) -> None:
    page = client.get("/members/pages/opt-out").click(content.PAGES[name].lower())
    assert page.heading == content.PAGES[name]
    assert "Use your browser's menu to print this page." in page.text
    assert len(page.main.xpath(".//span[@class='line']")) >= 6


def test_search_asks_and_offers_where_to_go(client: Client) -> None:
    page = client.get("/members").click("SEARCH")
    assert page.heading == "Search"
    assert page.click("Frequently Asked Questions").status == 200


def test_search_shows_the_sections_with_the_words_and_leads_there(client: Client) -> None:
    page = look_for(client, "fillings")
    assert "1 result for “fillings”" in page.text
    assert [words(mark) for mark in page.main.iter("mark")] == ["fillings"]
    assert page.links()["Dental"] == "/members/pages/member-benefits#dental"
    assert "Member Benefits" in page.text


def test_search_reads_the_language_shown(client: Client, new_client: type) -> None:
    assert "“vacunas”" not in look_for(client, "vacunas").text
    page = new_client(language="es").get("/members/search?lang=es&q=VACUNAS")
    assert page.links()["Atención médica"] == "/members/pages/member-benefits#medical"


def test_a_search_without_result_says_what_to_do(client: Client) -> None:
    page = look_for(client, "xylophone")
    assert "We found nothing" in page.text
    assert "1.800.859.9889" in page.links()
    assert page.click("Contact Us").status == 200
    assert page.form("Search").values["q"] == "xylophone"


def test_a_search_that_is_answered_in_part_says_so(client: Client) -> None:
    assert "No page has all of these words." in look_for(client, "teeth xylophone").text


@pytest.mark.parametrize(
    "query", ["<script>alert(1)</script>", "\0", "x" * 10_000, "“' OR 1=1", "%(count)s {0}", "मदद"]
)
def test_whatever_is_typed_into_the_search_is_answered(query: str, client: Client) -> None:
    page = client.get("/members/search", query_string={"q": query})
    assert page.heading == "Search"
    assert "<script>alert" not in page.html


def test_the_providers_pages_offer_no_search_of_what_members_read(client: Client) -> None:
    assert "SEARCH" not in client.get("/providers").links()


def test_the_guides_that_exist_are_listed(client: Client) -> None:
    page = client.get("/guides")
    for portal in content.GUIDES:
        for name in content.guides(portal):
            assert page.click(content.read(f"guide-{name}", "en").title).path == f"/guides/{name}"


def test_a_guide_that_nobody_wrote_is_not_found(client: Client) -> None:
    assert client.get("/guides/nowhere", status=404)


@pytest.mark.parametrize(
    ("portal", "home"), [("member", "Member Portal Home"), ("provider", "Provider Portal")]
)
def test_whoever_is_signed_in_is_led_back_instead_of_asked_to_sign_in(
    client: Client, portal: str, home: str
) -> None:
    (make_ana if portal == "member" else make_rosa)()
    assert home not in client.get(f"/{portal}s").links()
    sign_in(client, portal)
    links = client.get(f"/{portal}s").links()
    assert links[home] == f"/{portal}s/home"
    assert "MEMBER LOGIN" not in links
    client.get(f"/{portal}s/home").submit("LOGOUT")
    assert home not in client.get(f"/{portal}s").links()
