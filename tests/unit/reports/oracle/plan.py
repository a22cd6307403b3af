"""A plan as the oracle reads it: the rows of an extract, what the portal knows beside them, and a day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tests.unit.reports.oracle import codes
from tests.unit.reports.oracle.reversals import live

Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(eq=False)
class Plan:
    """`rows` by table of the extract. `selections` are made in the portal; `consents` as the portal tells them
    (client_id, tin, category, starts_on, ends_on); `previous` holds NPI and effective date of the last refresh."""

    rows: Rows
    as_of: date
    opted_out: frozenset[str] = frozenset()
    consents: tuple[Row, ...] = ()
    selections: tuple[Row, ...] = ()
    previous: dict[str, tuple[str, date]] = field(default_factory=dict)

    @cached_property
    def members(self) -> dict[str, Row]:
        """Members enrolled and alive on the day, by Client ID: the span that began last, and whether any is dual."""
        found: dict[str, Row] = {}
        for span in sorted(self.rows["eligibility"], key=lambda span: span["enrollment_start_date"]):
            end = span.get("enrollment_end_date")
            if span["enrollment_start_date"] <= self.as_of and (end is None or self.as_of <= end):
                earlier = found.get(span["member_id"])
                dual = span.get("dual_status_code") in codes.DUAL or bool(earlier and earlier["dual"])
                found[span["member_id"]] = {**span, "dual": dual}
        died = {
            span["member_id"]
            for span in self.rows["eligibility"]
            if (span.get("death_date") is not None and span["death_date"] <= self.as_of)
            or (span.get("death_flag") and span.get("death_date") is None)
        }
        return {client_id: row for client_id, row in found.items() if client_id not in died}

    @cached_property
    def lines_of(self) -> dict[str, list[Row]]:
        """By person, the claim lines up to the day that nothing reverses, each with its `day` of service."""
        found: dict[str, list[Row]] = defaultdict(list)
        for line in live(self.rows["medical_claim"]):
            day = line.get("claim_line_start_date") or line["claim_start_date"]
            if day <= self.as_of:
                found[line["person_id"]].append({**line, "day": day})
        return found

    @cached_property
    def lines_of_claim(self) -> dict[str, list[Row]]:
        """Every line by claim number."""
        found: dict[str, list[Row]] = defaultdict(list)
        for line in self.rows["medical_claim"]:
            found[line["claim_id"]].append(line)
        return found

    @cached_property
    def specialties(self) -> dict[str, set[str]]:
        """The specialties that the directory names, by NPI."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in self.rows["provider"]:
            found[row["npi"]].update([row["specialty"]] if row.get("specialty") else [])
        return found

    @cached_property
    def names(self) -> dict[str, str]:
        """What the directory calls the place of each NPI."""
        return {row["npi"]: row["practice_name"] or "" for row in reversed(self.rows["provider"])}

    @cached_property
    def persons(self) -> dict[str, str]:
        """The person behind each NPI, where it is one: "Last, First"."""
        return {
            row["npi"]: f"{row['last_name']}, {row['first_name']}"
            for row in self.rows["provider"]
            if row["last_name"]
        }


def provider_of(line: Row) -> str | None:
    """Who gave the service: the rendering NPI, else the billing NPI."""
    return line.get("rendering_npi") or line.get("billing_npi") or None


def diagnoses(line: Row) -> list[str]:
    """The diagnoses of a line in order, without dots."""
    found = [line.get(f"diagnosis_code_{number}") for number in range(1, 26)]
    return [code.strip().upper().replace(".", "") for code in found if code]


def principal(line: Row) -> str | None:
    """The first diagnosis of a line, without its dot."""
    return (line.get("diagnosis_code_1") or "").strip().upper().replace(".", "") or None


def operations(line: Row) -> list[str]:
    """The ICD-10-PCS procedures of a line."""
    return [code for number in range(1, 26) if (code := line.get(f"procedure_code_{number}"))]


def facility_of(line: Row) -> str | None:
    """Where the service was given: the facility's NPI, else the billing one's, else who gave it."""
    return line.get("facility_npi") or line.get("billing_npi") or line.get("rendering_npi") or None


def place_of(plan: Plan, line: Row) -> str:
    """The facility's name in the directory, else its NPI."""
    return _named(plan, facility_of(line))


def practice_of(plan: Plan, line: Row) -> str:
    """Who gave a service: the facility, else the practice of whoever gave it, else the group that billed it."""
    return _named(plan, line.get("facility_npi") or line.get("rendering_npi") or line.get("billing_npi"))


def _named(plan: Plan, npi: str | None) -> str:
    return plan.names.get(npi or "") or npi or ""


def dotted(code: str | None) -> str | None:
    """A diagnosis as it is printed."""
    return f"{code[:3]}.{code[3:]}" if code and len(code) > 3 else code


def says(plan: Plan, line: Row, concepts: Iterable[str]) -> set[str]:
    """The codes, as people write them, by which a line reports one of the concepts. An eye examination counts from
    eye care, or from someone of whom nobody knows the specialty."""
    procedure = (line.get("hcpcs_code") or "").strip().upper()
    known = plan.specialties.get(provider_of(line) or "", set())
    by_eye_care = not known or bool(known & codes.EYE_CARE)
    said: set[str] = set()
    for concept in concepts:
        counted = set(codes.PROCEDURES.get(concept, ()))
        if by_eye_care:
            counted |= codes.PROCEDURES.get(f"{concept}_by_eye_care", set())
        said |= {procedure} & counted
        said |= {str(dotted(code)) for code in set(diagnoses(line)) & codes.DIAGNOSES.get(concept, set())}
        said |= set(operations(line)) & codes.OPERATIONS.get(concept, set())
    return said


def common(plan: Plan, client_id: str, npi: str, tin: str) -> Row:
    """The cells that every report has, and the practice that the row belongs to."""
    member = plan.members[client_id]
    (pcp,) = (row for row in plan.rows["provider"] if (row["npi"], row["tin"]) == (npi, tin))
    born = member["birth_date"]
    icm = [row["status"].upper() for row in plan.rows.get("icm_status", ()) if row["member_id"] == client_id]
    return {
        "tin": tin,
        "pcp_number": pcp["individual_medicaid_number"],
        "pcp_name": f"{pcp['last_name']}, {pcp['first_name']}",
        "member_name": f"{member['last_name']}, {member['first_name']}",
        "client_id": client_id,
        "date_of_birth": born.isoformat() if born else None,
        "gender": member["gender"][:1].upper() if member["gender"] else None,
        "icm_status": icm[0] if icm else None,
    }


def listed(plan: Plan, client_id: str) -> bool:
    """Whether gap and utilization reports may show the member: neither dual eligible nor opted out."""
    return not plan.members[client_id]["dual"] and client_id not in plan.opted_out
