"""The search tables of the provider directory, kept right whenever provider rows are loaded.

A *listing* is one provider at one place: providers who bill under several tax numbers at one address are listed once,
with the row confirmed last. Beside it stand the words under which it is found, the vocabulary of all words, and their
cuts (directory_words), so that both databases answer by plain indexes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from peewee import (
    BooleanField,
    CharField,
    CompositeKey,
    DoubleField,
    IntegerField,
    Model,
    TextField,
    fn,
)

from webapp.config import Plan
from webapp.domain import facts, spoken
from webapp.domain.db import Table, database, is_sqlite, transaction
from webapp.domain.find_a_doctor import directory_places, specialties
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.find_a_doctor.directory_words import LONGEST_WORD, cuts, name_words, text_words
from webapp.domain.text import fold, fold_words

#: Raise it when the rules of this file or the vocabulary change: the tables are then made anew.
VERSION = "1"
_FACT = "directory_index"
_BATCH = 2_000


_FILTERED = ("kind", "specialty", "pcp", "pcmh", "accepting", "languages")


class Listing(Table):
    """What is searched of one provider at one place.

    A search may look at all of them: the two wide indexes hold whatever it asks, by place and by name, so that it
    reads one of them from end to end instead of fetching row after row.
    """

    id = IntegerField(primary_key=True)  # the Provider row that is shown
    npi = TextField(index=True)
    sort_name = CharField(max_length=120)
    kind = CharField(max_length=10)
    specialty = CharField(max_length=80)  # specialties.key_of
    pcp = BooleanField()
    pcmh = BooleanField()
    accepting = BooleanField()
    languages = TextField()  # "|ENGLISH|SPANISH|"
    latitude = DoubleField(null=True)
    longitude = DoubleField(null=True)

    class Meta:
        table_name = "directory_listing"
        indexes = (
            (("latitude", "longitude", *_FILTERED, "sort_name", "id"), False),
            (("sort_name", "id", *_FILTERED), False),
        )


class Posting(Table):
    """A word under which a listing is found."""

    word = CharField(max_length=LONGEST_WORD)
    listing = IntegerField(index=True)

    class Meta:
        table_name = "directory_posting"
        primary_key = CompositeKey("word", "listing")


class Word(Table):
    """The vocabulary. `head`: the first two letters, by which the words that begin alike are found."""

    word = CharField(max_length=LONGEST_WORD, primary_key=True)
    head = CharField(max_length=2, index=True)

    class Meta:
        table_name = "directory_word"


class Cut(Table):
    """A spelling that a word shares with those one letter off."""

    cut = CharField(max_length=LONGEST_WORD)
    word = CharField(max_length=LONGEST_WORD, index=True)

    class Meta:
        table_name = "directory_cut"
        primary_key = CompositeKey("cut", "word")


class Choice(Table):
    """A specialty or a language that the directory holds, to choose from. `kind` is that of a specialty."""

    axis = CharField(max_length=10)
    kind = CharField(max_length=10)
    value = CharField(max_length=80)
    label = TextField()
    total = IntegerField()

    class Meta:
        table_name = "directory_choice"
        primary_key = CompositeKey("axis", "kind", "value")


def update(npis: Iterable[str]) -> None:
    """List these providers anew. Call it in the transaction that wrote their rows."""
    for wanted in _pieces(sorted(set(npis)), _BATCH):
        old = Listing.select(Listing.id).where(Listing.npi.in_(wanted))
        Posting.delete().where(Posting.listing.in_(old)).execute()
        Listing.delete().where(Listing.npi.in_(wanted)).execute()
        rows = list(Provider.select().where(Provider.npi.in_(wanted)).order_by(Provider.id))
        made = list(_listings(rows))
        words = {word for _, found in made for word in found}
        _insert(Listing, [values for values, _ in made])
        _insert(Posting, [(word, values[0]) for values, found in made for word in sorted(found)])
        known = {word for piece in _pieces(sorted(words), _BATCH) for word in _known(piece)}
        new = sorted(words - known)
        _insert(Word, [(word, word[:2]) for word in new])
        _insert(Cut, [(cut, word) for word in new for cut in sorted(cuts(word))])


def complete(plan: Plan) -> bool:
    """Make the search tables where they are missing or of an older version. Returns whether they were made."""
    if facts.fact(_FACT) == VERSION:
        return False
    for table in (Posting, Word, Cut, Listing):
        with transaction():
            table.delete().execute()
    npis = [row[0] for row in Provider.select(Provider.npi).distinct().order_by(Provider.npi).tuples()]
    for piece in _pieces(npis, _BATCH):
        with transaction():
            update(piece)
    finish(plan)
    return bool(npis)


def finish(plan: Plan) -> None:
    """After rows were loaded: facilities once, places, what there is to choose from, positions of listings without
    one of their own, and no word left that nobody has."""
    with transaction():
        update(_unlisted())
        _list_facilities_once()
        places = directory_places.rebuild(plan)
        _fill_positions(places, plan)
        Choice.delete().execute()
        _insert(Choice, list(_choices()))
        used = Posting.select(Posting.word).distinct()
        Word.delete().where(Word.word.not_in(used)).execute()
        Cut.delete().where(Cut.word.not_in(Word.select(Word.word))).execute()
        facts.keep_fact(_FACT, VERSION)
        if not is_sqlite():
            # Until PostgreSQL has counted, it reads whole tables for a single word.
            for table in (Listing, Posting, Word, Cut):
                database.execute_sql(f"ANALYZE {table._meta.table_name}")


def place_of(row: Provider) -> str:
    """What tells one practice location from another: street and ZIP code; without a street, the tax number."""
    street = fold(row.address_line_1)
    return f"{street}|{row.zip.strip()[:5] or fold(row.city)}" if street else f"|{row.tin}"


def newest(rows: Iterable[Provider]) -> Provider:
    """Of several rows the one confirmed last, then the one with the smaller tax number."""
    return min(rows, key=lambda row: (-(row.received_on or date.min).toordinal(), row.tin))


def _unlisted() -> list[str]:
    """Providers without any listing, such as a facility that another number stood for."""
    rows = Provider.select(Provider.npi).where(Provider.npi.not_in(Listing.select(Listing.npi))).distinct()
    return [npi for (npi,) in rows.tuples()]


def _list_facilities_once() -> None:
    """A hospital or clinic may have several NPIs at one address: it is listed under the first of them."""
    facilities = (
        Provider.select(Provider.id, Provider.practice_name, Provider.address_line_1, Provider.city)
        .join(Listing, on=(Listing.id == Provider.id))
        .where(Provider.first_name == "", Provider.last_name == "", Provider.address_line_1 != "")
        .order_by(Provider.id)
        .tuples()
    )
    known: set[tuple[str, ...]] = set()
    again = []
    for number, *address in facilities:
        key = tuple(map(fold, address))
        if key in known:
            again.append(number)
        known.add(key)
    for piece in _pieces(again, _BATCH):
        Posting.delete().where(Posting.listing.in_(piece)).execute()
        Listing.delete().where(Listing.id.in_(piece)).execute()


def _listings(rows: Sequence[Provider]) -> Iterator[tuple[tuple[Any, ...], set[str]]]:
    """For each provider and place the listing's values and its words."""
    places: dict[tuple[str, str], list[Provider]] = defaultdict(list)
    for row in rows:
        places[row.npi, place_of(row)].append(row)
    for group in places.values():
        shown = newest(group)
        located = [
            row for row in (shown, *group) if directory_places.is_position(row.latitude, row.longitude)
        ]
        languages = spoken.languages_of(", ".join(row.languages for row in group))
        values = (
            shown.id,
            shown.npi,
            " ".join(fold_words(f"{shown.last_name} {shown.first_name}".strip() or shown.practice_name))[
                :120
            ],
            shown.kind,
            specialties.key_of(shown.specialty),
            any(row.pcp for row in group),
            any(row.pcmh for row in group),
            any(row.accepting_new_patients for row in group),
            f"|{'|'.join(languages)}|",
            located[0].latitude if located else None,
            located[0].longitude if located else None,
        )
        yield values, _words(group)


