"""Long prose, kept as Markdown files in `content/<language>/`, one file a page and language.

The first line is the title (`# …`). HTML in the files is shown as text, never run.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from markdown_it import MarkdownIt
from markupsafe import Markup

from reports.words import N_

DIRECTORY = Path(__file__).parent / "content"

#: The content pages of the HUSKY Health site and their names in menus.
PAGES = {
    "member-information": N_("Member Information"),
    "member-benefits": N_("Member Benefits"),
    "managing-your-care": N_("Managing Your Care"),
    "health-and-wellness": N_("Health & Wellness"),
    "contact-us": N_("Contact Us"),
    "member-privacy": N_("Member Privacy"),
    "report-fraud": N_("Report Fraud"),
    "rights-and-responsibilities": N_("Member Rights & Responsibilities"),
    "language-help": N_("Language Help"),
    "disclaimer": N_("Disclaimer"),
    "privacy-policy": N_("Privacy Policy"),
    "accessibility": N_("Website Accessibility Policy"),
}


@dataclass(frozen=True)
class Page:
    """A page of prose: its title, and its body as safe HTML."""

    title: str
    body: Markup


class NoSuchPage(Exception):
    """There is no file for that page."""


@lru_cache(maxsize=256)
def read(name: str, language: str) -> Page:
    """The page `name` in a language, in English where there is no translation. Raises NoSuchPage."""
    for folder in (language, "en"):
        path = DIRECTORY / folder / f"{name}.md"
        if path.is_file():
            title, _, text = path.read_text(encoding="utf-8").partition("\n")
            html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
            return Page(title.removeprefix("#").strip(), Markup(html))  # noqa: S704 - our own files; HTML in them is escaped
    raise NoSuchPage(name)
