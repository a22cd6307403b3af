"""Long prose, kept as Markdown files in `content/<language>/`, one file a page and language.

The plan's own folder (`[plan] folder`) goes before ours: a file there takes the place of the one of that name here, and
its `notices.toml` adds to ours.

The first line is the title (`# …`). HTML in the files is shown as text, never run. `{section.setting}` stands for a
value of the plan file, so that a telephone number is written once: `{telephones.dental}`; the plan's names stand in
place of Connecticut's (words.py). Headings can be linked to by the words of the English one
(`/members/pages/member-benefits#behavioral-health`), in every language.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel import Locale
from markdown_it.token import Token
from markupsafe import Markup

from reports.words import N_
from webapp import prose
from webapp.config import Plan, read_plan
from webapp.domain.site_search import Index, Section
from webapp.guides import definition
from webapp.guides.page import GuidePage, make
from webapp.prose import ContentBroken

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
#: The how-to guides of each portal, in the order of their list: webapp/guides/.
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
#: What the pages of guides are called beside those of content.
GUIDE = "guide-"


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


class Library:
    """The content as one plan has it. `read` and `notices` keep what they made: files are read once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._pages: dict[tuple[str, str], Page] = {}
        self._guides: dict[tuple[str, str], GuidePage] = {}
        self._indexes: dict[str, Index] = {}
        self._headings: dict[str, list[str]] = {}  # of English files

    def read(self, name: str, language: str) -> Page:
        """The page `name`, in English where there is no translation. Raises NoSuchPage, ContentBroken."""
        if (name, language) not in self._pages:
            self._pages[name, language] = self._read(name, language)
        return self._pages[name, language]

    def guide(self, slug: str, language: str) -> GuidePage:
        """The how-to guide of that name. Raises NoSuchPage, GuideBroken, ContentBroken."""
        if (slug, language) not in self._guides:
            try:
                guide = definition.read(slug)
            except KeyError:
                raise NoSuchPage(slug) from None
            self._guides[slug, language] = make(guide, language, self.plan)
        return self._guides[slug, language]

    def search(self, language: str) -> Index:
        """The index of what members may look for: the content pages, the members' guides, the language notices."""
        if language not in self._indexes:
            names = (*PAGES, *(f"{GUIDE}{name}" for name in guides("member")))
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
        html = prose.render_line(prose.fill(entry["text"].strip(), self.plan, "en", NOTICES.name))
        return Notice(code, entry["name"], entry["english"], html, entry["reviewed"])

    def _notice_sections(self, language: str) -> Iterator[Section]:
        title = self.read("language-help", language).title
        for notice in self.notices():
            text = f"{notice.english}. {notice.text.striptags()}"
            yield Section("language-help", title, notice.name, f"notice-{notice.code}", text)

    def _read(self, name: str, language: str) -> Page:
        if name.startswith(GUIDE):
            guide = self.guide(name.removeprefix(GUIDE), language)
            return Page(guide.title, guide.body, guide.sections)
        path = self._file(f"{name}.md", language, "en")
        if path is None:
            raise NoSuchPage(name)
        title, tokens = self._parse(path, language)
        prose.name_headings(tokens, self._english_headings(path.name))
        return Page(title, prose.render(tokens), tuple(prose.sections(name, title, tokens)))

    def _english_headings(self, file_name: str) -> list[str]:
        if file_name not in self._headings:
            path = self._file(file_name, "en")
            tokens = self._parse(path, "en")[1] if path else []
            self._headings[file_name] = [words for _, words in prose.headings(tokens)]
        return self._headings[file_name]

    def _file(self, file_name: str, *languages: str) -> Path | None:
        """The file in the first language that has it; the plan's own before ours."""
        for language in languages:
            ours = DIRECTORY / language / file_name
            if path := self.plan.own_file(f"{language}/{file_name}") or (ours if ours.is_file() else None):
                return path
        return None

    def _parse(self, path: Path, language: str) -> tuple[str, list[Token]]:
        written = prose.fill(path.read_text(encoding="utf-8"), self.plan, language, path.name)
        title, _, text = written.partition("\n")
        return title.removeprefix("#").strip(), prose.parse(text)


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


def guides(portal: str) -> tuple[str, ...]:
    """The how-to guides of a portal ('member' or 'provider'), in the order of their list."""
    return GUIDES[portal]


_library: Library | None = None
