"""Published report snapshots: how a page, a download or a message reads them.

Rows of a snapshot never change once it is published, so a reader needs no transaction: it looks up which snapshot
is published and reads that one. Writing and publishing is in `store.py`, the tables in `tables.py`.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from peewee import SqliteDatabase

from reports.catalog import REPORTS
from reports.definition import CONSENTED, Column, Report
from reports.evidence import WITHHELD
from reports.tables import (
    ATTRIBUTION,
    CELLS,
    Attribution,
    ReportSnapshot,
    cell_names,
    database,
)
from reports.words import fold

#: Rows that are fetched at a time.
FETCHED = 1000


class Snapshot(NamedTuple):
    """The published snapshot of one report."""

    id: int
    slug: str
    as_of: date
    complete_through: date | None
    created_at: datetime
    published_at: datetime
    row_count: int
    keys: tuple[str, ...]


class Attributed(NamedTuple):
    """A member's PCP: `kind` is "Attribution" or "Self Selection".

    `visits` counts the days that decided an attribution; `latest_on` is the last of them, or the day of the selection.
    """

    npi: str
    tin: str
    kind: str
    effective_on: date
    visits: int | None = None
    latest_on: date | None = None


@dataclass(frozen=True)
class RowQuery:
    """Which rows of a report, in which order. `sort` is a column key; unknown ones sort as printed.

    `hidden` are client IDs left out at reading, such as members who opted out since the snapshot was made; of those in
    `withheld` what a consent let be shown reads as withheld. `client_id` asks for the rows of one member.
    """

    tins: tuple[str, ...]
    pcp: str | None = None
    due: bool = False
    icm: str | None = None
    search: str | None = None
    sort: str | None = None
    descending: bool = False
    hidden: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    client_id: str | None = None


@dataclass(frozen=True)
class RowPage:
    """`rows` of page `page` of `pages` (1 or more), `total` rows in all, `due_total` of them with something Due.

    `positions` are the places of these rows in the practice's printed order: with the snapshot's id they name a row
    without saying whose it is.
    """

    rows: list[dict[str, Any]]
    total: int
    due_total: int
    page: int
    pages: int
    snapshot: Snapshot | None
    positions: tuple[int, ...] = ()


class Choice(NamedTuple):
    """A value to filter by."""

    value: str
    label: str
    total: int


@dataclass(frozen=True)
class Practice:
    """What a published report holds of one practice: its name, and by whom and by what its rows can be filtered.

    All empty where the practice has no row.
    """

    name: str = ""
    pcps: tuple[Choice, ...] = ()
    icm: tuple[Choice, ...] = ()


def published(slug: str) -> Snapshot | None:
    """The snapshot of report `slug` that is being served, or None when there is none yet."""
    return next(iter(all_published([slug])), None)


def all_published(slugs: Sequence[str]) -> list[Snapshot]:
    """The snapshots of these reports that are being served, in this order; without those that have none yet."""
    marks = ", ".join([database.param] * len(slugs))
    found = database.execute_sql(
        "SELECT s.id, s.slug, s.as_of, s.complete_through, s.created_at, s.published_at, s.row_count, s.keys "
        "FROM report_published p JOIN report_snapshot s ON s.id = p.snapshot_id "
        f"WHERE p.slug IN ({marks})",
        tuple(slugs),
    ).fetchall()
    served = {row[1]: _made(tuple(row)) for row in found}
    return [served[slug] for slug in slugs if slug in served]


@lru_cache(maxsize=64)
def _made(stored: tuple[Any, ...]) -> Snapshot:
    """A snapshot from its stored row, the keys last. Read once for each and without building a model: every page of a
    report begins here."""
    made = ReportSnapshot._meta.fields
    values = [
        made[name].python_value(value) for name, value in zip(Snapshot._fields, stored[:-1], strict=False)
    ]
    return Snapshot._make((*values, tuple(json.loads(stored[-1]))))


def practice(slug: str, tin: str) -> Practice:
    """The practice as the published report `slug` has it; PCPs by name, ICM values in order."""
    mark = database.param
    # Written out: building this query anew takes longer than the database takes to answer it.
    facets = database.execute_sql(
        "SELECT facet.kind, facet.value, facet.label, facet.total FROM report_facet AS facet "
        "JOIN report_published AS published ON published.snapshot_id = facet.snapshot_id "
        f"WHERE published.slug = {mark} AND facet.tin = {mark}",
        (slug, tin),
    ).fetchall()
    name = ""
    found: dict[str, list[Choice]] = {"pcp": [], "icm": []}
    for kind, value, label, total in facets:
        if kind == "practice":
            name = label
        elif value:
            found[kind].append(Choice(value, label, total))
    pcps = sorted(found["pcp"], key=lambda choice: (_folded(choice.label), choice.value))
    return Practice(name, tuple(pcps), tuple(sorted(found["icm"])))


#: A practice's PCPs stand in the order of their names in a drop-down of each of its pages.
_folded = lru_cache(maxsize=4096)(fold)


def page(
    slug: str, query: RowQuery, page: int = 1, per_page: int = 50, *, at: Snapshot | None = None
) -> RowPage:
    """One page of report `slug`, of snapshot `at` or of the one that is served. A page beyond the last is the last.
    No snapshot yet: an empty page without one."""
    snapshot = at or published(slug)
    if snapshot is None or not query.tins:
        return RowPage([], 0, 0, 1, 1, snapshot)
    total, due_total = _totals(snapshot, query)
    pages = max(1, -(-total // per_page))
    page = min(max(1, page), pages)
    sql, params, columns = _select(snapshot, query, window=(int(per_page), (page - 1) * int(per_page)))
    found = database.execute_sql(sql, params).fetchall() if total else []
    rows = list(map(_decoder(columns), (row[:-1] for row in found)))
    return RowPage(rows, total, due_total, page, pages, snapshot, tuple(row[-1] for row in found))


def rows(
    slug: str, query: RowQuery, *, details: bool = False, at: Snapshot | None = None
) -> Iterator[dict[str, Any]]:
    """All rows of report `slug` that `query` asks for, in its order, as they arrive from the database.

    Each is a dict from column key to a JSON-ready value; with `details` it also holds what is kept unprinted.
    `at` is the snapshot to read where it matters that it is the same as before: the served one may change any time.
    """
    snapshot = at or published(slug)
    if snapshot is None or not query.tins:
        return
    sql, params, columns = _select(snapshot, query, details=details)
    decode, cursor = _decoder(columns), database.execute_sql(sql, params)
    while batch := cursor.fetchmany(FETCHED):
        for row in batch:
            yield decode(row[:-1])


def cells(
    slug: str, query: RowQuery, *, at: Snapshot | None = None
) -> Iterator[list[tuple[str | None, ...]]]:
    """The same rows as they are stored, in batches, for files of any length: a text a column, blank or None where there
    is nothing, and last the row's position.

    However many there are, only some are in memory: on PostgreSQL the server keeps the result.
    """
    snapshot = at or published(slug)
    if snapshot is None or not query.tins:
        return
    sql, params, _columns = _select(snapshot, query)
    if isinstance(database.obj, SqliteDatabase):
        cursor = database.execute_sql(sql, params)
    else:
        cursor = database.connection().cursor(name=f"cells_{next(_numbers)}", withhold=True)
        cursor.execute(sql, params)
    try:
        while batch := cursor.fetchmany(FETCHED):
            yield batch
    finally:
        cursor.close()


_numbers = itertools.count()


def of_members(
    served: Sequence[Snapshot], members: Mapping[str, str]
) -> list[tuple[Snapshot, dict[str, Any]]]:
    """Every row that the snapshots `served` have of some members, with the snapshot it is from, in their order.
    members: the TIN of the practice under which each is listed, by Client ID."""
    snapshots = {found.id: found for found in served}
    if not snapshots or not members:
        return []
    tins = sorted(set(members.values()))
    groups = (list(snapshots), tins, list(members))
    marks = [", ".join([database.param] * len(values)) for values in groups]
    found = database.execute_sql(
        f"SELECT {', '.join(_STORED)} FROM {_by_member()} "
        f"WHERE snapshot_id IN ({marks[0]}) AND tin IN ({marks[1]}) AND client_id IN ({marks[2]})",
        [value for values in groups for value in values],
    ).fetchall()
    mine = [row for row in found if members[row[_CLIENT_ID]] == row[_TIN]]
    mine.sort(key=lambda row: list(snapshots).index(row[0]))
    made = [(snapshots[row[0]], row) for row in mine]
    return [(found, _reader(found.slug, found.keys)(row)) for found, row in made]


#: What is read of a row of any report.
_STORED = ("snapshot_id", "tin", "client_id", "icm", *(f"c{number:02d}" for number in range(CELLS)))
_TIN, _CLIENT_ID = _STORED.index("tin"), _STORED.index("client_id")


@lru_cache(maxsize=64)
def _reader(slug: str, keys: tuple[str, ...]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Reads a row of _STORED by the keys of the report's printed columns; one that the snapshot does not hold is
    blank."""
    cells, columns = cell_names(keys), REPORTS[slug].columns
    names = [cells.get(column.key) for column in columns]
    places = [_STORED.index(name) if name else None for name in names]
    decode = _decoder(columns)
    return lambda stored: decode([None if place is None else stored[place] for place in places])


