"""A whole believable extract of invented people, of any size: claims, eligibility, pharmacy and the plan's feeds.

>>> synthesize(Path("extract"), members=5000, as_of=date(2015, 8, 31))

The same arguments give the same content on every machine. Members are made in blocks with random streams of their
own and written as they come, so that memory stays flat. See `cast` for people and practices that are told instead
of drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pyarrow as pa

from reports.layout import TABLES
from reports.synthetic import feeds
from reports.synthetic.basket import Basket
from reports.synthetic.care import give_care, health
from reports.synthetic.cast import Cast, load_cast, starter_cast
from reports.synthetic.cast_rows import cast_claims, cast_members
from reports.synthetic.catalogue import catalogue
from reports.synthetic.claims import Book, medical
from reports.synthetic.columns import Writer
from reports.synthetic.draws import day_of, stream
from reports.synthetic.network import Network, build
from reports.synthetic.people import block, eligibility
from reports.synthetic.pharmacy import pharmacy, prescriptions

__all__ = ["Cast", "load_cast", "starter_cast", "synthesize"]

#: Members made at a time; about half a million claim lines at fifty lines a member.
BLOCK = 10_000

#: From this many members on, an extract is as dense as a real one; below, a demo is to load fast.
DENSE_FROM = 20_000
DENSE_LINES, DEMO_LINES = 50, 24

_Batches = dict[str, tuple[dict[str, pa.Array], int]]


def synthesize(
    folder: Path,
    *,
    members: int,
    as_of: date,
    seed: int = 2015,
    cast: Cast | None = None,
    lines_per_member: int | None = None,
    progress: Callable[[str], None] = lambda text: None,  # noqa: ARG005
) -> None:
    """Writes the eleven tables of an extract into `folder`, as Parquet.

    `members` counts the cast too. `lines_per_member` is the average number of medical claim lines (about 50 for a large
    extract, 24 for a small one). Raises ValueError for fewer than one member or more than eight million.
    """
    cast = cast or Cast()
    if not 1 <= members <= 8_000_000:
        raise ValueError("members must lie between 1 and 8000000")
    lines = lines_per_member or (DENSE_LINES if members >= DENSE_FROM else DEMO_LINES)
    folder.mkdir(parents=True, exist_ok=True)
    # Codes are numbered in the order they come up: a fresh list keeps files equal to the byte, whatever ran before.
    catalogue.cache_clear()
    network = build(stream(seed, 1), members, day_of(as_of), cast)
    book = Book.of(network)
    with ExitStack() as stack:
        writers = {
            name: stack.enter_context(Writer(folder, name, coded=name in ("medical_claim", "pharmacy_claim")))
            for name in TABLES
        }
        writers["provider"].write_rows(network.providers)
        writers["ndc"].write_rows(feeds.ndc_rows())
        writers["existing_account"].write_rows(feeds.hashed_accounts(cast.existing_accounts))
        writers["member_account"].write_rows(feeds.hashed_accounts(cast.member_accounts))
        if cast.members:
            for name, rows in feeds.cast_feeds(cast, as_of, network).items():
                writers[name].write_rows(rows)
            for name, (columns, count) in _cast_batches(cast, as_of, seed, network, book).items():
                writers[name].write(columns, count)
        done = len(cast.members)
        for batches, count in _blocks(members - done, as_of, seed, network, book, lines):
            for name, (columns, rows_made) in batches.items():
                writers[name].write(columns, rows_made)
            done += count
            progress(f"{done:,} of {members:,} members, {writers['medical_claim'].rows:,} claim lines")


def _blocks(
    count: int, as_of: date, seed: int, network: Network, book: Book, lines: int
) -> Iterator[tuple[_Batches, int]]:
    """The invented members' batches in order; the next block is made while the present one is written."""
    sizes = [min(BLOCK, count - first) for first in range(0, max(count, 0), BLOCK)]
    with ThreadPoolExecutor(1) as maker:
        coming = None
        for number in range(len(sizes) + 1):
            ready = coming
            if number < len(sizes):
                coming = maker.submit(_batches, number, sizes[number], as_of, seed, network, book, lines)
            if ready is not None:
                yield ready.result(), sizes[number - 1]


def _batches(
    number: int, size: int, as_of: date, seed: int, network: Network, book: Book, lines: int
) -> _Batches:
    people = block(stream(seed, 2, number), number * BLOCK, size, as_of, network)
    basket = Basket(stream(seed, 3, number), people, network, as_of)
    have = health(basket)
    give_care(basket, have, lines)
    feed = stream(seed, 4, number)
    found: _Batches = {
        "eligibility": eligibility(people, as_of),
        "medical_claim": medical(stream(seed, 5, number), basket, have, book, number + 1),
        "coverage": feeds.coverage(people),
        "pcp_selection": feeds.selections(feed, basket, book),
        "icm_status": feeds.management(feed, basket, have),
        "admission": feeds.admissions(feed, basket),
    }
    drugs = stream(seed, 6, number)
    found["pharmacy_claim"] = pharmacy(
        drugs, basket, prescriptions(drugs, basket, have, lines / 6), book, number + 1
    )
    return found


def _cast_batches(cast: Cast, as_of: date, seed: int, network: Network, book: Book) -> _Batches:
    people = cast_members(cast, as_of, network)
    basket = Basket(stream(seed, 7), people, network, as_of)
    filled = cast_claims(basket, cast)
    return {
        "eligibility": eligibility(people, as_of),
        "medical_claim": medical(stream(seed, 8), basket, None, book, 0, exact=True),
        "pharmacy_claim": pharmacy(stream(seed, 9), basket, filled, book, 0),
    }
