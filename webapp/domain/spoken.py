"""Languages that providers speak, as feeds spell them: "English, Spanish", "English;Haitian Creole"."""

import re

from reports.words import N_
from webapp.domain.text import fold

# Key (folded English name) -> what is shown. Others are shown as the feed spells them.
LANGUAGES = {
    "ENGLISH": N_("English"),
    "SPANISH": N_("Spanish"),
    "ALBANIAN": N_("Albanian"),
    "ARABIC": N_("Arabic"),
    "BENGALI": N_("Bengali"),
    "CHINESE": N_("Chinese"),
    "FRENCH": N_("French"),
    "GERMAN": N_("German"),
    "GREEK": N_("Greek"),
    "GUJARATI": N_("Gujarati"),
    "HAITIANCREOLE": N_("Haitian Creole"),
    "HINDI": N_("Hindi"),
    "ITALIAN": N_("Italian"),
    "KOREAN": N_("Korean"),
    "POLISH": N_("Polish"),
    "PORTUGUESE": N_("Portuguese"),
    "PUNJABI": N_("Punjabi"),
    "RUSSIAN": N_("Russian"),
    "SIGNLANGUAGE": N_("Sign language"),
    "TAGALOG": N_("Tagalog"),
    "UKRAINIAN": N_("Ukrainian"),
    "URDU": N_("Urdu"),
    "VIETNAMESE": N_("Vietnamese"),
}
_ALIKE = {
    "MANDARIN": "CHINESE",
    "CANTONESE": "CHINESE",
    "CREOLE": "HAITIANCREOLE",
    "KREYOL": "HAITIANCREOLE",
    "AMERICANSIGNLANGUAGE": "SIGNLANGUAGE",
    "ASL": "SIGNLANGUAGE",
    "ESPANOL": "SPANISH",
    "FILIPINO": "TAGALOG",
}
_BETWEEN = re.compile(r"[,;/|]| and | y ")


def languages_of(text: str) -> dict[str, str]:
    """Key -> what is shown (an English name, to be translated where it is one of ours), in the feed's order.

    >>> languages_of("English, Mandarin")
    {'ENGLISH': 'English', 'CHINESE': 'Chinese'}
    """
    found: dict[str, str] = {}
    for name in _BETWEEN.split(text):
        key = key_of(name)
        if key:
            found.setdefault(key, LANGUAGES.get(key, name.strip()))
    return found


def key_of(name: str) -> str:
    """What stands for a language in the directory: letters and digits only."""
    key = "".join(c for c in fold(name) if c.isascii())[:30]
    return _ALIKE.get(key, key)
