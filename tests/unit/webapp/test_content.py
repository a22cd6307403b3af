"""The content pages: whole in both languages, and no link or telephone number that leads nowhere."""

import re
import tomllib
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urldefrag

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from webapp import content
from webapp.blueprints import BLUEPRINTS
from webapp.blueprints.member.flows import REGISTRATION
from webapp.config import DEFAULT_PLAN, Plan, read_plan
from webapp.guides import definition

LANGUAGES = ("en", "es")
GUIDES = tuple(f"guide-{name}" for portal in content.GUIDES for name in content.guides(portal))
NAMES = (*content.PAGES, *GUIDES)
PLAN: dict[str, Any] = tomllib.loads(DEFAULT_PLAN.read_text(encoding="utf-8"))
LARGEST = 6_500  # bytes of a page's body before compression: it is read on slow phones
LARGEST_FOR_OFFICES = 15_000  # a guide for offices has a heading for each report, and is read at a desk

each_page = pytest.mark.parametrize("name", NAMES)
each_language = pytest.mark.parametrize("language", LANGUAGES)


class _Parts(HTMLParser):
    """Tags in order, list items by the kind of their list, and links with their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.items: list[str] = []
        self.links: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self._lists: list[str] = []
        self._href: str | None = None
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if "id" in dict(attrs):
            self.ids.append(dict(attrs)["id"] or "")
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


def leads_somewhere(link: str, addresses: Any) -> bool:
    """Whether a link opens a page: there is a route, and what it names exists, its heading too."""
    path, anchor = urldefrag(link)
    try:
        endpoint, values = addresses.match(path, method="GET")
    except HTTPException:
        return False
    if endpoint == "public.page":
        return values["name"] in content.PAGES and (not anchor or anchor in parts(values["name"], "es").ids)
    if endpoint == "public.guide":
        return f"guide-{values['name']}" in GUIDES
    if endpoint == "member.register":
        return values["step"] == REGISTRATION.flow.steps[0].slug
    return True


@each_language
@each_page
def test_a_page_stands_in_the_language_with_a_title_and_a_text(name: str, language: str) -> None:
    is_guide = name.removeprefix("guide-") in definition.slugs()  # whose reader asks for every language
    assert is_guide or (content.DIRECTORY / language / f"{name}.md").is_file()
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


@each_page
def test_a_heading_has_the_same_address_in_both_languages(name: str) -> None:
    english, spanish = parts(name, "en"), parts(name, "es")
    assert spanish.ids == english.ids
    assert len(english.ids) == len(set(english.ids)) == len(english.headings)


@each_language
@pytest.mark.parametrize("name", [name for name in content.PAGES if name not in content.PAPER_FORMS])
def test_a_page_ends_with_links_to_what_a_reader_would_want_next(name: str, language: str) -> None:
    end = content.read(name, language).body.rpartition("<h2")[2]
    assert "do-next" in end.partition(">")[0]
    assert len([href for href, _ in _Parts(end).links if href.startswith("/")]) >= 2


@each_language
@pytest.mark.parametrize("name", content.PAPER_FORMS)
def test_a_paper_form_has_lines_to_write_on_and_a_way_to_do_it_online(name: str, language: str) -> None:
    body = content.read(name, language).body
    assert body.count('<span class="line"></span>') >= 6
    assert "_" not in re.sub(r"<[^>]*>", "", body)
    assert any(href.startswith("/members/pages/opt-out") for href, _ in parts(name, language).links)


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
            assert href.removeprefix("mailto:") in PLAN["mail"].values()
        else:
            assert href in PLAN["links"].values()
        assert len(text) > 4 or href.startswith("tel:"), text
        assert text.casefold() not in {"here", "click here", "aquí", "haga clic aquí"}


@pytest.mark.parametrize(
    "path",
    [
        "/members/pages/nowhere",
        "/members/pages/member-benefits#nowhere",
        "/guides/nowhere",
        "/members/nowhere",
        "/members/register/verify",
        "/members/logout",
    ],
)
def test_a_link_that_leads_nowhere_would_be_found(path: str, addresses: Any) -> None:
    assert not leads_somewhere(path, addresses)


FILES = sorted(path for path in content.DIRECTORY.rglob("*") if path.suffix in {".md", ".toml"})
TYPED = re.compile(r"(?:\b1[.-])?\b\d{3}[.-]\d{3}[.-]\d{4}\b|tel:\d|\b\d{1,2}:\d\d\s?[ap]\.|\w@\w")


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_telephone_number_opening_hour_or_address_is_typed_into_a_file(path: Path) -> None:
    text = re.sub(r"`[^`]*`", "", path.read_text(encoding="utf-8"))
    assert not TYPED.findall(text)


def test_a_telephone_number_typed_into_a_file_would_be_found() -> None:
    for number in PLAN["telephones"].values():
        assert TYPED.search(f"Call {number}.") or len(number) == 3
    assert TYPED.search("from 8:00 a.m.")


@each_language
@each_page
def test_every_telephone_number_can_be_pressed_and_is_the_plans(name: str, language: str) -> None:
    known = {*PLAN["telephones"].values(), *PLAN["help_lines"].values()}
    body = content.read(name, language).body
    pressed = {
        href.removeprefix("tel:") for href, _ in parts(name, language).links if href.startswith("tel:")
    }
    written = set(re.findall(r"(?:1[.-])?\d{3}[.-]\d{3}[.-]\d{4}", body))
    assert written <= pressed <= known


def other_plan(**sections: dict[str, Any]) -> Plan:
    """The default plan with some settings changed."""
    default = read_plan().sections
    return Plan(
        MappingProxyType({**default, **{name: {**default[name], **own} for name, own in sections.items()}})
    )


@each_language
def test_a_plan_of_another_state_has_its_own_numbers_and_hours_in_every_page(language: str) -> None:
    plan = other_plan(
        telephones={"member_engagement": "1.888.555.0100"}, hours={"member_engagement": ["07:30", "12:00"]}
    )
    body = content.Library(plan).read("contact-us", language).body
    assert '<a href="tel:1.888.555.0100">1.888.555.0100</a>' in body
    assert PLAN["telephones"]["member_engagement"] not in body
    wanted = "7:30 a.m. – 12:00 p.m." if language == "en" else "de 7:30 a. m. a 12:00 p. m."
    assert wanted in body.replace("\N{NO-BREAK SPACE}", " ")


def test_hours_at_the_end_of_a_sentence_bring_one_full_stop() -> None:
    body = content.read("disclaimer", "en").body.replace("\N{NO-BREAK SPACE}", " ")
    assert "6:00 p.m.</p>" in body


def test_a_page_that_names_an_unknown_setting_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "odd.md").write_text("# Odd\n\nCall {telephones.nobody}.\n", encoding="utf-8")
    monkeypatch.setattr(content, "DIRECTORY", tmp_path)
    with pytest.raises(content.ContentBroken, match=r"odd.md: .*telephones.nobody"):
        content.Library(read_plan()).read("odd", "en")


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
    assert re.findall(r"<h2[^>]*>(STEP .*?)</h2>", body) == titles


@each_language
@each_page
def test_a_page_is_small_enough_for_a_slow_phone(name: str, language: str) -> None:
    at_a_desk = name.removeprefix("guide-") in content.GUIDES["provider"]
    assert len(content.read(name, language).body.encode()) <= (LARGEST_FOR_OFFICES if at_a_desk else LARGEST)


@each_language
@each_page
def test_no_mark_of_the_markdown_shows_in_the_text(name: str, language: str) -> None:
    assert not re.search(r"\*\*|\]\(|^#|\\<", content.read(name, language).body, re.MULTILINE)


def test_a_page_without_a_translation_is_read_in_english() -> None:
    assert content.read("contact-us", "pt").title == "Contact Us"


def test_a_page_that_nobody_wrote_is_not_there() -> None:
    with pytest.raises(content.NoSuchPage):
        content.read("nothing", "en")
