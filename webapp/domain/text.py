"""Folding, the one way in which names and identifiers are made comparable; and what is kept of typed text."""

import unicodedata

# Letters that carry a stroke or are ligatures: Unicode does not take them apart, yet people type them plainly.
_PLAIN = str.maketrans(
    {"Ł": "L", "Ø": "O", "Đ": "D", "Ð": "D", "Ħ": "H", "Æ": "AE", "Œ": "OE", "Þ": "TH", "ẞ": "SS", "Ŧ": "T"}
)

# Modifier letters that keyboards give for an apostrophe; Unicode counts them as letters.
_APOSTROPHES = frozenset("\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\ua78c")


def fold(text: str | None) -> str:
    """`text` with all that may never decide a match taken out: letter case, accents, spaces, hyphens,
    apostrophes and any other punctuation. "Núñez-O'Brien" gives "NUNEZOBRIEN".

    Folding twice changes nothing. None and text without a letter or digit give "".
    """
    return "".join(fold_words(text))


def fold_words(text: str | None) -> list[str]:
    """The folded words of `text`, for searching. "María de la Cruz" gives ["MARIA", "DE", "LA", "CRUZ"].

    An apostrophe or a period stays inside its word ("O'Brien" is one word); a hyphen parts two.
    """
    words = "".join(map(_place, _plain(text or "")))
    return words.split()


def after_prefix(prefix: str) -> str:
    """The least folded text that comes after all that begin with `prefix`, whatever the database's collation: with the
    two as bounds an index finds what begins so. "ORT" gives "ORU"; "" where nothing comes after."""
    kept = prefix.rstrip("Z")
    return kept[:-1] + ("A" if kept[-1] == "9" else chr(ord(kept[-1]) + 1)) if kept else ""


def fold_id(text: str | None) -> str:
    """A Client ID Number as it is compared: spaces and hyphens dropped, letters upper case."""
    return fold(text)


def digits(text: str | None) -> str:
    """The digits 0 to 9 of `text`, as of a telephone number or a ZIP code however it is written."""
    return "".join(c for c in text or "" if c in "0123456789")


def one_line(text: str | None, most: int | None = None) -> str:
    """What was typed, on one line: single spaces, nothing unprintable (a database may refuse it), `most` characters.
    Of overlong text only the beginning is looked at."""
    typed = (text or "")[: most and most * 4]
    return " ".join("".join(c if c.isprintable() else " " for c in typed).split())[:most].strip()


def _plain(text: str) -> str:
    # Upper case first ("ß" becomes "SS"); capitals can bring accents of their own, so they come off after.
    # "ŉ" and its like come apart into an apostrophe and a small letter: hence the second round.
    raised = unicodedata.normalize("NFKD", text.upper()).upper()
    return unicodedata.normalize("NFKD", raised).translate(_PLAIN)


def _place(character: str) -> str:
    """What stands in the folded text for one character: itself, a gap between words, or nothing."""
    if character.isalnum():
        return "" if character in _APOSTROPHES else character
    if unicodedata.combining(character):
        return ""
    category = unicodedata.category(character)
    if (category[0] in "ZC" and category != "Cf") or category == "Pd" or character in "/,;&+_":
        return " "
    return character if category[0] == "M" else ""
