"""Find a Doctor: one search of the provider directory.

A word finds the listings that have it or a word beginning with it. Only where that finds nobody are words one letter
off taken too, so that what is typed rightly is never watered down. Where a place is given, results come by distance,
else by name; the listing's number breaks ties, so that pages neither lose nor repeat anybody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import sqrt
from operator import and_
from typing import Any, Self

from peewee import SQL, NodeList, Value, fn

from reports.prepared import Prepared, slot
from webapp.config import Plan
from webapp.domain.db import database
from webapp.domain.find_a_doctor import directory_places
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_index import Choice, Cut, Listing, Posting, Word
from webapp.domain.find_a_doctor.directory_places import MILES_A_DEGREE, miles_east
from webapp.domain.find_a_doctor.directory_words import cuts, is_one_letter_off, typed_words

KINDS = ("medical", "behavioral", "dental")

#: Words looked at that begin as what was typed.
_MOST_BEGINNING = 2_000
#: Listings that are looked up one by one.
_FEW = 400
#: Half the side of a square that lies within a circle of radius 1.
_SQUARE_IN_CIRCLE = 0.7
#: The circle in which a page is looked for first, beside one of as many listings were they spread evenly. They are not:
#: places that people name have many around them.
_FIRST_CIRCLE = 0.6


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty and False ask for nothing. `near` is a town or ZIP code as typed, `miles` counts only
    with it. `alike` takes words one letter off too, even where somebody is called exactly so."""

    text: str = ""
    kind: str = ""
    specialty: str = ""
    near: str = ""
    miles: int = 0
    language: str = ""
    accepting: bool = False
    pcmh: bool = False
    pcp: bool = False
    alike: bool = False


@dataclass(frozen=True)
class Row:
    """One result: a provider at a place, and the miles to it where a place was given."""

    provider: Provider
    listing: Listing
    miles: float | None


@dataclass(frozen=True)
class Page:
    """One page of results. `spelled_alike`: nobody was called exactly so, these are one letter off. `may_be_alike`:
    others are one letter off. `nearest_miles`: where nobody is near enough, how far away the nearest is."""

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int
    place: directory_places.Found | None = None
    spelled_alike: bool = False
    may_be_alike: bool = False
    nearest_miles: float | None = None


