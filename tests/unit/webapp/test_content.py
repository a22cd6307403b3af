"""The content pages: whole in both languages, and no link or telephone number that leads nowhere."""

import re
import tomllib
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from webapp import content
from webapp.blueprints import BLUEPRINTS
from webapp.blueprints.member.flows import REGISTRATION
from webapp.config import DEFAULT_PLAN

LANGUAGES = ("en", "es")
GUIDES = ("guide-member-registration", "guide-provider-reports")
NAMES = (*content.PAGES, *GUIDES)
PLAN: dict[str, Any] = tomllib.loads(DEFAULT_PLAN.read_text(encoding="utf-8"))
#: National and state lines that are no part of the plan: emergencies, crisis, local help, quitting smoking (English,
#: Spanish), the Office of Inspector General's fraud line, the Office for Civil Rights.
OTHER_TELEPHONES = {
    "911",
    "988",
    "211",
    "1.800.784.8669",
    "1.855.335.3569",
    "1.800.447.8477",
    "1.800.368.1019",
}
LARGEST = 6_000  # bytes of a page's body before compression: it is read on slow phones

each_page = pytest.mark.parametrize("name", NAMES)
each_language = pytest.mark.parametrize("language", LANGUAGES)


class _Parts(HTMLParser):
    """Tags in order, list items by the kind of their list, and links with their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.items: list[str] = []
        self.links: list[tuple[str, str]] = []
        self._lists: list[str] = []
        self._href: str | None = None
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in ("ol", "ul"):
            self._lists.append(tag)
        elif tag == "li":
            self.items.append(self._lists[-1])
        elif tag == "a":
            self._href, self._text = dict(attrs)["href"], ""

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul"):
            self._lists.pop()
        elif tag == "a" and self._href is not None:
            self.links.append((self._href, self._text))

    def handle_data(self, data: str) -> None:
        self._text += data

    @property
    def headings(self) -> list[str]:
        return [tag for tag in self.tags if re.fullmatch(r"h[1-6]", tag)]


def parts(name: str, language: str) -> _Parts:
    return _Parts(content.read(name, language).body)


@pytest.fixture(scope="module")
def addresses() -> Any:
    """Matches a path against the addresses of the blueprints; raises NotFound."""
    app = Flask(__name__, static_folder=None)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app.url_map.bind("localhost")


def leads_somewhere(path: str, addresses: Any) -> bool:
    """Whether a link's path opens a page: there is a route, and what it names exists."""
    try:
        endpoint, values = addresses.match(path, method="GET")
    except HTTPException:
        return False
    if endpoint == "public.page":
        return values["name"] in content.PAGES
    if endpoint == "public.guide":
        return f"guide-{values['name']}" in GUIDES
    if endpoint == "member.register":
        return values["step"] == REGISTRATION.flow.steps[0].slug
    return True


@each_language
@each_page
def test_a_page_stands_in_the_language_with_a_title_and_a_text(name: str, language: str) -> None:
    assert (content.DIRECTORY / language / f"{name}.md").is_file()
    page = content.read(name, language)
    assert page.title
    assert "<p>" in page.body


@pytest.mark.parametrize("name", content.PAGES)
def test_an_english_title_is_the_name_in_the_menus(name: str) -> None:
    assert content.read(name, "en").title == content.PAGES[name]


@each_page
def test_a_title_is_translated(name: str) -> None:
    assert content.read(name, "es").title != content.read(name, "en").title


@each_page
def test_both_languages_have_the_same_parts_in_the_same_order(name: str) -> None:
    english, spanish = parts(name, "en"), parts(name, "es")
    assert spanish.headings == english.headings
    assert spanish.items == english.items
    assert spanish.tags == english.tags


@each_page
def test_both_languages_lead_to_the_same_pages(name: str) -> None:
    paths = [
        [href for href, _ in parts(name, language).links if href.startswith("/")] for language in LANGUAGES
    ]
    assert paths[0] == paths[1]


@each_language
def test_all_rights_and_all_responsibilities_of_the_guide_are_there(language: str) -> None:
    body = content.read("rights-and-responsibilities", language).body
    lists = re.findall(r"<ol>(.*?)</ol>", body, re.DOTALL)
    assert [found.count("<li>") for found in lists] == [20, 9]


