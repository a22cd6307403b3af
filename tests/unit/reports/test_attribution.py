"""Guide 003, "Member Attribution": by self selection, or else by 15 months of visits."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from reports import snapshot, store
from reports.catalog import REPORTS
from reports.refresh import PortalData, refresh
from tests.unit.reports.plan_extract import (
    AS_OF,
    OTHER_PCP,
    PCP,
    SECOND_TIN,
    SPECIALIST,
    TIN,
    PlanExtract,
)

pytestmark = pytest.mark.usefixtures("snapshots", "one_report")

SUMMER = date(2015, 7, 1)
DAY = timedelta(days=1)


@pytest.fixture
def one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full refresh, which alone attributes anew, of one report: who is attributed does not depend on the others."""
    monkeypatch.setattr("reports.refresh.REPORTS", {"patient-panel": REPORTS["patient-panel"]})


def attributed(
    extract: PlanExtract, as_of: date = AS_OF, **options: object
) -> dict[str, snapshot.Attributed]:
    # One report goes by the attribution that is published; only all of them compute it anew.
    slugs = None if store.has_attribution() else ["patient-panel"]
    refresh(extract.write(), as_of, slugs=slugs, **options)  # type: ignore[arg-type]
    return snapshot.attributed(row["member_id"] for row in extract.rows["eligibility"])


def test_most_visits_then_the_latest_then_the_lower_npi_decide(extract: PlanExtract) -> None:
    extract.standard()
    for member_id, *visits in (
        ("most", (PCP, 0), (PCP, -40), (OTHER_PCP, 5)),
        ("latest", (PCP, 0), (OTHER_PCP, 5)),
        ("lower", (PCP, 0), (OTHER_PCP, 0)),
        ("one-day-is-one-visit", (PCP, 0), (PCP, 0), (PCP, 0), (OTHER_PCP, -9), (OTHER_PCP, -8)),
        ("no-pcp", (SPECIALIST, 0)),
        ("stranger", ("1999999999", 0)),
    ):
        extract.member(member_id)
        for npi, days in visits:
            extract.visit(member_id, SUMMER + days * DAY, npi)
    found = attributed(extract)
    assert {member_id: row.npi for member_id, row in found.items()} == {
        "most": PCP,
        "latest": OTHER_PCP,
        "lower": PCP,
        "one-day-is-one-visit": OTHER_PCP,
    }
    assert {row.kind for row in found.values()} == {"Attribution"}
    assert {row.effective_on for row in found.values()} == {date(2015, 8, 1)}


def test_what_makes_a_visit(extract: PlanExtract) -> None:
    extract.standard()
    for member_id, day, code, more in (
        ("first-day", date(2014, 5, 31), "99213", {}),
        ("day-before", date(2014, 5, 30), "99213", {}),
        ("last-day", AS_OF, "99213", {}),
        ("day-after", AS_OF + DAY, "99213", {}),
        ("preventive", SUMMER, "99396", {}),
        ("lower-case", SUMMER, " t1015", {}),
        ("laboratory", SUMMER, "83036", {}),
        ("clinic", SUMMER, None, {"revenue_center_code": "0521"}),
        ("clinic-short", SUMMER, None, {"revenue_center_code": "521"}),
        ("pain-clinic", SUMMER, None, {"revenue_center_code": "0511"}),
        ("urgent-care", SUMMER, None, {"revenue_center_code": "0526"}),
        ("billing", SUMMER, "99213", {"rendering_npi": "", "billing_npi": PCP}),
        ("rendering-first", SUMMER, "99213", {"rendering_npi": SPECIALIST, "billing_npi": PCP}),
        ("voided", SUMMER, "99213", {"bill_type_code": "138"}),
    ):
        extract.member(member_id)
        extract.claim(member_id, day, code, **more)
    assert set(attributed(extract)) == {
        "first-day", "last-day", "preventive", "lower-case", "clinic", "clinic-short", "billing",
    }  # fmt: skip


def test_the_members_own_choice_wins(extract: PlanExtract) -> None:
    extract.standard()
    members = ("feed", "portal-later", "portal-earlier", "same-day", "tomorrow", "stranger", "without-visits")
    for member_id in members:
        extract.member(member_id)
        if member_id != "without-visits":
            extract.visit(member_id, SUMMER, PCP)
    day = date(2015, 3, 15)
    for member_id in ("feed", "portal-later", "portal-earlier", "same-day", "without-visits"):
        extract.add("pcp_selection", member_id=member_id, npi=OTHER_PCP, selected_on=day)
    extract.add("pcp_selection", member_id="feed", npi=PCP, selected_on=day - DAY)
    extract.add("pcp_selection", member_id="tomorrow", npi=OTHER_PCP, selected_on=AS_OF + DAY)
    extract.add("pcp_selection", member_id="stranger", npi="1999999999", selected_on=day)
    chosen = {"portal-later": day + DAY, "portal-earlier": day - DAY, "same-day": day}
    selections = pa.table(
        {"member_id": list(chosen), "npi": [PCP] * 3, "selected_on": pa.array(chosen.values(), pa.date32())}
    )
    found = attributed(extract, portal=PortalData(pcp_selections=selections))
    assert {member: (row.npi, row.kind) for member, row in found.items()} == {
        "feed": (OTHER_PCP, "Self Selection"),
        "portal-later": (PCP, "Self Selection"),
        "portal-earlier": (OTHER_PCP, "Self Selection"),
        "same-day": (PCP, "Self Selection"),
        "tomorrow": (PCP, "Attribution"),
        "stranger": (PCP, "Attribution"),
        "without-visits": (OTHER_PCP, "Self Selection"),
    }
    assert found["feed"].effective_on == date(2015, 3, 1)
    assert found["stranger"].effective_on == date(2015, 8, 1)


