"""What the portal hands to a refresh."""

from datetime import date

import pytest

from reports.layout import TABLES
from tests.harness.plan_rows import add_provider
from webapp.config import read_plan
from webapp.domain.member.care import FROM_FEED, FROM_MEMBER, Admission, PcpSelection
from webapp.domain.reporting.report_inputs import portal_data

pytestmark = pytest.mark.usefixtures("database")

PLAN = read_plan()


def choose(client_id: str, npi: str, day: date, source: str) -> None:
    PcpSelection.create(client_id=client_id, npi=npi, selected_on=day, source=source)


def test_the_directory_goes_over_in_the_columns_of_the_feed() -> None:
    add_provider()
    table = portal_data(PLAN).providers
    assert table is not None
    assert tuple(table.column_names) == TABLES["provider"].names
    assert table.to_pylist()[0]["practice_name"] == "Elm Street Family Practice"


def test_only_the_members_own_choices_go_over() -> None:
    choose("1", "100", date(2026, 1, 5), FROM_FEED)
    choose("1", "200", date(2026, 2, 5), FROM_MEMBER)
    table = portal_data(PLAN).pcp_selections
    assert table is not None
    assert table.to_pylist() == [{"member_id": "1", "npi": "200", "selected_on": date(2026, 2, 5)}]


def test_stays_that_hospitals_reported_go_over_in_the_columns_of_the_feed() -> None:
    stay = {
        "admission_date": date(2026, 3, 1),
        "facility_npi": "1427100957",
        "hospital": "Elm Hospital",
        "hospital_state": "CT",
        "attending": "Stone, Victor",
        "discharge_date": None,
        "diagnosis_code": "J189",
    }
    Admission.create(client_id="1", **stay)
    table = portal_data(PLAN).admissions
    assert table is not None
    assert tuple(table.column_names) == TABLES["admission"].names
    assert table.to_pylist() == [
        {name: {"member_id": "1", **stay}[name] for name in TABLES["admission"].names}
    ]


def test_an_empty_portal_knows_nothing_but_the_programs() -> None:
    data = portal_data(PLAN)
    assert (data.providers, data.pcp_selections, data.opt_outs, data.admissions) == (None,) * 4
    assert data.consents is not None
    assert data.consents.num_rows == 0
    assert (data.programs["husky a"], data.programs["chip"], data.programs["lb"]) == (
        "HUSKY A",
        "HUSKY B",
        "HUSKY LB",
    )
