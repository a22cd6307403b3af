"""A published report beside the rows that the oracle gives: which differ, and what the extract says of them."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from reports import snapshot
from reports.snapshot import RowQuery
from tests.unit.reports.edges.people import TINS
from tests.unit.reports.oracle.evidence import AnyOf
from tests.unit.reports.oracle.plan import Plan
from tests.unit.reports.oracle.rows import ROWS
from tests.unit.reports.oracle.summary import MEASURES

Row = dict[str, Any]

#: What tells rows of one member, or of one practice, apart.
_OWN = ("tin", "measure", "visit_date", "admission_date", "hospital")


def published(slug: str, tins: Iterable[str] = TINS) -> list[Row]:
    """The rows of a report as they are served, with what is kept unprinted and the TIN they were asked by."""
    return [{"tin": tin} | row for tin in tins for row in snapshot.rows(slug, RowQuery((tin,)), details=True)]


def differences(slug: str, plan: Plan, found: list[Row] | None = None) -> list[str]:
    """Where the published rows (or `found`) and the oracle's differ, each with what the extract says of the member."""
    by_member: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for row in ROWS[slug](plan):
        by_member[_whose(row)][0].append(row)
    for row in published(slug) if found is None else found:
        by_member[_whose(row)][1].append(row)
    told = []
    for whose, (expected, served) in sorted(by_member.items()):
        pairs = zip_longest(sorted(expected, key=_place), sorted(served, key=_place))
        wrong = [_told(*pair) for pair in pairs]
        if any(wrong):
            told.append(f"{slug}, {whose}:\n  " + "\n  ".join([*filter(None, wrong), *_input(plan, whose)]))
    return told


def out_of_order(slug: str) -> list[tuple[Any, ...]]:
    """The printed order of a report's rows, where it is not by practice, PCP and member, or by measure."""
    rows = published(slug)
    if slug == "practice-summary":
        places = [measure for _, _, measure, _ in MEASURES]
        order: list[tuple[Any, ...]] = [(row["tin"], places.index(row["measure"])) for row in rows]
    else:
        names = ("pcp_name", "pcp_number", "member_name", "client_id")
        order = [(row["tin"], *(row[name].lower() for name in names)) for row in rows]
    return [] if order == sorted(order) else order


def _whose(row: Row) -> str:
    return str(row.get("client_id") or row["measure"])


def _place(row: Row) -> tuple[str, ...]:
    """Rows of one member in order; where what tells them apart is withheld, by all that is said alike of both."""
    others = sorted(key for key in row if not key.endswith("_evidence"))
    return tuple(str(row.get(key)) for key in (*_OWN, *others))


def _told(expected: Row | None, served: Row | None) -> str:
    if expected is None or served is None:
        return f"is listed and should not be: {served}" if expected is None else f"is not listed: {expected}"
    cells = []
    for key in dict.fromkeys([*expected, *served]):
        wanted, got = expected.get(key), served.get(key)
        same = got in wanted if isinstance(wanted, AnyOf) else got == wanted
        if not same or (key in expected) != (key in served):
            cells.append(f"{key} should be {wanted!r} and is {got!r}")
    return "; ".join(cells)


def _input(plan: Plan, client_id: str) -> list[str]:
    """What the extract and the portal say of a member."""
    persons = {row["person_id"] for row in plan.rows["eligibility"] if row["member_id"] == client_id}
    lines = [f"as of {plan.as_of}"]
    for table, rows in plan.rows.items():
        for row in rows:
            if row.get("member_id") == client_id or row.get("person_id") in persons:
                lines.append(f"{table}: {_said(row)}")
    made = [row for row in plan.consents if row["client_id"] == client_id]
    made += [row for row in plan.selections if row["member_id"] == client_id]
    return [*lines, *(_said(row) for row in made)]


def _said(row: Row) -> str:
    return ", ".join(f"{key}={value}" for key, value in row.items() if value is not None)
