"""Turns computed tables into stored snapshots: text cells, folded names, totals to filter by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

import ibis
import pyarrow as pa
from ibis import _

from reports import store
from reports.definition import Report
from reports.tables import ATTRIBUTION, Attribution, ReportFacet, ReportPublished, ReportRow, cell_names
from reports.words import fold

#: Digits of a stored count, so that text order is the order of numbers.
COUNT_DIGITS = 9


#: The columns of an attribution, as stored and as Arrow.
ATTRIBUTED = {
    "client_id": pa.string(),
    "npi": pa.string(),
    "tin": pa.string(),
    "kind": pa.string(),
    "effective_on": pa.date32(),
    "visits": pa.int64(),
    "latest_on": pa.date32(),
}


@dataclass(frozen=True)
class Ready:
    """What was computed, out of the engine and in stored order: rows, and for a report the totals to filter by."""

    rows: pa.Table
    facets: pa.Table | None = None


def read_attribution(table: ibis.Table) -> Ready:
    """Who is whose PCP."""
    # Days as the text that the databases take: making a date of each, and a text of it again, takes Python longer.
    texts = {name: _[name].cast("string") for name, type_ in ATTRIBUTED.items() if pa.types.is_date(type_)}
    return Ready(table.select(*ATTRIBUTED).mutate(**texts).order_by("client_id").to_pyarrow())


def published_attribution() -> pa.Table:
    """The published attribution, with the columns ATTRIBUTED; without rows where there is none."""
    current = ReportPublished.get_or_none(ReportPublished.slug == ATTRIBUTION)
    columns: list[tuple[Any, ...]] = []
    if current is not None:
        query = Attribution.select(*[getattr(Attribution, name) for name in ATTRIBUTED])
        columns = list(
            zip(*query.where(Attribution.snapshot_id == current.snapshot_id).tuples(), strict=True)
        )
    types = ATTRIBUTED.items()
    made = [pa.array(columns[place] if columns else [], type_) for place, (_, type_) in enumerate(types)]
    return pa.table(made, names=list(ATTRIBUTED))


def read_report(report: Report, table: ibis.Table) -> Ready:
    """The rows of a report, as `panels.rows` gives them, and their totals."""
    keys = _keys(report)
    rows = table.select(*_FIXED, *keys).order_by("tin", "position").to_pyarrow()
    return Ready(rows, _facets(table, keys).order_by("tin", "kind", "value").to_pyarrow())


def write_attribution(ready: Ready, as_of: date, complete_through: date | None) -> tuple[store.Draft, int]:
    """Write who is whose PCP, unpublished. Returns the snapshot and how many members it holds."""
    draft = store.begin(ATTRIBUTION, as_of, complete_through, ())
    rows = (list(zip(repeat(draft.id), *batch)) for batch in _batches(ready.rows))
    return draft, store.write(Attribution, ("snapshot_id", *ATTRIBUTED), rows)


def write_report(
    report: Report,
    ready: Ready,
    as_of: date,
    complete_through: date | None,
    evidence: Callable[[int | None], str],
) -> tuple[store.Draft, int]:
    """Write the rows of a report and their totals, unpublished. `evidence` turns a packed service into the stored cell.

    Returns the snapshot and how many rows it holds.
    """
    keys = _keys(report)
    draft = store.begin(report.slug, as_of, complete_through, keys)
    cells = cell_names(keys)
    # A report without members still fills the columns that members are found by.
    absent = tuple(name for name in ("client_id", "icm") if name not in cells.values())
    columns = ("snapshot_id", "name_key", *absent, *_FIXED, *cells.values())
    convert = _converters(report, evidence)
    rows = (_stored(draft, batch, keys, len(absent), convert) for batch in _batches(ready.rows))
    count = store.write(ReportRow, columns, rows)
    if ready.facets is not None:
        totals = (list(zip(repeat(draft.id), *batch)) for batch in _batches(ready.facets))
        store.write(ReportFacet, ("snapshot_id", *ready.facets.column_names), totals)
    return draft, count


def _keys(report: Report) -> list[str]:
    return [column.key for column in (*report.columns, *report.details)]


_FIXED = ("tin", "position", "npi", "any_due")


def _converters(report: Report, evidence: Callable[[int | None], str]) -> dict[str, Callable[[Any], str]]:
    """How the cells of a column are written, where they are not the text they are."""
    made = {test.evidence_key: evidence for test in report.tests}
    counts = (column.key for column in report.columns if column.kind == "count")
    return made | dict.fromkeys(counts, lambda text: text and text.zfill(COUNT_DIGITS))


def _stored(
    draft: store.Draft,
    batch: list[list[Any]],
    keys: Sequence[str],
    absent: int,
    convert: Mapping[str, Callable[[Any], str]],
) -> list[tuple[Any, ...]]:
    """A batch of columns as rows to be stored."""
    fixed, cells = batch[: len(_FIXED)], batch[len(_FIXED) :]
    for place, key in enumerate(keys):
        if key in convert:
            cells[place] = list(map(convert[key], cells[place]))
    names = map(fold, cells[keys.index("member_name")]) if "member_name" in keys else repeat("")
    return list(zip(repeat(draft.id), names, *[repeat("")] * absent, *fixed, *cells))


def _facets(table: ibis.Table, keys: Sequence[str]) -> ibis.Table:
    """tin, kind, value, label, total, due_total: the practice, its PCPs and its ICM values with their row counts."""
    totals = {"total": _.count(), "due_total": _.any_due.sum().coalesce(0)}

    def facet(kind: str, value: Any, label: Any) -> ibis.Table:
        keyed = table.mutate(kind=ibis.literal(kind), value=value, shown=label)
        grouped = keyed.group_by("tin", "kind", "value").agg(label=_.shown.min(), **totals)
        return grouped.select("tin", "kind", "value", "label", "total", "due_total")

    parts = [facet("practice", ibis.literal(""), _.practice)]
    if "pcp_name" in keys:
        parts.append(facet("pcp", _.npi, _.pcp_name))
    if "icm_status" in keys:
        parts.append(facet("icm", _.icm_status, _.icm_status).filter(_.value != ""))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _batches(table: pa.Table) -> Iterator[list[list[Any]]]:
    """The columns of a table as lists of Python values, a transaction's worth at a time."""
    for start in range(0, table.num_rows, store.BATCH):
        yield [column.to_pylist() for column in table.slice(start, store.BATCH).columns]
