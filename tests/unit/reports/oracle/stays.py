"""Stays in hospital: as they were billed, and as the hospitals told of them."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from tests.unit.reports.oracle import codes, sensitive
from tests.unit.reports.oracle.attribution import attribution
from tests.unit.reports.oracle.dates import within
from tests.unit.reports.oracle.plan import (
    Plan,
    Row,
    common,
    dotted,
    facility_of,
    listed,
    place_of,
    principal,
)


class Stay(NamedTuple):
    """A person, a facility and the day of admission, with every line billed for them."""

    facility: str
    admitted: date
    lines: list[Row]

    @property
    def latest(self) -> Row:
        """A line of the bill that ends last; of two the lower claim number."""
        ends = max(_ends(line) for line in self.lines)
        last = [line for line in self.lines if _ends(line) == ends]
        return min(last, key=lambda line: (line["claim_id"], line.get("claim_line_number") or 0))

    @property
    def discharged(self) -> date | None:
        """Nothing while the latest bill is an interim one, or says that the patient is still there."""
        line = self.latest
        still = line["bill_type_code"].strip()[-1] in "23" or line.get("discharge_disposition_code") == "30"
        return None if still else line.get("discharge_date") or _ends(line)

    @property
    def bed(self) -> str | None:
        """The room-and-board code with most days over the stay; of two the lower code."""
        days: dict[str, float] = defaultdict(float)
        for line in self.lines:
            if line.get("revenue_center_code") in codes.ROOM_AND_BOARD:
                days[line["revenue_center_code"]] += float(line.get("service_unit_quantity") or 0)
        return min(days, key=lambda code: (-days[code], code)) if days else None

    def is_at(self, plan: Plan) -> set[str]:
        """The sensitive categories of the place alone."""
        return sensitive.of_facility(plan, self.facility, self.lines)

    def shows(self, plan: Plan) -> set[str]:
        """The sensitive categories of the place and of all its claims."""
        return self.is_at(plan).union(*(sensitive.of_claim(plan, claim_id) for claim_id in self.claim_ids))

    @property
    def claim_ids(self) -> set[str]:
        """The claims it was billed by."""
        return {line["claim_id"] for line in self.lines}


def _ends(line: Row) -> date:
    found: date = line.get("claim_end_date") or line["claim_start_date"]
    return found


def billed(plan: Plan, client_id: str) -> list[Stay]:
    """The member's stays by inpatient bills, interim bills together, as far as they began in the last 15 months."""
    found: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for line in plan.lines_of.get(plan.members[client_id]["person_id"], ()):
        kind = (line.get("bill_type_code") or "").strip().lstrip("0")[:2]
        if kind in codes.INPATIENT_BILLS and within(line["claim_start_date"], 15, plan.as_of):
            admitted = line.get("admission_date") or line["claim_start_date"]
            found[facility_of(line) or "", admitted].append(line)
    return [Stay(facility, admitted, lines) for (facility, admitted), lines in found.items()]


def inpatient_claims(plan: Plan) -> list[Row]:
    """Stays with a date of service within a year, paid in the last three months."""
    return [
        row | _billed_cells(plan, row, stay)
        for row in _members(plan)
        for stay in billed(plan, row["client_id"])
        if any(within(line["claim_start_date"], 12, plan.as_of) for line in stay.lines)
        and any(within(day, 3, plan.as_of) for day in _paid(plan, stay))
    ]


def _paid(plan: Plan, stay: Stay) -> list[date]:
    """When the stay was paid; where no claim of the extract tells that, when it ended."""
    if any(line.get("paid_date") for line in plan.rows["medical_claim"]):
        return [line["paid_date"] for line in stay.lines if line.get("paid_date")]
    return [min(_ends(line), plan.as_of) for line in stay.lines]


def _members(plan: Plan) -> Iterator[Row]:
    for client_id, pcp in attribution(plan).items():
        if listed(plan, client_id):
            program = {"program": plan.members[client_id]["plan"]}
            yield common(plan, client_id, pcp.npi, pcp.tin) | program