def search(asked: Asked, number: int, per_page: int, plan: Plan) -> Page:
    """One page of what `asked` finds; a number beyond the last page gives the last.

    Raises directory_places.UnknownPlace for a town or ZIP code that nobody knows.
    """
    place = directory_places.find(asked.near, plan) if asked.near.strip() else None
    around = _Around.of(place.place, asked.miles) if place else None
    words = [(word, _alike(word)) for word in _looked_for(asked.text)]
    has_alike = any(alike for _, alike in words)
    others = _filters(asked)
    spelled = asked.alike and has_alike
    conditions = [*others, *_named(words, spelled)]
    total = _count(conditions, around)
    if not total and has_alike and not spelled:
        spelled = True
        conditions = [*others, *_named(words, spelled)]
        total = _count(conditions, around)
    pages = max(1, -(-total // per_page))
    number = min(max(number, 1), pages)
    return Page(
        rows=_rows(conditions, around, total, (number - 1) * per_page, per_page) if total else (),
        total=total,
        number=number,
        pages=pages,
        place=place,
        spelled_alike=spelled,
        may_be_alike=has_alike and not spelled,
        nearest_miles=_nearest(conditions, around) if around and not total else None,
    )


def specialty_choices() -> list[Choice]:
    """The specialties of the directory, by kind of care."""
    return list(Choice.select().where(Choice.axis == "specialty").order_by(Choice.kind, Choice.value))


def language_choices() -> list[Choice]:
    """The languages that providers speak, the one of most providers first."""
    return list(Choice.select().where(Choice.axis == "language").order_by(Choice.total.desc(), Choice.value))


def _filters(asked: Asked) -> list[Any]:
    """The conditions beside name and place."""
    found: list[Any] = []
    if asked.kind:
        found.append(Listing.kind == asked.kind)
    if asked.specialty:
        found.append(Listing.specialty == asked.specialty)
    for wanted, column in (
        (asked.accepting, Listing.accepting),
        (asked.pcmh, Listing.pcmh),
        (asked.pcp, Listing.pcp),
    ):
        if wanted:
            found.append(column == True)  # noqa: E712 - a condition of the database
    if asked.language:  # last, as it takes longest
        # Keys are plain letters and digits: nothing in them is a wildcard. (Peewee's own operators for LIKE differ
        # between the databases.)
        found.append(NodeList((Listing.languages, SQL("LIKE"), Value(f"%|{asked.language}|%"))))
    return found


def _named(words: Sequence[tuple[str, list[str]]], take_alike: bool) -> list[Any]:
    """The conditions on the words typed: each of them is found, or all of them written as one.

    Few listings are looked up here and named by their numbers: databases guess badly how many a name has. Words of
    many listings stay conditions.
    """
    if not words:
        return []
    few: set[int] | None = None
    many: list[Any] = []
    for word, alike in words:
        spellings = [*_beginning(word), *(alike if take_alike else ())]
        found = _listings_of(spellings)
        if found is None:
            many.append(Listing.id.in_(Posting.select(Posting.listing).where(Posting.word.in_(spellings))))
        else:
            few = found if few is None else few & found
    joined = _listings_of(["".join(word for word, _ in words)]) if len(words) > 1 else None
    each = [*many] if few is None else [Listing.id.in_(sorted(few)), *many]
    return [reduce(and_, each) | Listing.id.in_(sorted(joined))] if joined else each


def _listings_of(words: Sequence[str]) -> set[int] | None:
    """The listings that have one of these words; None where they are more than a few."""
    query = Posting.select(Posting.listing).where(Posting.word.in_(words))
    # In the order of the key: PostgreSQL would read on until it has met enough of them anywhere in the table.
    first = query.order_by(Posting.word, Posting.listing).limit(_FEW + 1)
    numbers = [number for (number,) in first.tuples()]
    return None if len(numbers) > _FEW else set(numbers)


def _looked_for(text: str) -> list[str]:
    """The words of what was typed; of two letters only those that are a name ("Li", "Wu"): the others are the
    beginning of too many."""
    words = typed_words(text)
    short = [word for word in words if len(word) == 2]
    known = (
        {word for (word,) in Word.select(Word.word).where(Word.word.in_(short)).tuples()} if short else set()
    )
    return [word for word in words if len(word) > 2 or not word.isascii() or word in known]


def _beginning(word: str) -> list[str]:
    """The words of the directory that begin so; a word of two letters stands for itself."""
    if len(word) == 2:
        return [word]
    begins = Word.select(Word.word).where(
        (Word.head == word[:2]) & (fn.SUBSTR(Word.word, 1, len(word)) == word)
    )
    return [other for (other,) in begins.limit(_MOST_BEGINNING).tuples()]


def _alike(word: str) -> list[str]:
    """The words of the directory that are one letter off."""
    shared = cuts(word)
    if not shared:
        return []
    near = Cut.select(Cut.word).where(Cut.cut.in_(sorted(shared))).distinct().tuples()
    return sorted(other for (other,) in near if is_one_letter_off(word, other))


@dataclass(frozen=True)
class _Around:
    """A circle around a place, in degrees of latitude: the earth is flat enough within a state."""

    latitude: float
    longitude: float
    radius: float
    narrowing: float  # a degree of longitude, in degrees of latitude

    @classmethod
    def of(cls, place: directory_places.Place, miles: float) -> Self:
        narrowing = miles_east(place.latitude) / MILES_A_DEGREE
        return cls(place.latitude, place.longitude, miles / MILES_A_DEGREE, narrowing)

    @property
    def squared(self) -> Any:
        """The square of a listing's distance."""
        north, east = Listing.latitude - self.latitude, Listing.longitude - self.longitude
        return north * north + east * east * (self.narrowing * self.narrowing)

    def conditions(self, radius: float) -> list[Any]:
        """What a listing within `radius` meets. The band of latitudes is for the index; most listings of a large circle
        lie in the square inside it, which takes the databases half as long to tell as a distance."""
        inside = radius * _SQUARE_IN_CIRCLE
        east = inside / self.narrowing
        return [
            Listing.latitude.between(self.latitude - radius, self.latitude + radius),
            (
                Listing.longitude.between(self.longitude - east, self.longitude + east)
                & Listing.latitude.between(self.latitude - inside, self.latitude + inside)
            )
            | (self.squared <= radius * radius),
        ]


def _count(conditions: Sequence[Any], around: _Around | None) -> int:
    wanted = [*conditions, *(around.conditions(around.radius) if around else ())]
    query = Listing.select(fn.COUNT(Listing.id))
    return int((query.where(*wanted) if wanted else query).scalar())


def _rows(
    conditions: Sequence[Any], around: _Around | None, total: int, offset: int, limit: int
) -> tuple[Row, ...]:
    found = _nearby(conditions, around, total, offset, limit) if around else None
    if found is None:
        query = Listing.select(Listing.id)
        query = query.where(*conditions) if conditions else query
        found = [(number, None) for (number,) in _page(query, _BY_NAME, total, offset, limit)]
    wanted = [number for number, _ in found]
    listings = {one.id: one for one in _numbered(Listing, wanted)}
    providers = {one.id: one for one in _numbered(Provider, wanted)}
    return tuple(
        Row(providers[number], listings[number], None if squared is None else squared**0.5 * MILES_A_DEGREE)
        for number, squared in found
        if number in listings and number in providers
    )


def _numbered(table: Any, numbers: Sequence[int]) -> Iterator[Any]:
    """The rows of a table with these numbers, which are as many as a page has results or fewer."""
    names = [f"number{place}" for place in range(len(numbers))]
    return _query_of(table, len(numbers))(**dict(zip(names, numbers, strict=True)))


@lru_cache(maxsize=256)
def _query_of(table: Any, count: int) -> Prepared:
    numbers = [slot(f"number{place}") for place in range(count)]
    return Prepared(database, lambda: table.select().where(table.id.in_(numbers)))


_BY_NAME = (Listing.sort_name, Listing.id)
_BY_DISTANCE = (SQL("squared"), *_BY_NAME)


def _nearby(
    conditions: Sequence[Any], around: _Around, total: int, offset: int, limit: int
) -> list[tuple[int, float | None]]:
    """The listings of a page by distance. Most pages lie in a small circle: that one is sorted first, and a larger
    one only where it does not hold the whole page."""
    query = Listing.select(Listing.id, around.squared.alias("squared"))
    radius = around.radius * min(1.0, _FIRST_CIRCLE * sqrt((offset + limit) / total))
    while radius < around.radius:
        within = query.where(*conditions, *around.conditions(radius))
        found = list(within.order_by(*_BY_DISTANCE).limit(limit).offset(offset).tuples())
        if len(found) == limit:
            return found
        radius *= 2
    within = query.where(*conditions, *around.conditions(around.radius))
    return _page(within, _BY_DISTANCE, total, offset, limit)


def _page(query: Any, order: Sequence[Any], total: int, offset: int, limit: int) -> list[Any]:
    """A page of `total` rows in `order`; those of the second half are counted from the end, which is nearer."""
    if offset * 2 <= total:
        return list(query.order_by(*order).limit(limit).offset(offset).tuples())
    count = min(limit, total - offset)
    backwards = [one.desc() for one in order]
    rows = query.order_by(*backwards).limit(count).offset(total - offset - count).tuples()
    return list(rows)[::-1]


def _nearest(conditions: Sequence[Any], around: _Around) -> float | None:
    """Miles to the nearest that is too far away; None where there is none at all."""
    query = Listing.select(fn.MIN(around.squared)).where(Listing.latitude.is_null(False), *conditions)
    squared = query.scalar()
    return squared**0.5 * MILES_A_DEGREE if squared is not None else None
