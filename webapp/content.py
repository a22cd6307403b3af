"""Long prose, kept as Markdown files in `content/<language>/`, one file a page and language.

The plan's own folder (`[plan] folder`) goes before ours: a file there takes the place of the one of that name here, and
its `notices.toml` adds to ours.

The first line is the title (`# …`). HTML in the files is shown as text, never run. `{section.setting}` stands for a
value of the plan file, so that a telephone number is written once: `{telephones.dental}`; the plan's names stand in
place of Connecticut's (words.py). Headings can be linked to by the words of the English one
(`/members/pages/member-benefits#behavioral-health`), in every language.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from reports.words import N_
from webapp import words
from webapp.config import Plan, read_plan
from webapp.domain.site_search import Index, Section
from webapp.domain.text import fold_words

DIRECTORY = Path(__file__).parent / "content"
NOTICES = DIRECTORY / "notices.toml"

#: The content pages of the HUSKY Health site and their names in menus.
PAGES = {
    "about-us": N_("About Us"),
    "member-information": N_("Member Information"),
    "new-members": N_("New Members"),
    "frequently-asked-questions": N_("Frequently Asked Questions"),
    "member-benefits": N_("Member Benefits"),
    "managing-your-care": N_("Managing Your Care"),
    "health-and-wellness": N_("Health & Wellness"),
    "contact-us": N_("Contact Us"),
    "member-privacy": N_("Member Privacy"),
    "opt-out": N_("Opt-out Information and Forms"),
    "opt-out-form": N_("Opt-out Form"),
    "consent-form": N_("Consent Form"),
    "report-fraud": N_("Report Fraud"),
    "rights-and-responsibilities": N_("Member Rights & Responsibilities"),
    "language-help": N_("Language Help"),
    "non-discrimination": N_("Notice of Non-Discrimination"),
    "disclaimer": N_("Disclaimer"),
    "privacy-policy": N_("Privacy Policy"),
    "accessibility": N_("Website Accessibility Policy"),
}
#: Pages made to be printed, filled in by hand and signed.
PAPER_FORMS = ("opt-out-form", "consent-form")
#: The how-to guides of each portal, in the order of their list. One that has no file yet is left out.
GUIDES = {
    "member": (
        "member-registration",
        "member-account",
        "find-a-doctor",
        "update-information",
        "member-recovery",
        "rights-and-responsibilities",
    ),
    "provider": ("provider-sign-up", "patient-reports", "provider-reports", "consolidate-accounts"),
}

_VALUE = re.compile(r"\{(\w+)\.(\w+)\}(\.?)")  # with the full stop after it: "6:00 p.m." brings its own
_BLANK = re.compile(r"_{3,}")
_HOURS = {"en": "Monday through Friday, {0}", "es": "de lunes a viernes, de {0}"}


@dataclass(frozen=True)
class Page:
    """A page of prose: its title, its body as safe HTML, and its parts as the search knows them."""

    title: str
    body: Markup
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Notice:
    """That help with the language is free, in one language, by its own name and its English one."""

    code: str
    name: str
    english: str
    text: Markup
    reviewed: str

    @property
    def direction(self) -> str:
        """'rtl' for a language that is written from right to left, else 'ltr'."""
        return "rtl" if Locale.parse(self.code, sep="-").text_direction == "rtl" else "ltr"


class NoSuchPage(Exception):
    """There is no file for that page."""


class ContentBroken(Exception):
    """A content file asks for what is not there; the message names both."""


class Library:
    """The content as one plan has it. `read` and `notices` keep what they made: files are read once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._put_in_names = words.renaming(plan.names)
        self._pages: dict[tuple[str, str], Page] = {}
        self._indexes: dict[str, Index] = {}
        self._headings: dict[str, list[str]] = {}  # of English files

    def read(self, name: str, language: str) -> Page:
        """The page `name`, in English where there is no translation. Raises NoSuchPage, ContentBroken."""
        if (name, language) not in self._pages:
            self._pages[name, language] = self._read(name, language)
        return self._pages[name, language]

    def search(self, language: str) -> Index:
        """The index of what members may look for: the content pages, the members' guides, the language notices."""
        if language not in self._indexes:
            names = (*PAGES, *(f"guide-{name}" for name in guides("member")))
            sections = [part for name in names for part in self.read(name, language).sections]
            self._indexes[language] = Index([*sections, *self._notice_sections(language)])
        return self._indexes[language]

    def notices(self) -> list[Notice]:
        """The notices of the languages that the plan lists. Raises ContentBroken for a language without one."""
        written = tomllib.loads(NOTICES.read_text(encoding="utf-8"))
        if own := self.plan.own_file(NOTICES.name):
            written |= tomllib.loads(own.read_text(encoding="utf-8"))
        codes = self.plan["language_help"]["notices"]
        if missing := [code for code in codes if code not in written]:
            raise ContentBroken(f"{NOTICES.name} has no notice for {missing[0]!r}, which the plan lists")
        return [self._notice(code, written[code]) for code in codes]

    def _notice(self, code: str, entry: dict[str, str]) -> Notice:
        html = _markdown().renderInline(self._filled(entry["text"].strip(), "en", NOTICES))
        return Notice(code, entry["name"], entry["english"], Markup(html), entry["reviewed"])  # noqa: S704 - as below

    def _notice_sections(self, language: str) -> Iterator[Section]:
        title = self.read("language-help", language).title
        for notice in self.notices():
            text = f"{notice.english}. {notice.text.striptags()}"
            yield Section("language-help", title, notice.name, f"notice-{notice.code}", text)

    def _read(self, name: str, language: str) -> Page:
        path = self._file(f"{name}.md", language, "en")
        if path is None:
            raise NoSuchPage(name)
        title, tokens = self._parse(path, language)
        _name_headings(tokens, self._english_headings(path.name))
        html = _markdown().renderer.render(tokens, _markdown().options, {})
        sections = tuple(_sections(name, title, tokens))
        return Page(title, Markup(html), sections)  # noqa: S704 - our own files; HTML in them is escaped

    def _english_headings(self, file_name: str) -> list[str]:
        if file_name not in self._headings:
            path = self._file(file_name, "en")
            tokens = self._parse(path, "en")[1] if path else []
            self._headings[file_name] = [words for _, words in _headings(tokens)]
        return self._headings[file_name]

    def _file(self, file_name: str, *languages: str) -> Path | None:
        """The file in the first language that has it; the plan's own before ours."""
        for language in languages:
            ours = DIRECTORY / language / file_name
            if path := self.plan.own_file(f"{language}/{file_name}") or (ours if ours.is_file() else None):
                return path
        return None

    def _parse(self, path: Path, language: str) -> tuple[str, list[Token]]:
        written = self._filled(path.read_text(encoding="utf-8"), language, path)
        title, _, text = written.partition("\n")
        return title.removeprefix("#").strip(), _markdown().parse(text)

    def _filled(self, text: str, language: str, path: Path) -> str:
        """The text with the values of the plan put in. Raises ContentBroken for one that the plan file lacks."""

        def value(match: re.Match[str]) -> str:
            try:
                written = _written(self.plan, match[1], match[2], language)
            except KeyError:
                raise ContentBroken(f"{path.name}: the plan file has no {match[1]}.{match[2]}") from None
            return written if written.endswith(".") and match[1] == "hours" else f"{written}{match[3]}"

        return _VALUE.sub(value, self._put_in_names(text))


