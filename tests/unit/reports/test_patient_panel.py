"""Guide 003, "Patient Panel Report": every attributed member, with address, program and attribution."""

from datetime import date

import pyarrow as pa
import pytest

from reports import snapshot
from reports.catalog import REPORTS
from reports.refresh import PortalData, refresh
from reports.snapshot import RowQuery
from tests.unit.reports.plan_extract import AS_OF, OTHER_PCP, PCP, SECOND_TIN, TIN, PlanExtract

SLUG = "patient-panel"

pytestmark = pytest.mark.usefixtures("snapshots")


def test_a_row_of_the_panel_holds_what_the_guide_prints(extract: PlanExtract) -> None:
    extract.standard()
    extract.member(
        "111111111", date(1980, 2, 29), first_name="Ana", last_name="Ruiz", address="1 Main St", city="Hartford",
        state="CT", zip_code="06103", phone="860-555-0100", plan=" Husky_A ",
    )  # fmt: skip
    extract.visit("111111111", date(2015, 7, 1))
    extract.add("icm_status", member_id="111111111", status="pending")
    refresh(extract.write(), AS_OF, slugs=[SLUG], portal=PortalData(programs={"husky_a": "HUSKY A"}))
    assert list(snapshot.rows(SLUG, RowQuery((TIN,)))) == [
        {
            "member_name": "Ruiz, Ana",
            "client_id": "111111111",
            "address": "1 Main St",
            "city_state_zip": "Hartford CT 06103",
            "telephone": "860-555-0100",
            "date_of_birth": "1980-02-29",
            "gender": "F",
            "pcp_number": "000000001",
            "pcp_name": "Doctor1, Ann",
            "pcp_effective_date": "2015-08-01",
            "program": "HUSKY A",
            "dual_eligible": "NO",
            "attribution_type": "Attribution",
            "icm_status": "PENDING",
        }
    ]
    assert REPORTS[SLUG].excluded is None
    made = snapshot.published(SLUG)
    assert made is not None
    assert (made.as_of, made.complete_through, made.row_count) == (AS_OF, date(2015, 7, 1), 1)


def test_the_panel_lists_dual_and_opted_out_members_too(extract: PlanExtract) -> None:
    extract.standard()
    for member_id in ("dual", "out", "blank", "plain"):
        blank = (
            {"first_name": "", "last_name": None, "gender": "", "birth_date": None}
            if member_id == "blank"
            else {}
        )
        extract.member(member_id, dual_status_code="8" if member_id == "dual" else None, **blank)
        extract.visit(member_id, date(2015, 7, 1))
    opt_outs = pa.table({"member_id": ["out"]})
    refresh(extract.write("csv"), AS_OF, slugs=[SLUG], portal=PortalData(opt_outs=opt_outs))
    rows = {row["client_id"]: row for row in snapshot.rows(SLUG, RowQuery((TIN,)))}
    assert {member: row["dual_eligible"] for member, row in rows.items()} == {
        "dual": "YES",
        "out": "NO",
        "blank": "NO",
        "plain": "NO",
    }
    assert rows["blank"]["member_name"] is None


def test_each_practice_has_its_own_rows_and_figures(extract: PlanExtract) -> None:
    extract.standard()
    extract.provider("1000000003", SECOND_TIN)
    for number in range(9):
        npi = (PCP, OTHER_PCP, "1000000003")[number % 3]
        extract.member(str(number), last_name=f"Z{9 - number}")
        extract.visit(str(number), date(2015, 7, 1), npi, billing_tin=SECOND_TIN if number % 3 == 2 else TIN)
    outcome = refresh(extract.write(), AS_OF, slugs=[SLUG])
    assert outcome.rows[SLUG] == 9
    both = snapshot.page(SLUG, RowQuery((TIN, SECOND_TIN)))
    one = snapshot.page(SLUG, RowQuery((TIN,)))
    assert (both.total, one.total, len(one.rows)) == (9, 6, 6)
    assert [(row["pcp_name"], row["client_id"]) for row in one.rows] == [
        ("Doctor1, Ann", "6"), ("Doctor1, Ann", "3"), ("Doctor1, Ann", "0"),
        ("Doctor2, Ann", "7"), ("Doctor2, Ann", "4"), ("Doctor2, Ann", "1"),
    ]  # fmt: skip
    offered = snapshot.practice(SLUG, TIN)
    assert [(choice.value, choice.total) for choice in offered.pcps] == [(PCP, 3), (OTHER_PCP, 3)]
    assert snapshot.practice(SLUG, SECOND_TIN).name == f"Practice {SECOND_TIN}"