def _billed_cells(plan: Plan, row: Row, stay: Stay) -> Row:
    line, code = stay.latest, principal(stay.latest)
    shown = stay.shows(plan)
    hidden = sensitive.withheld(plan, row["client_id"], row["tin"], shown)
    at = stay.is_at(plan)
    cells: Row = {
        "revenue_code": stay.bed,
        "revenue": codes.REVENUES.get(stay.bed or ""),
        "admission_date": stay.admitted.isoformat(),
        "discharge_date": stay.discharged.isoformat() if stay.discharged else None,
        "diagnosis_code": dotted(code),
        "diagnosis": codes.TEXTS.get(code or ""),
        "hospital": place_of(plan, line) or None,
        "consented": sensitive.named(shown) if not hidden else None,
    }
    if hidden:
        cells |= dict.fromkeys(("revenue_code", "revenue", "diagnosis_code", "diagnosis"), "withheld")
        if at and sensitive.withheld(plan, row["client_id"], row["tin"], at):
            cells["hospital"] = "withheld"
    return cells


def admissions(plan: Plan) -> list[Row]:
    """Members admitted now, or discharged in the last 30 days: by the feed, else by inpatient claims."""
    if "admission" not in plan.rows:
        told = [(row, stay) for row in _members(plan) for stay in _by_claims(plan, row)]
    else:
        told = [(row, stay) for row in _members(plan) for stay in _by_feed(plan, row)]
    return [row | stay for row, stay in told if _is_current(plan, stay)]


def _is_current(plan: Plan, cells: Row) -> bool:
    """Decide by the days, and show no discharge that is still to come."""
    admitted, discharged = cells["admission_date"], cells["discharge_date"]
    if admitted > plan.as_of:
        return False
    if discharged and discharged > plan.as_of:
        discharged = None
    cells |= {
        "admission_date": admitted.isoformat(),
        "discharge_date": discharged.isoformat() if discharged else None,
    }
    return discharged is None or (plan.as_of - discharged).days <= 30


def _by_feed(plan: Plan, row: Row) -> Iterator[Row]:
    """One stay a facility and day of admission; the later row of the file wins."""
    last: dict[tuple[str, date], Row] = {}
    for told in plan.rows["admission"]:
        if told["member_id"] == row["client_id"]:
            last[told.get("facility_npi") or told.get("hospital") or "", told["admission_date"]] = told
    for told in last.values():
        code = (told.get("diagnosis_code") or "").replace(".", "") or None
        doctors = [npi for npi, name in plan.persons.items() if name and name == told.get("attending")]
        at = sensitive.of_provider(plan, told.get("facility_npi"))
        if doctors:  # of several of one name nobody knows which; what they have in common is known
            at |= set.intersection(*(sensitive.of_provider(plan, npi) for npi in doctors))
        shown = sensitive.of_diagnosis(code) | at
        cells = {
            "hospital": told.get("hospital"),
            "hospital_state": told.get("hospital_state"),
            "attending": told.get("attending"),
            "admission_date": told["admission_date"],
            "discharge_date": told.get("discharge_date"),
        }
        yield _shown(plan, row, cells, code, shown, at)


def _by_claims(plan: Plan, row: Row) -> Iterator[Row]:
    for stay in billed(plan, row["client_id"]):
        line = stay.latest
        doctor = line.get("rendering_npi")
        cells = {
            "hospital": place_of(plan, line) or None,
            "hospital_state": None,
            "attending": plan.persons.get(doctor or ""),
            "admission_date": stay.admitted,
            "discharge_date": stay.discharged,
        }
        at = stay.is_at(plan) | sensitive.of_provider(plan, doctor)
        yield _shown(plan, row, cells, principal(line), stay.shows(plan) | at, at)


def _shown(plan: Plan, row: Row, cells: Row, code: str | None, shown: set[str], at: set[str]) -> Row:
    """The cells with the diagnosis, or withheld."""
    hidden = sensitive.withheld(plan, row["client_id"], row["tin"], shown)
    cells |= {
        "diagnosis_code": dotted(code),
        "diagnosis": codes.TEXTS.get(code or ""),
        "consented": sensitive.named(shown) if not hidden else None,
    }
    if hidden:
        cells |= dict.fromkeys(("diagnosis_code", "diagnosis"), "withheld")
        if at and sensitive.withheld(plan, row["client_id"], row["tin"], at):
            cells |= dict.fromkeys(("hospital", "attending"), "withheld")
    return cells
