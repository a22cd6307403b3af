"""Visits to an emergency department: a person and a day with a code, a revenue code or a place that says so."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from tests.unit.reports.oracle import codes, sensitive
from tests.unit.reports.oracle.attribution import attribution
from tests.unit.reports.oracle.dates import month_before, within
from tests.unit.reports.oracle.plan import (
    Plan,
    Row,
    common,
    dotted,
    facility_of,
    listed,
    place_of,
    principal,
    says,
)


class Visit(NamedTuple):
    """A day's ED lines, and the claim that says where and why."""

    day: date
    lines: list[Row]
    told_by: str


def ed_utilization(plan: Plan) -> list[Row]:
    """The visits of the last 6 months of which a claim was paid in the calendar month before; without any payment
    date in the extract, the visits of that month."""
    rows = []
    for client_id, pcp in attribution(plan).items():
        if not listed(plan, client_id):
            continue
        recent = [visit for visit in _visits(plan, client_id) if within(visit.day, 6, plan.as_of)]
        for visit in recent:
            if _is_listed(plan, visit):
                cells = _cells(plan, client_id, pcp.tin, visit)
                counts = {"visits_6_months": len(recent), "last_office_visit_date": _office(plan, client_id)}
                rows.append(common(plan, client_id, pcp.npi, pcp.tin) | cells | counts)
    return rows


def _visits(plan: Plan, client_id: str) -> list[Visit]:
    by_day: dict[date, list[Row]] = defaultdict(list)
    for line in plan.lines_of.get(plan.members[client_id]["person_id"], ()):
        if _is_ed(line):
            by_day[line["day"]].append(line)
    return [Visit(day, lines, _told_by(lines)) for day, lines in by_day.items()]


def _is_ed(line: Row) -> bool:
    return (
        line.get("hcpcs_code") in codes.PROCEDURES["ed_visit"]
        or line.get("revenue_center_code") in codes.ED_REVENUE
        or line.get("place_of_service_code") == codes.ED_PLACE
    )


def _told_by(lines: list[Row]) -> str:
    """The claim with an ED revenue code, else the lowest number."""
    hospital = [line["claim_id"] for line in lines if line.get("revenue_center_code") in codes.ED_REVENUE]
    return min(hospital or [line["claim_id"] for line in lines])


def _is_listed(plan: Plan, visit: Visit) -> bool:
    paid = [line["paid_date"] for line in visit.lines if line.get("paid_date")]
    if any(line.get("paid_date") for line in plan.rows["medical_claim"]):
        return any((day.year, day.month) == month_before(plan.as_of) for day in paid)
    return (visit.day.year, visit.day.month) == month_before(plan.as_of)


def _cells(plan: Plan, client_id: str, tin: str, visit: Visit) -> Row:
    line = next(line for line in visit.lines if line["claim_id"] == visit.told_by)
    at = sensitive.of_facility(plan, facility_of(line), visit.lines)
    shown = at.union(*(sensitive.of_claim(plan, line["claim_id"]) for line in visit.lines))
    hidden = sensitive.withheld(plan, client_id, tin, shown)
    code = principal(line)
    cells: Row = {
        "program": plan.members[client_id]["plan"],
        "visit_date": visit.day.isoformat(),
        "facility": place_of(plan, line) or None,
        "diagnosis_code": dotted(code),
        "diagnosis": codes.TEXTS.get(code or ""),
        "emergent": codes.EMERGENT.get(code or ""),
        "consented": sensitive.named(shown) if not hidden else None,
    }
    if hidden:
        cells |= dict.fromkeys(("diagnosis_code", "diagnosis", "emergent"), "withheld")
        if at and sensitive.withheld(plan, client_id, tin, at):
            cells["facility"] = "withheld"
    return cells


def _office(plan: Plan, client_id: str) -> str | None:
    lines = plan.lines_of.get(plan.members[client_id]["person_id"], ())
    last = max((line["day"] for line in lines if says(plan, line, ["office_visit"])), default=None)
    return last.isoformat() if last else None