def test_a_pcp_with_several_tins_counts_where_most_visits_were(extract: PlanExtract) -> None:
    extract.standard()
    extract.provider(PCP, SECOND_TIN)
    extract.provider(PCP, "900000003", pcp=False)
    for member_id, *tins in (
        ("most", SECOND_TIN, SECOND_TIN, TIN),
        ("even", SECOND_TIN, TIN),
        ("hyphen", "90-0000002"),
        ("none", ""),
        ("another's", "900000009"),
        ("not-as-pcp", "900000003"),
    ):
        extract.member(member_id)
        for number, tin in enumerate(tins):
            extract.visit(member_id, SUMMER - number * DAY, billing_tin=tin)
    extract.member("rendering")
    extract.visit("rendering", SUMMER, rendering_tin=SECOND_TIN, billing_tin=TIN)
    extract.member("chose")
    extract.visit("chose", SUMMER, billing_tin=SECOND_TIN)
    extract.add("pcp_selection", member_id="chose", npi=PCP, selected_on=SUMMER)
    assert {member: row.tin for member, row in attributed(extract).items()} == {
        "most": SECOND_TIN,
        "even": TIN,
        "hyphen": SECOND_TIN,
        "none": TIN,
        "another's": TIN,
        "not-as-pcp": TIN,
        "rendering": SECOND_TIN,
        "chose": SECOND_TIN,
    }


def test_a_single_report_goes_by_the_attribution_of_the_last_full_refresh(extract: PlanExtract) -> None:
    extract.standard()
    extract.member("moves")
    extract.visit("moves", date(2015, 6, 1))
    before = attributed(extract)["moves"]
    for day in (1, 2):
        extract.visit("moves", date(2015, 8, day), OTHER_PCP)
    refresh(extract.write(), AS_OF, slugs=["patient-panel"])
    assert snapshot.attributed(["moves"])["moves"] == before
    assert attributed(extract)["moves"].npi == OTHER_PCP


def test_the_effective_date_carries_over_while_the_pcp_stays(extract: PlanExtract) -> None:
    extract.standard()
    for member_id in ("stays", "moves", "new"):
        extract.member(
            member_id, enrollment_start_date=date(2015, 8, 1) if member_id == "new" else date(2010, 1, 1)
        )
        extract.visit(member_id, date(2015, 6, 1))
    june = attributed(extract, date(2015, 6, 30))
    assert set(june) == {"stays", "moves"}
    for day in (1, 2):
        extract.visit("moves", date(2015, 8, day), OTHER_PCP)
    # The same provider at another practice is the same PCP.
    extract.provider(PCP, SECOND_TIN)
    for day in (3, 4):
        extract.visit("stays", date(2015, 8, day), billing_tin=SECOND_TIN)
    august = attributed(extract)
    assert {member: (row.npi, row.effective_on) for member, row in august.items()} == {
        "stays": (PCP, date(2015, 6, 1)),
        "moves": (OTHER_PCP, date(2015, 8, 1)),
        "new": (PCP, date(2015, 8, 1)),
    }
    assert august["stays"].tin == SECOND_TIN


def test_without_a_directory_nobody_is_attributed_and_a_notice_says_so(extract: PlanExtract) -> None:
    extract.member("1")
    extract.visit("1", SUMMER)
    outcome = refresh(extract.write(), AS_OF, slugs=["patient-panel"])
    assert outcome.attributed == 0
    assert any("nobody is attributed" in notice.message for notice in outcome.notices)
    directory = pa.table(
        {
            "npi": [PCP], "tin": [TIN], "pcp": [True], "individual_medicaid_number": ["7"], "last_name": ["Loaded"],
            "first_name": [""], "practice_name": ["Here"], "specialty": [""],
        }
    )  # fmt: skip
    outcome = refresh(extract.folder, AS_OF, portal=PortalData(providers=directory))
    assert outcome.attributed == 1
    assert any("the directory loaded before is used" in notice.message for notice in outcome.notices)
    assert snapshot.practice("patient-panel", TIN).name == "Here"
