"""Whose panel a member is on.

Self selection wins. Else, among providers flagged as PCPs, the one with most visits in the 15 months up to the day;
ties go to the latest visit, then to the lower NPI. A visit is a person, provider and day. A PCP with several TINs:
the TIN of most counted visits, then the lower. The effective date is the first day of the month in which the present
PCP began, and carries over while the PCP stays.
"""

from collections import Counter, defaultdict
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tests.unit.reports.oracle import codes
from tests.unit.reports.oracle.dates import within
from tests.unit.reports.oracle.plan import Plan, Row, common, provider_of


class Attributed(NamedTuple):
    """As `reports.snapshot.Attributed`."""

    npi: str
    tin: str
    kind: str
    effective_on: date
    visits: int | None
    latest_on: date | None


@lru_cache(maxsize=8)
def attribution(plan: Plan) -> dict[str, Attributed]:
    """The PCP of each member who has one, by Client ID."""
    found = {client_id: _attributed(plan, client_id) for client_id in plan.members}
    return {client_id: made for client_id, made in found.items() if made}


def patient_panel(plan: Plan) -> list[Row]:
    """Every attributed member, dual eligible and opted out too."""
    rows = []
    for client_id, pcp in attribution(plan).items():
        member = plan.members[client_id]
        place = " ".join(member[name] for name in ("city", "state", "zip_code") if member.get(name))
        rows.append(
            common(plan, client_id, pcp.npi, pcp.tin)
            | {
                "address": member.get("address"),
                "city_state_zip": place or None,
                "telephone": member.get("phone"),
                "pcp_effective_date": pcp.effective_on.isoformat(),
                "program": member["plan"],
                "dual_eligible": "YES" if member["dual"] else "NO",
                "attribution_type": pcp.kind,
            }
        )
    return rows


def _attributed(plan: Plan, client_id: str) -> Attributed | None:
    days, places = _visits(plan, plan.members[client_id]["person_id"])
    selection = _selection(plan, client_id)
    counted: int | None
    latest: date | None
    if selection:
        npi, began = selection
        kind, counted, latest = "Self Selection", None, began
    elif days:
        npi = min(days, key=lambda npi: (-len(days[npi]), -max(days[npi]).toordinal(), npi))
        kind, counted, latest, began = "Attribution", len(days[npi]), max(days[npi]), plan.as_of
    else:
        return None
    per_tin = Counter(tin for _, tin in places[npi])
    tin = min(per_tin, key=lambda tin: (-per_tin[tin], tin)) if per_tin else min(_tins(plan, npi))
    effective = began.replace(day=1)
    if client_id in plan.previous and plan.previous[client_id][0] == npi:
        effective = plan.previous[client_id][1]
    return Attributed(npi, tin, kind, effective, counted, latest)


def _visits(plan: Plan, person_id: str) -> tuple[dict[str, set[date]], dict[str, set[tuple[date, str]]]]:
    """By PCP the days of the visits that count, and each of them with the TIN it was billed under."""
    days: dict[str, set[date]] = defaultdict(set)
    places: dict[str, set[tuple[date, str]]] = defaultdict(set)
    for line in plan.lines_of.get(person_id, ()):
        npi = provider_of(line)
        visit = line.get("hcpcs_code") in codes.PROCEDURES["visit"]
        clinic = line.get("revenue_center_code") in codes.CLINIC_REVENUE
        if not (visit or clinic) or not within(line["day"], 15, plan.as_of) or not _is_pcp(plan, npi):
            continue
        assert npi
        days[npi].add(line["day"])
        billed = [line.get("rendering_tin"), line.get("billing_tin")]
        if own := [tin for tin in billed if tin in _tins(plan, npi)]:
            places[npi].add((line["day"], str(own[0])))
    return days, places


def _is_pcp(plan: Plan, npi: str | None) -> bool:
    return any(row["npi"] == npi and row["pcp"] for row in plan.rows["provider"])


def _tins(plan: Plan, npi: str) -> list[str]:
    """The TINs of a provider: those flagged as PCP, or all where the provider is none."""
    rows = [row for row in plan.rows["provider"] if row["npi"] == npi]
    return [row["tin"] for row in rows if row["pcp"]] or [row["tin"] for row in rows]


def _selection(plan: Plan, client_id: str) -> tuple[str, date] | None:
    """The member's latest choice among the directory's providers; on one day the portal's, then the lower NPI."""
    made = [(row, 0) for row in plan.rows.get("pcp_selection", ())] + [(row, 1) for row in plan.selections]
    known = {row["npi"] for row in plan.rows["provider"]}
    choices = [
        (-row["selected_on"].toordinal(), -rank, row["npi"], row["selected_on"])
        for row, rank in made
        if row["member_id"] == client_id and row["selected_on"] <= plan.as_of and row["npi"] in known
    ]
    if not choices:
        return None
    _, _, npi, day = min(choices)
    return npi, day