def attributed(client_ids: Iterable[str]) -> dict[str, Attributed]:
    """The PCP of each of these members in the published attribution; members without one are absent."""
    wanted = list(client_ids)
    as_day = Attribution._meta.fields["effective_on"].python_value
    found = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        marks = ", ".join([database.param] * len(some))
        # Written out: every page of a member asks, and building the query takes longer than answering it.
        rows = database.execute_sql(
            "SELECT a.client_id, a.npi, a.tin, a.kind, a.effective_on, a.visits, a.latest_on "
            "FROM report_published p JOIN attribution a ON a.snapshot_id = p.snapshot_id "
            f"WHERE p.slug = {database.param} AND a.client_id IN ({marks})",
            (ATTRIBUTION, *some),
        ).fetchall()
        for client_id, npi, tin, kind, effective_on, visits, latest_on in rows:
            found[client_id] = Attributed(npi, tin, kind, as_day(effective_on), visits, as_day(latest_on))
    return found


#: How stored digits are read. Percentages are stored in tenths.
_NUMBERS: dict[str, Callable[[str], float]] = {"count": int, "percent": lambda digits: int(digits) / 10}


def _decoder(columns: Sequence[Column]) -> Callable[[Sequence[Any]], dict[str, Any]]:
    """Reads stored rows as JSON-ready values: a blank is None, a count an int, a percentage a number with one decimal,
    everything else the text it is."""
    keys = [column.key for column in columns]
    numbers = [(column.key, _NUMBERS[column.kind]) for column in columns if column.kind in _NUMBERS]

    def decode(row: Sequence[Any]) -> dict[str, Any]:
        read: dict[str, Any] = {key: value or None for key, value in zip(keys, row, strict=True)}
        for key, number in numbers:
            if (value := read[key]) and value.isdigit():
                read[key] = number(value)
        return read

    return decode


