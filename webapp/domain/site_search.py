"""Searching the content pages: which sections hold the words asked for, the best first, with the words in context.

Accents and letter case never matter; a word that no page holds is taken for one that differs by one letter. Pure: made
from sections, knows neither files nor addresses.
"""

import math
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice, takewhile

from webapp.domain.find_a_doctor.directory_words import SHORTEST_FORGIVEN, is_one_letter_off
from webapp.domain.text import fold, one_line

#: Longer than any question; what is typed beyond it is not looked for.
LONGEST = 100
MOST_WORDS = 8
MOST_RESULTS = 12

#: A word in a heading says more about a section than one in its text.
HEADING_WEIGHT, TITLE_WEIGHT = 5.0, 3.0
SHORTEST_BEGINNING = 3  # letters of a word whose beginning alone was typed: "den", dental and dentist
# How much a second mention adds, and how much a text's length counts: Okapi BM25 (Robertson and others 1994).
SATURATION, LENGTH_COUNTS = 1.2, 0.5
BEFORE, AROUND = 10, 32  # words shown of a section: before the first one found, and in all

#: Words of questions that say nothing of what is looked for; folded. With nothing else typed they are looked for too.
STOP_WORDS = frozenset(
    "A AN AND ARE AS AT BE BY CAN DO DOES FOR FROM GET HAVE HOW I IF IN IS IT ME MY OF ON OR THE THIS TO WE WHAT WHEN"
    " WHERE WHICH WHO WHY WILL WITH YOU YOUR"
    " AL COMO CON CUAL CUANDO DE DEL DONDE EL ELLA EN ES ESTA HAY LA LAS LO LOS ME MI MIS O PARA POR PUEDO QUE QUIEN SE"
    " SI SU SUS UN UNA Y YO".split()
)
_TOKEN = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")


@dataclass(frozen=True)
class Section:
    """A part of a page under one heading. `anchor` is empty for what stands before the first heading."""

    page: str
    title: str
    heading: str
    anchor: str
    text: str


Marked = tuple[tuple[str, bool], ...]  # pieces of a text, and whether each is a word that was found


@dataclass(frozen=True)
class Result:
    """A section that was found: its heading and a passage of its text, the words found marked."""

    section: Section
    heading: Marked
    passage: Marked


@dataclass(frozen=True)
class Found:
    """What a search found. `query`: as it was looked for. `partly`: no section holds all the words."""

    query: str
    results: tuple[Result, ...]
    partly: bool = False


@dataclass(frozen=True)
class _Token:
    word: str
    start: int
    end: int


