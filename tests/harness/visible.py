"""Text that people see but nobody translates, found by a language that puts every translated text in ⟦brackets⟧."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any

from lxml.html import HtmlElement

from tests.harness.page_checks import INLINE
from webapp.web.language import PlanDomain

OPEN, CLOSE = "⟦", "⟧"
SHOWN_ATTRIBUTES = ("alt", "aria-label", "placeholder", "title", "data-label", "data-show", "data-hide")
SKIPPED_TAGS = {"script", "style", "template", "code"}
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Brackets(NullTranslations):
    """Translations that put every text in brackets."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"{OPEN}{msgid1 if n == 1 else msgid2}{CLOSE}"

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self.ngettext(msgid1, msgid2, n)

    # Flask-Babel calls the older names.
    ugettext, ungettext, upgettext, unpgettext = gettext, ngettext, pgettext, npgettext


@contextmanager
def pseudo_locale() -> Iterator[None]:
    """While this lasts, every page shows its translated texts in brackets."""
    kept: Any = PlanDomain.get_translations
    brackets = Brackets()  # one for all pages, as templates are compiled for each catalogue
    PlanDomain.get_translations = lambda _: brackets  # type: ignore[method-assign,assignment,return-value]
    try:
        yield
    finally:
        PlanDomain.get_translations = kept  # type: ignore[method-assign]


def bypassing(tree: HtmlElement, names: Iterable[str] = ()) -> list[str]:
    """The texts of a page, rendered under `pseudo_locale`, that did not come from the catalogue.

    Data are not for translating and are marked so: translate="no" or data-value on the element or one
    around it; content that is written in both languages stands in an element with data-content; words of
    a language of their own (the language control) carry lang. `names` are of the plan and stand anywhere.
    """
    found: list[str] = []
    _collect(tree, found, top=True)
    for name in names:
        found = [text.replace(name, " ") for text in found]
    return [" ".join(text.split()) for text in found if LETTERS.search(text)]


def _collect(element: HtmlElement, found: list[str], *, top: bool = False) -> None:
    if not isinstance(element.tag, str) or element.tag in SKIPPED_TAGS or (_is_data(element) and not top):
        return
    for name in SHOWN_ATTRIBUTES:
        _note(element.get(name) or "", found)
    if element.tag == "input" and element.get("type") in {"submit", "button", "reset"}:
        _note(element.get("value") or "", found)
    # A translated text may hold markup, so brackets are matched over the whole of a block's text.
    if _holds_only_words(element):
        _note(_translatable_text(element), found)
        for child in element.iterdescendants():
            if isinstance(child.tag, str) and not _is_data(child):
                for name in SHOWN_ATTRIBUTES:
                    _note(child.get(name) or "", found)
        return
    for text in [element.text or "", *(child.tail or "" for child in element)]:
        _note(text, found)
    for child in element:
        _collect(child, found)


def _is_data(element: HtmlElement) -> bool:
    marks = ("data-value", "data-content", "lang")
    return element.get("translate") == "no" or any(element.get(mark) is not None for mark in marks)


def _holds_only_words(element: HtmlElement) -> bool:
    return len(element) > 0 and all(
        child.tag in INLINE | {"br"} for child in element.iterdescendants() if isinstance(child.tag, str)
    )


def _translatable_text(element: HtmlElement) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not _is_data(child):
            parts.append(_translatable_text(child))
        parts.append(child.tail or "")
    return "".join(parts)


def _note(text: str, found: list[str]) -> None:
    depth, outside = 0, []
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        if depth == 0 and character != CLOSE:
            outside.append(character)
    if LETTERS.search("".join(outside)):
        found.append(" ".join("".join(outside).split()))