def _select(
    snapshot: Snapshot, query: RowQuery, *, details: bool = False, window: tuple[int, int] | None = None
) -> tuple[str, list[Any], list[Column]]:
    """The SELECT for `query`, its parameters, and its columns; after those comes the position.

    window: how many rows at most, and how many before them are left out. Where they are sorted, they are found by their
    keys first: to sort whole rows takes twice as long for the last page of a large practice.
    """
    report, cells = REPORTS[snapshot.slug], cell_names(snapshot.keys)
    offered = (*report.columns, *report.details) if details else report.columns
    # A column that the report has gained since this snapshot was made reads as blank.
    columns = list(offered)
    hiding = _hiding(report, cells, query)
    shown = {key: hiding.get(key, cell) for key, cell in cells.items()}
    selected = ", ".join(shown.get(column.key, "NULL") for column in columns)
    params = [*query.withheld] * sum(column.key in hiding for column in columns)
    where, conditions = _where(snapshot, query)
    order, ordering = "position" if len(query.tins) == 1 else "tin, position", list[Any]()
    if query.sort in shown:
        by = "name_key" if query.sort == "member_name" else shown[query.sort]
        ordering = [*query.withheld] if query.sort in hiding else []
        order = f"{by}{_byte_order()} {'DESC' if query.descending else 'ASC'}, {order}"
    rows, asked = f"{_table(query)} WHERE {where} ORDER BY {order}", [*conditions, *ordering]
    if window:
        rows += f" LIMIT {window[0]} OFFSET {window[1]}"
    if window and query.sort in shown:
        keys = f"(tin, position) IN (SELECT tin, position FROM {rows})"
        rows = f"report_row WHERE snapshot_id = {database.param} AND {keys} ORDER BY {order}"
        asked = [snapshot.id, *asked, *ordering]
    return f"SELECT {selected}, position FROM {rows}", [*params, *asked], columns


