"""What is new in a practice's report since the refresh before: gaps opened and closed, members who joined and left.

The two snapshots that are kept are compared in Python, each read once in the order in which it lies, its narrow
columns only: no index is needed, and 5,000 rows take some tens of milliseconds on either database.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from reports.catalog import REPORTS
from reports.definition import Report
from reports.snapshot import published as published_snapshot
from reports.tables import ReportSnapshot, cell_names, database


class Change(NamedTuple):
    """A member, and the key of the test where it is a gap that opened or closed."""

    client_id: str
    member_name: str
    date_of_birth: str
    test: str = ""


@dataclass(frozen=True)
class Changes:
    """Since the snapshot of the day `before`: each list by member name.

    `opened`: Due now and not before, of members who joined too. `closed`: Due before, not Due now, the member still
    listed. `joined` and `left`: on the report now and not before, and the other way round.
    """

    before: date
    after: date
    opened: tuple[Change, ...]
    closed: tuple[Change, ...]
    joined: tuple[Change, ...]
    left: tuple[Change, ...]


class _Row(NamedTuple):
    name_key: str
    member_name: str
    date_of_birth: str
    due: frozenset[str]


class _Kept(NamedTuple):
    id: int
    as_of: date
    keys: tuple[str, ...]


def comparable(report: Report) -> bool:
    """Whether a report lists members, each once, so that two of its snapshots can be compared."""
    return report.rows == "members"


def changes(slug: str, tin: str, hidden: Collection[str] = ()) -> Changes | None:
    """What changed for a practice between the last two snapshots of a report; None while there is only one, or none.
    Members in `hidden` are left out."""
    after = published_snapshot(slug)
    before = _before(slug, after.id) if after else None
    if after is None or before is None:
        return None
    report, left_out = REPORTS[slug], frozenset(hidden)
    now = _rows(report, _Kept(after.id, after.as_of, after.keys), tin, left_out)
    earlier = _rows(report, before, tin, left_out)
    opened, closed = [], []
    for client_id, row in now.items():
        then = earlier[client_id].due if client_id in earlier else frozenset()
        opened += [_change(client_id, row, test.key) for test in report.tests if test.key in row.due - then]
        closed += [_change(client_id, row, test.key) for test in report.tests if test.key in then - row.due]
    return Changes(
        before.as_of,
        after.as_of,
        tuple(opened),
        tuple(closed),
        tuple(_change(client_id, row) for client_id, row in now.items() if client_id not in earlier),
        tuple(_change(client_id, row) for client_id, row in earlier.items() if client_id not in now),
    )


def _change(client_id: str, row: _Row, test: str = "") -> Change:
    return Change(client_id, row.member_name, row.date_of_birth, test)


def _before(slug: str, served: int) -> _Kept | None:
    """The snapshot that was served before `served`."""
    kept = (
        ReportSnapshot.select(ReportSnapshot.id, ReportSnapshot.as_of, ReportSnapshot.keys)
        .where(
            ReportSnapshot.slug == slug,
            ReportSnapshot.published_at.is_null(False),
            ReportSnapshot.id < served,
        )
        .order_by(ReportSnapshot.id.desc())
        .first()
    )
    return _Kept(kept.id, kept.as_of, tuple(json.loads(kept.keys))) if kept else None


def _rows(report: Report, kept: _Kept, tin: str, hidden: frozenset[str]) -> dict[str, _Row]:
    """The practice's members in one snapshot, by name, with the keys of the tests that are Due."""
    cells = cell_names(kept.keys)
    tests = [test for test in report.tests if test.due_key in cells]
    columns = ", ".join(
        cells.get(key, "NULL") for key in ("member_name", "date_of_birth", *(test.due_key for test in tests))
    )
    found = database.execute_sql(
        f"SELECT client_id, name_key, {columns} FROM report_row "
        f"WHERE snapshot_id = {database.param} AND tin = {database.param}",
        (kept.id, tin),
    ).fetchall()
    rows = []
    for client_id, name_key, name, born, *dues in found:
        if client_id not in hidden:
            due = frozenset(test.key for test, value in zip(tests, dues, strict=True) if value == "Due")
            rows.append((client_id, _Row(name_key, name or "", born or "", due)))
    rows.sort(key=lambda row: (row[1].name_key, row[0]))
    return dict(rows)
