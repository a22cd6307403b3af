"""The how-to guides as they are served: page, pictures, PDF, and the links that lead there."""

import pytest

from tests.harness.pages import Client
from webapp import content
from webapp.guides import definition, pictures

SLUGS = definition.slugs()
each_guide = pytest.mark.parametrize("slug", SLUGS)


@each_guide
@pytest.mark.parametrize("language", definition.LANGUAGES)
def test_a_guide_shows_each_step_with_its_picture(slug: str, language: str, new_client: type) -> None:
    page = new_client(language=language).get(f"/guides/{slug}?lang={language}")
    guide = definition.read(slug)
    assert page.heading == guide.title[language]
    heads = page.main.xpath("//section[contains(@class, 'how')]//h2")
    assert [" ".join(head.text_content().split()) for head in heads] == [
        step.heading[language] for step in guide.steps
    ]
    shown = page.main.xpath("//figure/img")
    assert len(shown) == len(pictures.pictures(slug, language)) >= len(guide.steps)
    for image in shown:
        assert image.get("loading") == "lazy"
        assert image.get("alt").startswith("The page “" if language == "en" else "La página “")
        assert int(image.get("width")) > 0 < int(image.get("height"))


def test_a_long_guide_begins_with_its_steps(client: Client) -> None:
    page = client.get("/guides/member-registration")
    listed = page.main.xpath("//nav[@aria-labelledby='contents']//a/@href")
    assert listed == [f"#{id_}" for id_ in page.main.xpath("//section/@aria-labelledby")]


def test_a_picture_may_be_kept_for_ever(client: Client) -> None:
    (address, *_) = client.get("/guides/member-registration").main.xpath("//figure/img/@src")
    answer = client.browser.get(address)
    assert answer.mimetype == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("language", definition.LANGUAGES)
def test_the_pdf_is_in_the_language_of_the_page_and_asked_for_once(language: str, client: Client) -> None:
    address = f"/guides/member-registration.pdf?lang={language}"
    answer = client.browser.get(address)
    assert answer.mimetype == "application/pdf"
    assert f"member-registration-{language}.pdf" in answer.headers["Content-Disposition"]
    assert answer.data == pictures.pdf_of("member-registration", language).read_bytes()
    again = client.browser.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("address", ["/guides/nowhere", "/guides/nowhere.pdf", "/guides/definition.pdf"])
def test_there_is_no_other_guide(address: str, client: Client) -> None:
    assert client.get(address, status=404)


@pytest.mark.parametrize(
    ("address", "slug"),
    [("/members/login", "member-registration"), ("/providers/login", "provider-sign-up")],
)
def test_the_login_page_leads_to_the_guide_and_its_pdf(address: str, slug: str, client: Client) -> None:
    links = client.get(address).main.xpath(".//a/@href")
    assert {f"/guides/{slug}", f"/guides/{slug}.pdf"} <= set(links)


@each_guide
def test_a_guide_leads_to_its_pdf_and_the_list_to_the_guide(slug: str, client: Client) -> None:
    assert f"/guides/{slug}.pdf" in client.get(f"/guides/{slug}").main.xpath(".//a/@href")
    assert f"/guides/{slug}" in client.get("/guides").main.xpath(".//a/@href")


def test_the_home_pages_lead_to_the_guides(client: Client) -> None:
    assert "How-to Guides" in client.get("/members").links()
    assert "How-to Guides" in client.get("/providers").links()


@each_guide
def test_the_search_finds_what_a_members_guide_says(slug: str, new_client: type) -> None:
    if slug not in content.GUIDES["member"]:
        return
    title = definition.read(slug).title["en"]
    page = new_client().get("/members/search", query_string={"q": title})
    assert f"/guides/{slug}" in " ".join(page.main.xpath(".//a/@href"))
