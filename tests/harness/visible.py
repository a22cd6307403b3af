"""Text that people see but nobody translates, found by a language that puts every translated text in ⟦brackets⟧."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any

import flask_babel
from lxml.html import HtmlElement

from tests.harness.page_checks import INLINE

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
    kept: Any = flask_babel.Domain.get_translations
    flask_babel.Domain.get_translations = lambda _: Brackets()
    try:
        yield
    finally:
        flask_babel.Domain.get_translations = kept


def bypassing(tree: HtmlElement) -> list[str]:
    """The texts of a page, rendered under `pseudo_locale`, that did not come from the catalogue.

    Data are not for translating and are marked so: translate="no" or data-value on the element or one
    around it; content that is written in both languages stands in an element with data-content; words of
    another language (the language control) carry their own lang.
    """
    found: list[str] = []
    _collect(tree, tree.get("lang"), found)
    return found


def _collect(element: HtmlElement, language: str | None, found: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in SKIPPED_TAGS or _is_data(element, language):
        return
    for name in SHOWN_ATTRIBUTES:
        _note(element.get(name) or "", found)
    if element.tag == "input" and element.get("type") in {"submit", "button", "reset"}:
        _note(element.get("value") or "", found)
    # A translated text may hold markup, so brackets are matched over the whole of a block's text.
    if _holds_only_words(element):
        _note(_translatable_text(element, language), found)
        for child in element.iterdescendants():
            if isinstance(child.tag, str) and not _is_data(child, language):
                for name in SHOWN_ATTRIBUTES:
                    _note(child.get(name) or "", found)
        return
    for text in [element.text or "", *(child.tail or "" for child in element)]:
        _note(text, found)
    for child in element:
        _collect(child, language, found)


def _is_data(element: HtmlElement, language: str | None) -> bool:
    if element.get("translate") == "no" or element.get("data-value") is not None:
        return True
    own = element.get("lang")
    return element.get("data-content") is not None or (own is not None and own != language)


def _holds_only_words(element: HtmlElement) -> bool:
    return len(element) > 0 and all(
        child.tag in INLINE | {"br"} for child in element.iterdescendants() if isinstance(child.tag, str)
    )


def _translatable_text(element: HtmlElement, language: str | None) -> str:
    parts = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and not _is_data(child, language):
            parts.append(_translatable_text(child, language))
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
