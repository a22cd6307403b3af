"""Members of a plan at its edges, the providers around them, and what members chose and consented to."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from reports.refresh import PortalData
from tests.unit.reports.edges.draws import DAY, Draws
from tests.unit.reports.oracle.plan import Plan
from tests.unit.reports.plan_extract import OTHER_PCP, PCP, SECOND_TIN, SPECIALIST, TIN, PlanExtract

HOSPITAL, OTHER_HOSPITAL, PSYCHIATRIC, UNNAMED = "1555555501", "1555555502", "1555555503", "1555555509"
PSYCHIATRIST, REHAB = "1000000007", "1000000006"
TINS = (TIN, SECOND_TIN)

Row = dict[str, Any]


@dataclass
class EdgePlan:
    """A plan being drawn: its extract, and what the portal knows."""

    draw: Draws
    extract: PlanExtract
    opted_out: list[str] = field(default_factory=list)
    consents: list[Row] = field(default_factory=list)
    selections: list[Row] = field(default_factory=list)

    @property
    def as_of(self) -> date:
        return self.draw.as_of

    def for_engine(self) -> PortalData:
        """What the portal tells a refresh."""
        starts, ends = ([row[name] for row in self.consents] for name in ("starts_on", "ends_on"))
        texts = {n: _texts(row[n] for row in self.consents) for n in ("client_id", "tin", "category")}
        chosen = {n: _texts(row[n] for row in self.selections) for n in ("member_id", "npi")}
        days = pa.array([row["selected_on"] for row in self.selections], pa.date32())
        return PortalData(
            opt_outs=pa.table({"client_id": _texts(self.opted_out)}),
            consents=pa.table(
                texts | {"starts_on": pa.array(starts, pa.date32()), "ends_on": pa.array(ends, pa.date32())}
            ),
            pcp_selections=pa.table(chosen | {"selected_on": days}),
        )

    def for_oracle(self, previous: dict[str, tuple[str, date]] | None = None) -> Plan:
        """The same plan for the rules in plain Python."""
        return Plan(
            self.extract.rows,
            self.as_of,
            frozenset(self.opted_out),
            tuple(self.consents),
            tuple(self.selections),
            previous or {},
        )


def _texts(values: Any) -> pa.Array:
    return pa.array(list(values), pa.string())


def empty_plan(folder: Path, seed: int, as_of: date) -> EdgePlan:
    """Providers and nobody else. One PCP is in two practices, one hospital is sensitive by its specialty and one is
    in no directory."""
    extract = PlanExtract(folder).standard()
    extract.provider(PCP, SECOND_TIN)
    hospital = {"pcp": False, "first_name": "", "last_name": "", "specialty": "General Acute Care Hospital"}
    extract.provider(HOSPITAL, "900000011", **hospital | {"practice_name": "City Hospital"})
    extract.provider(OTHER_HOSPITAL, "900000012", **hospital | {"practice_name": "Valley Hospital"})
    extract.provider(
        PSYCHIATRIC, "900000013", **hospital | {"practice_name": "Elm Institute", "specialty": "283Q00000X"}
    )
    extract.provider(PSYCHIATRIST, "900000014", pcp=False, specialty="Psychiatry")
    extract.provider(REHAB, "900000015", pcp=False, specialty="324500000X")
    return EdgePlan(Draws(seed, as_of), extract)


def member(plan: EdgePlan, *years: int, **values: Any) -> str:
    """A member near one of these ages, mostly with a PCP; some are dual eligible, opted out, gone or have died."""
    draw, extract = plan.draw, plan.extract
    client_id = f"{len(extract.rows.get('eligibility', ())) + 1:03}"
    born = draw.born(*years)
    standing: Row = {
        "gender": draw.one("male", "female", "M", "F", "F"),
        "dual_status_code": draw.one(*[None] * 8, "2.0", "00"),
        "enrollment_end_date": draw.one(*[None] * 8, plan.as_of, plan.as_of - DAY),
        "death_date": draw.one(*[None] * 12, plan.as_of, plan.as_of + DAY),
    }
    told = standing | values
    extract.member(client_id, born, **told)
    if draw.chance(0.1):  # another span, which begins later
        starts = plan.as_of - draw.one(0, 5) * DAY
        extract.member(client_id, born, enrollment_start_date=starts, gender=told["gender"])
    if draw.chance(0.06):
        plan.opted_out.append(client_id)
    if draw.chance(0.2):
        extract.add("icm_status", member_id=client_id, status=draw.one("active", "CLOSED", "Pending"))
    if draw.chance(0.93):
        npi, tin = draw.one((PCP, TIN), (PCP, SECOND_TIN), (OTHER_PCP, TIN))
        extract.visit(client_id, draw.recent(), npi, billing_tin=tin)
    for _ in draw.times(2):
        consent(plan, client_id)
    return client_id


def consent(plan: EdgePlan, client_id: str) -> None:
    """A consent for one category, to some practice or to any, that counts now, no more, or not yet."""
    draw = plan.draw
    plan.consents.append(
        {
            "client_id": client_id,
            "tin": draw.one("", "", TIN, TIN, SECOND_TIN, "900000009"),
            "category": draw.one("hiv", "sud", "bh", "bh"),
            "starts_on": plan.as_of + draw.one(-100, -1, 0, 0, 1) * DAY,
            "ends_on": draw.one(None, None, None, plan.as_of - DAY, plan.as_of, plan.as_of + DAY),
        }
    )


def chooses(plan: EdgePlan, client_id: str) -> None:
    """A choice of PCP, by the feed or in the portal."""
    draw = plan.draw
    made = {
        "member_id": client_id,
        "npi": draw.one(PCP, PCP, OTHER_PCP, OTHER_PCP, SPECIALIST, "1999999999"),
        "selected_on": draw.day(0, 1),
    }
    if draw.chance(0.5):
        plan.extract.add("pcp_selection", **made)
    else:
        plan.selections.append(made)


def visits(plan: EdgePlan, client_id: str) -> None:
    """A few claims, of which some are visits that count for attribution."""
    draw = plan.draw
    for _ in draw.times(4):
        npi = draw.one(PCP, OTHER_PCP, OTHER_PCP, SPECIALIST, "1999999999")
        blank = draw.chance(0.2)
        plan.extract.claim(
            client_id,
            draw.day(1, 15, 15),
            draw.one("99213", "99396", "T1015", None, "90471"),
            revenue_center_code=draw.one("0521", "0526", "0510", None, None),
            billing_tin=draw.one(TIN, SECOND_TIN, SECOND_TIN, "900000009"),
            rendering_tin=draw.one(None, None, TIN, SECOND_TIN, "900000009"),
            rendering_npi=None if blank else npi,
            billing_npi=npi if blank else None,
        )
