"""How hard a text is to read, in school grades for English and on Fernández Huerta's scale for Spanish.

Both formulas are those their authors printed: Kincaid and others 1975 (Navy Research Branch Report 8-75), Fernández
Huerta 1959 (Consigna 214, its sentence term read as words a sentence). Syllables are counted by spelling. On the words
of our pages the English count is within one part in a hundred of the CMU Pronouncing Dictionary's.
"""

import re
from dataclasses import dataclass

from lxml.html import HtmlElement, fragment_fromstring

from tests.harness.page_checks import words

#: The highest grade, and the Spanish figure that stands for it: 80 and more is "fairly easy", grade 6, on that scale.
HIGHEST_GRADE = 6.9
LOWEST_HUERTA = 80.0

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"(?<=[.?!])[\s)\"”]+")
_VOWELS = re.compile(r"[aeiouy]+")
#: Two vowels side by side that are spoken apart ("sci-ence", "li-on"), if it is not the ending of "nation", "special".
_APART = re.compile(
    r"(?<![cgst])i[ao]|ie[nt]|(?<!q)u[ae](?=[lt])|eo(?!u)|(?<=e)i(?=ng)|y(?=ing)|ia$|(?<=[aeiouy][^aeiouy])ea$"
)
_SPANISH_GROUP = re.compile(r"[aeiouáéíóúü]+")
_SPANISH_APART = re.compile(r"[aeoáéó](?=[aeoáéóíú])|[íú](?=[aeoáéó])")


@dataclass(frozen=True)
class Counts:
    """What the formulas are made of."""

    words: int
    sentences: int
    syllables: int


def english_syllables(word: str) -> int:
    """The syllables of an English word, by its spelling; at least one."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    bare = re.sub(r"(?<=[^aeiou])(?:e|es|ed)$", lambda found: _kept_ending(word, found[0]), word)
    count = len(_VOWELS.findall(bare)) + len(_APART.findall(bare))
    return max(1, count)


def _kept_ending(word: str, ending: str) -> str:
    """The e of "table", "boxes", "needed" is heard, that of "care", "takes", "called" is not."""
    stem = word.removesuffix(ending)
    heard = {
        "e": stem.endswith("l") and len(stem) > 2 and stem[-2] not in "aeiouyl",
        "es": stem.endswith(("s", "x", "z", "ch", "sh", "c", "g")),
        "ed": stem.endswith(("t", "d")),
    }
    return ending if heard[ending] or not _VOWELS.search(stem) else ""


def spanish_syllables(word: str) -> int:
    """The syllables of a Spanish word: strong vowels, and weak ones with an accent, stand alone."""
    word = re.sub(r"y$", "i", word.lower())
    word = re.sub(r"(?<=q)u|(?<=g)u(?=[eiéí])", "", word)
    groups = _SPANISH_GROUP.findall(word)
    return max(1, sum(1 + len(_SPANISH_APART.findall(group)) for group in groups))


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in _SENTENCE_END.split(text) if _WORD.search(part)]


def counts(text: str, language: str) -> Counts:
    """Words, sentences and syllables of a text of whole sentences."""
    found = _WORD.findall(text)
    syllables = english_syllables if language == "en" else spanish_syllables
    return Counts(len(found), max(1, len(sentences(text))), sum(map(syllables, found)))


def school_grade(text: str) -> float:
    """The Flesch-Kincaid grade of an English text."""
    found = counts(text, "en")
    return 0.39 * found.words / found.sentences + 11.8 * found.syllables / found.words - 15.59


def fernandez_huerta(text: str) -> float:
    """Fernández Huerta's ease of reading of a Spanish text: 100 is easiest."""
    found = counts(text, "es")
    return 206.84 - 60 * found.syllables / found.words - 1.02 * found.words / found.sentences


def too_hard(text: str, language: str) -> str:
    """Why a text is too hard for a member's page, or nothing."""
    if language == "en" and (grade := school_grade(text)) > HIGHEST_GRADE:
        return f"grade {grade:.1f}, not {HIGHEST_GRADE} or less"
    if language == "es" and (ease := fernandez_huerta(text)) < LOWEST_HUERTA:
        return f"Fernández Huerta {ease:.1f}, not {LOWEST_HUERTA} or more"
    return ""


def prose_of(html: str, *, labels: tuple[str, ...] = ()) -> str:
    """The sentences of a page's HTML: paragraphs and list items, each ended. `labels` (names that the guides set, long
    words that nobody may change), telephone numbers and clock times are left out."""
    tree = fragment_fromstring(html, create_parent="div")
    return " ".join(filter(None, (_sentence(block, labels) for block in tree.iter("p", "li", "dd"))))


def _sentence(block: HtmlElement, labels: tuple[str, ...]) -> str:
    if block.tag == "li" and block.find("p") is not None:
        return ""  # its paragraphs are read by themselves
    text = words(block)
    for label in labels:
        text = re.sub(rf"\b{re.escape(label)}\b", "it", text)
    text = re.sub(r"\b[ap]\.\s?m\.(?=\s+[A-ZÁÉÍÓÚ¿¡])", ".", text)  # the end of a sentence, too
    text = re.sub(r"\b[ap]\.\s?m\.", "", text)
    text = re.sub(r"\d[\d.:/]*", "", text).strip(" –-,")
    return text if not text or text[-1] in ".?!" else f"{text.rstrip(':;')}."