def _words(group: Iterable[Provider]) -> set[str]:
    words: set[str] = set()
    for row in group:
        known = specialties.find(row.specialty)
        words |= name_words(row.first_name, row.last_name)
        words |= text_words(row.practice_name, row.specialty, known.words if known else "")
    return words


def _fill_positions(places: dict[str, directory_places.Place], plan: Plan) -> None:
    """Where a feed gives no position, that of the ZIP code counts, else that of the town."""
    missing = (
        Provider.select(Provider.id, Provider.zip, Provider.city)
        .join(Listing, on=(Listing.id == Provider.id))
        .where(Listing.latitude.is_null())
        .tuples()
    )
    for number, zip_code, city in list(missing):
        place = places.get(zip_code.strip()[:5]) or places.get(directory_places.town_key(city, plan))
        if place is not None:
            Listing.update(latitude=place.latitude, longitude=place.longitude).where(
                Listing.id == number
            ).execute()


def _choices() -> Iterator[tuple[str, str, str, str, int]]:
    label = fn.MIN(Provider.specialty)
    held = (
        Listing.select(Listing.kind, Listing.specialty, label, fn.COUNT(Listing.id))
        .join(Provider, on=(Provider.id == Listing.id))
        .where(Listing.specialty != "")
        .group_by(Listing.kind, Listing.specialty)
        .tuples()
    )
    for kind, key, spelled, total in held:
        known = specialties.find(key)
        yield "specialty", kind, key, known.label if known else spelled, total
    names: dict[str, str] = {}
    totals: Counter[str] = Counter()
    for languages, total in (
        Provider.select(Provider.languages, fn.COUNT(Provider.id)).group_by(Provider.languages).tuples()
    ):
        for key, name in spoken.languages_of(languages).items():
            names.setdefault(key, name)
            totals[key] += total
    for key, total in totals.items():
        yield "language", "", key, names[key], total


def _known(words: Sequence[str]) -> list[str]:
    return [row[0] for row in Word.select(Word.word).where(Word.word.in_(words)).tuples()]


def _insert(model: type[Model], rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows, their values in the order of the columns; those whose key is there already are left out."""
    if not rows:
        return
    fields = model._meta.sorted_fields
    # Peewee words the statement for one row and the driver repeats it, as in feeds.upsert.
    statement, _ = model.insert_many(rows[:1], fields=fields).on_conflict_ignore().sql()
    database.cursor().executemany(statement, rows)


def _pieces(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