def _table(query: RowQuery) -> str:
    return _by_member() if query.client_id else "report_row"


def _by_member() -> str:
    """The rows, read by the index of a practice's members. SQLite would rather look at all the rows of the practice."""
    if isinstance(database.obj, SqliteDatabase):
        return "report_row INDEXED BY report_row_snapshot_id_tin_client_id"
    return "report_row"


def _hiding(report: Report, cells: Mapping[str, str], query: RowQuery) -> dict[str, str]:
    """How sensitive cells are read while some members' consents have ended: withheld where a consent showed them. A row
    of which only a part was shown names no category: what is left of it is withheld too."""
    if not query.withheld or CONSENTED.key not in cells:
        return {}
    marks = ", ".join([database.param] * len(query.withheld))
    hidden = {
        column.key: cells[column.key] for column in report.columns if column.sensitive and column.key in cells
    }
    shown = " OR ".join(
        [f"{cells[CONSENTED.key]} <> ''", *(f"{cell} = '{WITHHELD}'" for cell in hidden.values())]
    )
    ended = f"({shown}) AND client_id IN ({marks})"
    return {key: f"(CASE WHEN {ended} THEN '{WITHHELD}' ELSE {cell} END)" for key, cell in hidden.items()}


def _where(snapshot: Snapshot, query: RowQuery) -> tuple[str, list[Any]]:
    mark = database.param
    marks = ", ".join([mark] * len(query.tins))
    parts, params = [f"snapshot_id = {mark}", f"tin IN ({marks})"], [snapshot.id, *query.tins]
    if query.pcp:
        parts.append(f"npi = {mark}")
        params.append(query.pcp)
    if query.due:
        parts.append("any_due")
    if query.icm:
        parts.append(f"icm = {mark}")
        params.append(query.icm)
    if query.search and query.search.strip():
        names = fold(query.search).split() or [query.search.strip().casefold()]
        contains = "instr" if isinstance(database.obj, SqliteDatabase) else "strpos"
        in_name = " AND ".join([f"{contains}(name_key, {mark}) > 0"] * len(names))
        parts.append(f"(({in_name}) OR {contains}(lower(client_id), {mark}) > 0)")
        params += [*names, query.search.strip().lower()]
    if query.client_id:
        parts.append(f"client_id = {mark}")
        params.append(query.client_id)
    if query.hidden:
        parts.append(f"client_id NOT IN ({', '.join([mark] * len(query.hidden))})")
        params += query.hidden
    return " AND ".join(parts), params


def _byte_order() -> str:
    return "" if isinstance(database.obj, SqliteDatabase) else ' COLLATE "C"'


def _totals(snapshot: Snapshot, query: RowQuery) -> tuple[int, int]:
    """How many rows match, and how many of them have something Due."""
    mark = database.param
    if query.icm or query.hidden or query.client_id or (query.search and query.search.strip()):
        where, params = _where(snapshot, query)
        sql = f"SELECT count(*), sum(CASE WHEN any_due THEN 1 ELSE 0 END) FROM {_table(query)} WHERE {where}"
    else:  # the practice's and each PCP's totals were counted when the snapshot was made
        marks = ", ".join([mark] * len(query.tins))
        sql = (
            f"SELECT sum(total), sum(due_total) FROM report_facet WHERE snapshot_id = {mark} "
            f"AND tin IN ({marks}) AND kind = {mark} AND value = {mark}"
        )
        params = [snapshot.id, *query.tins, *(("pcp", query.pcp) if query.pcp else ("practice", ""))]
    total, due_total = database.execute_sql(sql, params).fetchone()
    total, due_total = int(total or 0), int(due_total or 0)
    return (due_total, due_total) if query.due else (total, due_total)