@each_language
@each_page
def test_headings_start_below_the_page_title_and_skip_no_level(name: str, language: str) -> None:
    levels = [1, *(int(tag[1]) for tag in parts(name, language).headings)]
    assert all(level > 1 for level in levels[1:])
    assert all(after <= before + 1 for before, after in pairwise(levels))


@each_language
@each_page
def test_every_link_leads_somewhere_and_says_where(name: str, language: str, addresses: Any) -> None:
    for href, text in parts(name, language).links:
        if href.startswith("/"):
            assert leads_somewhere(href, addresses), href
        elif href.startswith("tel:"):
            assert text == href.removeprefix("tel:")
        elif href.startswith("mailto:"):
            assert href == f"mailto:{PLAN['mail']['web_support']}"
        else:
            assert href in PLAN["links"].values()
        assert len(text) > 4 or href.startswith("tel:"), text
        assert text.casefold() not in {"here", "click here", "aquí", "haga clic aquí"}


@pytest.mark.parametrize(
    "path",
    [
        "/members/pages/nowhere",
        "/guides/nowhere",
        "/members/nowhere",
        "/members/register/verify",
        "/members/logout",
    ],
)
def test_a_link_that_leads_nowhere_would_be_found(path: str, addresses: Any) -> None:
    assert not leads_somewhere(path, addresses)


@each_language
@each_page
def test_every_telephone_number_is_known_and_can_be_pressed(name: str, language: str) -> None:
    known = {*PLAN["telephones"].values(), *OTHER_TELEPHONES}
    body = content.read(name, language).body
    pressed = {
        href.removeprefix("tel:") for href, _ in parts(name, language).links if href.startswith("tel:")
    }
    written = set(re.findall(r"(?:1[.-])?\d{3}[.-]\d{3}[.-]\d{4}", body))
    assert written <= pressed <= known


@each_language
@each_page
def test_the_opening_hours_are_the_plans(name: str, language: str) -> None:
    body = content.read(name, language).body
    for service, (opens, closes) in PLAN["hours"].items():
        telephone = re.escape(PLAN["telephones"][service])
        for sentence in re.findall(rf"{telephone}</a>, ([^<]*?)\.m\. (?:–|a) ([^<]*?)\.m\.", body):
            assert sentence[0].split()[-2] == _clock(opens)
            assert sentence[1].split()[0] == _clock(closes)


@each_language
def test_the_contact_page_gives_each_service_its_hours(language: str) -> None:
    body = content.read("contact-us", language).body
    for service, (opens, _) in PLAN["hours"].items():
        assert re.search(rf"{re.escape(PLAN['telephones'][service])}</a>, [^<]* {_clock(opens)} a\.m\.", body)


def _clock(time: str) -> str:
    hour, minute = time.split(":")
    return f"{(int(hour) - 1) % 12 + 1}:{minute}"


@each_language
def test_the_registration_guide_names_the_plans_rules(language: str) -> None:
    body = content.read("guide-member-registration", language).body
    rules = PLAN["member_password"]
    assert f"{rules['minimum_length']} " in body
    assert f"<code>{rules['special_characters']}</code>" in body
    assert f"{PLAN['registration']['run_minutes']} min" in body
    assert f" {PLAN['registration']['minimum_age']} " in body


def test_the_registration_guide_has_the_step_titles_of_the_wizard() -> None:
    body = content.read("guide-member-registration", "en").body
    steps = REGISTRATION.flow.steps
    titles = [f"STEP {number} OF {len(steps)}: {step.title}" for number, step in enumerate(steps, start=1)]
    assert re.findall(r"<h2>(STEP .*?)</h2>", body) == titles


@each_language
@each_page
def test_a_page_is_small_enough_for_a_slow_phone(name: str, language: str) -> None:
    assert len(content.read(name, language).body.encode()) <= LARGEST


@each_language
@each_page
def test_no_mark_of_the_markdown_shows_in_the_text(name: str, language: str) -> None:
    assert not re.search(r"\*\*|\]\(|^#|\\<", content.read(name, language).body, re.MULTILINE)


def test_a_page_without_a_translation_is_read_in_english() -> None:
    assert content.read("contact-us", "pt").title == "Contact Us"


def test_a_page_that_nobody_wrote_is_not_there() -> None:
    with pytest.raises(content.NoSuchPage):
        content.read("nothing", "en")
