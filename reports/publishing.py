"""Turns computed tables into stored snapshots: text cells, folded names, totals to filter by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import ibis
from ibis import _

from reports import store
from reports.definition import Report
from reports.snapshot import ATTRIBUTION, Attribution, ReportFacet, ReportRow, cell_names
from reports.words import fold

#: Digits of a stored count, so that text order is the order of numbers.
COUNT_DIGITS = 9


def write_attribution(
    table: ibis.Table, as_of: date, complete_through: date | None
) -> tuple[store.Draft, int]:
    """Write who is whose PCP, unpublished. Returns the snapshot and how many members it holds."""
    names = tuple(store.ATTRIBUTED)
    draft = store.begin(ATTRIBUTION, as_of, complete_through, ())
    rows = ([(draft.id, *row) for row in batch] for batch in _batches(table, names, "client_id"))
    return draft, store.write(Attribution, ("snapshot_id", *names), rows)


def write_report(
    report: Report, table: ibis.Table, as_of: date, complete_through: date | None
) -> tuple[store.Draft, int]:
    """Write the rows of a report (as `gaps.rows` gives them) and their totals, unpublished.

    Returns the snapshot and how many rows it holds.
    """
    keys = [column.key for column in (*report.columns, *report.details)]
    draft = store.begin(report.slug, as_of, complete_through, keys)
    cells = cell_names(keys)
    # A report without members still fills the columns that members are found by.
    absent = tuple(name for name in ("client_id", "icm") if name not in cells.values())
    columns = ("snapshot_id", "tin", "position", "npi", "any_due", "name_key", *absent, *cells.values())
    count = store.write(ReportRow, columns, _rows(draft, report, keys, table, ("",) * len(absent)))
    facets = _facets(table, keys)
    store.write(
        ReportFacet,
        ("snapshot_id", *facets.columns),
        (
            [(draft.id, *row) for row in batch]
            for batch in _batches(facets, facets.columns, "tin", "kind", "value")
        ),
    )
    return draft, count


def _rows(
    draft: store.Draft, report: Report, keys: Sequence[str], table: ibis.Table, absent: tuple[str, ...]
) -> Iterator[list[tuple[Any, ...]]]:
    padded = [number for number, key in enumerate(keys) if report.column(key).kind == "count"]
    name_at = keys.index("member_name") if "member_name" in keys else None
    fixed = ("tin", "position", "npi", "any_due")
    for batch in _batches(table, (*fixed, *keys), "tin", "position"):
        made = []
        for tin, position, npi, any_due, *values in batch:
            for number in padded:
                values[number] = values[number] and values[number].zfill(COUNT_DIGITS)
            name_key = "" if name_at is None else fold(values[name_at])
            made.append((draft.id, tin, position, npi, any_due, name_key, *absent, *values))
        yield made


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


def _batches(table: ibis.Table, columns: Sequence[str], *order: str) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table in order, as tuples of Python values, a transaction's worth at a time."""
    reader = table.select(*columns).order_by(*order).to_pyarrow_batches(chunk_size=store.BATCH)
    for batch in reader:
        for start in range(0, batch.num_rows, store.BATCH):
            part = batch.slice(start, store.BATCH)
            yield list(zip(*(column.to_pylist() for column in part.columns), strict=True))