def install(plan: Plan) -> None:
    """Let the content say what this plan says, and have it ready to be read and searched. Raises ContentBroken."""
    global _library
    if _library is None or _library.plan != plan:
        _library = Library(plan)
    for language in plan["plan"]["languages"]:
        _library.search(language)


def read(name: str, language: str) -> Page:
    """The page `name` in a language, in English where there is no translation. Raises NoSuchPage."""
    return library().read(name, language)


def library() -> Library:
    """The installed content; the default plan's where none was installed (commands and tests without a web server)."""
    global _library
    if _library is None:
        _library = Library(read_plan())
    return _library


def guides(portal: str) -> list[str]:
    """The how-to guides of a portal ('member' or 'provider') that are written."""
    return [name for name in GUIDES[portal] if (DIRECTORY / "en" / f"guide-{name}.md").is_file()]


_library: Library | None = None


def _written(plan: Plan, section: str, key: str, language: str) -> str:
    """A value of the plan as it stands in a text: a telephone number can be pressed, hours and programs are a phrase.
    Raises KeyError for one that the plan file lacks."""
    value = plan[section][key]
    if key == "online_programs":
        return words.list_of_programs(plan, value, language)
    if section in ("telephones", "help_lines"):
        return f"[{value}](tel:{value})"
    if section == "hours":
        times = re.sub(" (?=[ap])", "\N{NO-BREAK SPACE}", words.hours(value, language))
        return _HOURS.get(language, _HOURS["en"]).format(times)
    return str(value)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("text", _with_blanks)
    return markdown


def _with_blanks(renderer: Any, tokens: list[Token], number: int, options: Any, env: Any) -> str:
    """Three or more underscores are a line to write on: drawn, so that a screen reader does not spell it out."""
    return _BLANK.sub('<span class="line"></span>', renderer.text(tokens, number, options, env))


def _name_headings(tokens: list[Token], english: list[str]) -> None:
    """Give each heading an id: the words of the English heading at the same place; its own beyond those."""
    named: Counter[str] = Counter()
    for number, (token, own) in enumerate(_headings(tokens)):
        words = english[number] if number < len(english) else own
        name = "-".join(fold_words(words)).lower() or "part"
        named[name] += 1
        token.attrSet("id", name if named[name] == 1 else f"{name}-{named[name]}")


def _headings(tokens: list[Token]) -> list[tuple[Token, str]]:
    return [
        (token, _plain(tokens[place + 1]))
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def _sections(name: str, title: str, tokens: list[Token]) -> Iterator[Section]:
    heading, anchor, texts = "", "", list[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            if texts:
                yield Section(name, title, heading, anchor, _joined(texts))
            heading, anchor, texts = _plain(tokens[place + 1]), str(token.attrGet("id") or ""), []
        elif token.type == "inline" and tokens[place - 1].type != "heading_open":
            texts.append(_plain(token))
    if texts:
        yield Section(name, title, heading, anchor, _joined(texts))


def _joined(texts: list[str]) -> str:
    """Paragraphs and list items in one line; items that are no sentences stay apart."""
    return "".join(f"{text} " if text[-1:] in (*".?!:", "") else f"{text} · " for text in texts).rstrip(" ·")


def _plain(inline: Token) -> str:
    """The words of a piece of Markdown without its marks."""
    breaks = ("softbreak", "hardbreak")
    words = "".join(" " if part.type in breaks else part.content for part in inline.children or ())
    return _BLANK.sub("", words).strip()
