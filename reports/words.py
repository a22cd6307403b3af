"""Small helpers for text: marking it for translation, folding it for search."""

import re
import unicodedata

_BETWEEN_WORDS = re.compile(r"[\W_]+")


class _Plain(dict[int, str]):
    """Characters without their accents, worked out when one is first met: a refresh folds millions of names."""

    def __missing__(self, character: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(character))
        self[character] = plain = "".join(part for part in parts if not unicodedata.combining(part))
        return plain


_PLAIN = _Plain()


def N_(text: str) -> str:  # noqa: N802 - the name gettext users know
    """Return `text` unchanged. The extraction of messages looks for this name."""
    return text


def fold(text: str) -> str:
    """Lower case, without accents or punctuation, single spaces: what names are searched and sorted by.

    >>> fold("Núñez-O'Brien, José")
    'nunez obrien jose'
    """
    if not text.isascii():
        text = text.translate(_PLAIN)
    text = text.casefold().replace("'", "").replace("\u2019", "")
    return _BETWEEN_WORDS.sub(" ", text).strip()
