"""The rules once more, in plain Python and from the text of the specification, to compare the engine with.

It knows nothing of the engine: no SQL, no code lists (the codes a test uses are named here), dates by counting.
"""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from typing import Any

VISIT = {"99213", "99396", "T1015"}
CLINIC = {"0521", "0510"}
TESTS = {
    "hba1c": ({"83036", "3044F"}, 6),
    "ldl_c": ({"80061"}, 12),
    "nephropathy": ({"82043", "81003", "4010F"}, 12),
    "retinal_exam": ({"2022F", "92014"}, 12),
}
DIABETES_DRUG = "00093104801"

Row = dict[str, Any]


def plus_months(day: date, months: int) -> date:
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def enrolled(tables: dict[str, list[Row]], as_of: date) -> dict[str, Row]:
    """Members enrolled and alive on the day, by member ID: the span that began last, and whether any is dual."""
    members: dict[str, Row] = {}
    for span in sorted(tables["eligibility"], key=lambda span: span["enrollment_start_date"]):
        end = span.get("enrollment_end_date")
        if span["enrollment_start_date"] <= as_of and (end is None or as_of <= end):
            earlier = members.get(span["member_id"])
            dual = span.get("dual_status_code") in ("2.0", "02", "08") or bool(earlier and earlier["dual"])
            members[span["member_id"]] = {**span, "dual": dual}
    died = {
        span["member_id"]
        for span in tables["eligibility"]
        if span.get("death_date") is not None and span["death_date"] <= as_of
    }
    return {member_id: row for member_id, row in members.items() if member_id not in died}


def attribution(tables: dict[str, list[Row]], as_of: date) -> dict[str, tuple[str, str, str]]:
    """(NPI, TIN, kind) by member ID."""
    tins_of: dict[str, list[str]] = defaultdict(list)
    for row in tables["provider"]:
        if row["pcp"]:
            tins_of[row["npi"]].append(row["tin"])
    found = {}
    for member_id, member in enrolled(tables, as_of).items():
        visits: dict[str, set[date]] = defaultdict(set)
        tin_days: dict[str, set[tuple[date, str]]] = defaultdict(set)
        for claim in tables["medical_claim"]:
            day, npi = claim["claim_start_date"], claim.get("rendering_npi") or claim.get("billing_npi")
            counts = claim["hcpcs_code"] in VISIT or claim.get("revenue_center_code") in CLINIC
            if claim["person_id"] != member["person_id"] or not counts or npi not in tins_of:
                continue
            if plus_months(as_of, -15) <= day <= as_of:
                visits[npi].add(day)
                if claim["billing_tin"] in tins_of[npi]:
                    tin_days[npi].add((day, claim["billing_tin"]))
        choices = [
            (row["selected_on"], row["npi"])
            for row in tables.get("pcp_selection", [])
            if row["member_id"] == member_id and row["selected_on"] <= as_of and row["npi"] in tins_of
        ]
        if choices:
            latest = max(day for day, _ in choices)
            npi, kind = min(npi for day, npi in choices if day == latest), "Self Selection"
        elif visits:
            npi = min(visits, key=lambda npi: (-len(visits[npi]), -max(visits[npi]).toordinal(), npi))
            kind = "Attribution"
        else:
            continue
        count: dict[str, int] = defaultdict(int)
        for _, tin in tin_days[npi]:
            count[tin] += 1
        tin = min(count, key=lambda tin: (-count[tin], tin)) if count else min(tins_of[npi])
        found[member_id] = (npi, tin, kind)
    return found


def adult_diabetes(tables: dict[str, list[Row]], as_of: date) -> dict[str, Row]:
    """The report's own cells by member ID, with why and tin."""
    rows = {}
    members = enrolled(tables, as_of)
    for member_id, (_, tin, _) in attribution(tables, as_of).items():
        member = members[member_id]
        if member["dual"] or not 18 <= age(member["birth_date"], as_of) <= 75:
            continue
        claims = [
            claim
            for claim in tables["medical_claim"]
            if claim["person_id"] == member["person_id"] and claim["claim_start_date"] <= as_of
        ]
        since = plus_months(as_of, -24)
        diagnosed = any(
            claim["claim_start_date"] >= since
            and any((claim.get(f"diagnosis_code_{n}") or "")[:3] in ("E10", "E11") for n in (1, 2))
            for claim in claims
        )
        prescribed = any(
            drug["person_id"] == member["person_id"]
            and drug["ndc_code"] == DIABETES_DRUG
            and since <= drug["dispensing_date"] <= as_of
            for drug in tables.get("pharmacy_claim", [])
        )
        if not (diagnosed or prescribed):
            continue
        cells: Row = {"tin": tin, "why": "diagnosis" if diagnosed else "drug only"}
        for key, (codes, months) in TESTS.items():
            last = max((c["claim_start_date"] for c in claims if c["hcpcs_code"] in codes), default=None)
            cells[f"{key}_date"] = last.isoformat() if last else None
            cells[f"{key}_due"] = "Due" if last is None or plus_months(last, months) < as_of else None
        rows[member_id] = cells
    return rows