class Index:
    """The sections of one language, ready to be searched. Raises nothing for anything that can be typed."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self._sections = tuple(sections)
        self._weights: dict[str, dict[int, float]] = defaultdict(dict)
        self._tokens = [(_tokens(_head(section)), _tokens(section.text)) for section in self._sections]
        average = sum(len(section.text) for section in self._sections) / max(1, len(self._sections))
        for number, section in enumerate(self._sections):
            for word, weight in _weights(section, average).items():
                self._weights[word][number] = weight
        self._words = sorted(self._weights)

    def find(self, query: str) -> Found:
        """The sections that hold the words of `query`, at most MOST_RESULTS; those that hold all of them first."""
        query = one_line(query, LONGEST)
        asked = _asked(query)
        matches = [self._matches(word) for word in asked]
        scores, held = self._scores(matches)
        order = sorted(scores, key=lambda number: (-held[number], -scores[number], number))[:MOST_RESULTS]
        known = {word for match in matches for word in match}
        results = tuple(self._result(number, known) for number in order)
        return Found(query, results, bool(order) and held[order[0]] < len(asked))

    def _result(self, number: int, known: set[str]) -> Result:
        section, (head, text) = self._sections[number], self._tokens[number]
        return Result(section, _marked(_head(section), head, known), _passage(section.text, text, known))

    def _scores(self, matches: list[dict[str, float]]) -> tuple[dict[int, float], Counter[int]]:
        scores: dict[int, float] = defaultdict(float)
        held: Counter[int] = Counter()
        for match in matches:
            best: dict[int, float] = {}
            for word, likeness in match.items():
                for number, weight in self._weights[word].items():
                    best[number] = max(best.get(number, 0.0), likeness * weight)
            rarity = math.log(1 + len(self._sections) / (1 + len(best)))
            for number, weight in best.items():
                scores[number] += weight * rarity
                held[number] += 1
        return scores, held

    def _matches(self, asked: str) -> dict[str, float]:
        """The words of the index that stand for the one asked for, and how well (0 to 1)."""
        near = {word: _likeness(asked, word) for word in self._beginning_with(asked)}
        near |= {
            word: 0.95 for ending in ("S", "ES") if (word := asked.removesuffix(ending)) in self._weights
        }
        if asked in self._weights:
            near[asked] = 1.0
        if near or len(asked) < SHORTEST_FORGIVEN:
            return near
        return {word: 0.5 for word in self._words if is_one_letter_off(asked, word)}

    def _beginning_with(self, asked: str) -> list[str]:
        if len(asked) < SHORTEST_BEGINNING:
            return []
        first = bisect_left(self._words, asked)
        return list(takewhile(lambda word: word.startswith(asked), islice(self._words, first, None)))


def _likeness(asked: str, word: str) -> float:
    """How well a word that begins with the one asked for stands for it."""
    if word[len(asked) :] in ("S", "ES"):
        return 0.95  # several of the same
    return 0.4 + 0.5 * len(asked) / len(word)


def _asked(query: str) -> list[str]:
    typed = list(dict.fromkeys(token.word for token in _tokens(query)))
    return ([word for word in typed if word not in STOP_WORDS] or typed)[:MOST_WORDS]


def _tokens(text: str) -> list[_Token]:
    found = (_Token(fold(match[0]), match.start(), match.end()) for match in _TOKEN.finditer(text))
    return [token for token in found if token.word]


def _weights(section: Section, average: float) -> dict[str, float]:
    """How much each word of a section counts: more in a short text, and the tenth mention adds little to the third."""
    counted = Counter(token.word for token in _tokens(section.text))
    damping = SATURATION * (1 - LENGTH_COUNTS + LENGTH_COUNTS * len(section.text) / max(1.0, average))
    weights = {word: count * (1 + SATURATION) / (count + damping) for word, count in counted.items()}
    for text, weight in ((section.heading, HEADING_WEIGHT), (section.title, TITLE_WEIGHT)):
        for token in _tokens(text):
            weights[token.word] = weights.get(token.word, 0.0) + weight
    return weights


def _head(section: Section) -> str:
    return section.heading or section.title


def _passage(text: str, tokens: list[_Token], known: set[str]) -> Marked:
    """The part of a text with the most of the words found, or its beginning."""
    hits = [number for number, token in enumerate(tokens) if token.word in known]
    if not tokens:
        return ()

    def found_from(hit: int) -> int:
        return len({tokens[other].word for other in hits if hit <= other < hit + AROUND - BEFORE})

    first = max(hits, key=lambda hit: (found_from(hit), -hit)) if hits else 0
    first = max(0, first - BEFORE) if first > BEFORE + 2 else 0
    shown = tokens[first : first + AROUND]
    start = tokens[first].start if first else 0
    end = shown[-1].end if first + AROUND < len(tokens) else len(text)
    pieces = _marked(text[:end], shown, known, start)
    before, after = ("… ",) * (start > 0), (" …",) * (end < len(text))
    return (*((mark, False) for mark in before), *pieces, *((mark, False) for mark in after))


def _marked(text: str, tokens: list[_Token], known: set[str], start: int = 0) -> Marked:
    pieces = []
    for token in tokens:
        if token.word in known:
            pieces += [(text[start : token.start], False), (text[token.start : token.end], True)]
            start = token.end
    return tuple((piece, found) for piece, found in (*pieces, (text[start:], False)) if piece)
