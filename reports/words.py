"""Small helpers for text: marking it for translation, folding it for search."""

import re
import unicodedata

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def N_(text: str) -> str:  # noqa: N802 - the name gettext users know
    """Return `text` unchanged. The extraction of messages looks for this name."""
    return text


def fold(text: str) -> str:
    """Lower case, without accents or punctuation, single spaces: what names are searched and sorted by.

    >>> fold("Núñez-O'Brien, José")
    'nunez obrien jose'
    """
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    text = text.casefold().replace("'", "").replace("\u2019", "")
    return _BETWEEN_WORDS.sub(" ", text).strip()
