"""What a text of the portal is in the language of the walk, so that a walk is written once, in English."""

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

TRANSLATIONS = Path(__file__).resolve().parents[3] / "webapp" / "translations"


@cache
def catalogue(language: str) -> Catalog | None:
    """The catalogue of a language; None for English, in which the source is written."""
    path = TRANSLATIONS / language / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return None
    with path.open("rb") as lines:
        return read_po(lines, locale=language)


def translated(text: str, language: str, **values: object) -> str:
    """The text in that language, with its values put in; what no catalogue has (names, programs) stays as it is."""
    found = catalogue(language)
    message = found.get(text) if found else None
    if message is not None and message.string:
        text = message.string if isinstance(message.string, str) else message.string[0]
    return text % values if values else text
