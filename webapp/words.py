"""Words in a person's own language, as this plan says them: for pages, mail and printed sheets.

Our texts are written with Connecticut's names. `[names]` of the plan file says what each is called elsewhere: those
are put in here, after translation and before any value, so that what people typed stays as it is. For a plan that
changes no name nothing of this runs.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from babel.lists import format_list
from babel.support import NullTranslations, Translations

from webapp.config import Plan

DIRECTORY = Path(__file__).parent / "translations"


def renaming(names: Mapping[str, str]) -> Callable[[str], str]:
    """Puts the names on the right in place of those on the left, the longest first, where they stand as words.

    >>> renaming({"HUSKY": "Alder", "HUSKY Health": "Alder Care"})("My HUSKY page at HUSKY Health")
    'My Alder page at Alder Care'
    """
    changed = {ours: own for ours, own in names.items() if own != ours}
    if not changed:
        return str
    longest = "|".join(re.escape(name) for name in sorted(changed, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest})(?!\w)")
    return lambda text: pattern.sub(lambda match: changed[match[0]], text)


class _Renamed(NullTranslations):
    """A catalogue whose texts are given with the plan's names."""

    def __init__(self, found: NullTranslations, put_in: Callable[[str], str]) -> None:
        super().__init__()
        self._found = found
        self._put_in = lru_cache(maxsize=8192)(put_in)

    def gettext(self, message: str) -> str:
        return self._put_in(self._found.gettext(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._put_in(self._found.ngettext(msgid1, msgid2, n))

    def pgettext(self, context: str, message: str) -> str:
        return self._put_in(str(self._found.pgettext(context, message)))

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        return self._put_in(self._found.npgettext(context, msgid1, msgid2, n))

    # Flask-Babel calls the older names.
    ugettext, ungettext, upgettext, unpgettext = gettext, ngettext, pgettext, npgettext


def install(names: Mapping[str, str]) -> None:
    """Say everything with these names from now on (`Plan.names`)."""
    global _names
    if dict(names) != _names:
        _names = dict(names)
        catalogue.cache_clear()


_names: dict[str, str] = {}


@lru_cache(maxsize=8)
def catalogue(language: str) -> NullTranslations:
    """The texts of a language, with the plan's names."""
    found = Translations.load(DIRECTORY, [language])
    put_in = renaming(_names)
    return found if put_in is str else _Renamed(found, put_in)


def translate(language: str, text: str, **values: object) -> str:
    """The text of a msgid in a language, with `%(name)s` filled in."""
    words = catalogue(language).gettext(text)
    return words % values if values else words


def list_of_programs(plan: Plan, letters: Sequence[str], language: str) -> str:
    """'HUSKY A, B, or D' in a language; empty for none."""
    if not letters:
        return ""
    first, *others = letters
    return format_list([plan.program_name(first), *others], "or", language)


def clock_time(time: str, language: str) -> str:
    """'18:00' as 6:00 p.m., in Spanish with the spaces of its own that never break."""
    hour, minute = time.split(":")
    half = "a.m." if int(hour) < 12 else "p.m."
    half = half if language == "en" else f"{half[0]}.\N{NO-BREAK SPACE}m."
    return f"{(int(hour) - 1) % 12 + 1}:{minute} {half}"


def hours(times: Sequence[str], language: str) -> str:
    """Opening hours of the plan file, ("09:00", "16:00"), as 9:00 a.m. – 4:00 p.m.; in Spanish they follow a "de"."""
    opens, closes = (clock_time(time, language) for time in times)
    return f"{opens} a {closes}" if language == "es" else f"{opens} – {closes}"
