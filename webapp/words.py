"""Words in a person's own language outside a web page: mail, printed sheets."""

from functools import lru_cache
from pathlib import Path

from babel.support import NullTranslations, Translations

DIRECTORY = Path(__file__).parent / "translations"


@lru_cache(maxsize=8)
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(DIRECTORY, [language])


def translate(language: str, text: str, **values: object) -> str:
    """The text of a msgid in a language, with `%(name)s` filled in."""
    words = _catalogue(language).gettext(text)
    return words % values if values else words
