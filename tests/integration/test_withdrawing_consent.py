"""What a member's consent showed to a practice is withheld the moment it is withdrawn or over: on the page, in the
download, at the command line, and by no order of the rows to be guessed."""

import pytest

from tests.harness.clock import TODAY, Hands
from tests.harness.pages import Client
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import publish
from tests.integration.office_walk import make_account, sign_in
from webapp.config import read_plan
from webapp.domain.member import consent
from webapp.domain.reporting import report_pages
from webapp.domain.reporting.report_inputs import note_refreshed, portal_data

TIN, OTHER_TIN = "061110001", "061110002"
SLUG = "admissions"
URL = f"/providers/reports?report={SLUG}&tin={TIN}"

#: By Client ID: what stands in the stored row. The first is shown by consent, the second withheld, the others plain.
DIAGNOSES = {"1": ("F33.2", "bh"), "2": ("withheld", ""), "3": ("A41.9", ""), "4": ("Z38.00", "")}
SHOWN = "1"


def stay(client_id: str) -> dict[str, str]:
    code, consented = DIAGNOSES[client_id]
    return {
        "pcp_number": "004100001",
        "pcp_name": "Diaz, Rosa",
        "member_name": f"Member{client_id}, Ana",
        "client_id": client_id,
        "date_of_birth": "1980-05-17",
        "gender": "F",
        "program": "HUSKY D",
        "hospital": f"Hospital {client_id}" if code != "withheld" else "withheld",
        "hospital_state": "CT",
        "attending": "Stone, Victor",
        "admission_date": "2026-03-10",
        "discharge_date": "",
        "diagnosis_code": code,
        "diagnosis": f"Text of {code}" if code != "withheld" else code,
        "consented": consented,
    }


@pytest.fixture
def office(client: Client) -> Client:
    """A signed-in practice that may read the report."""
    add_provider()
    publish(SLUG, {TIN: [stay(client_id) for client_id in DIAGNOSES]})
    make_account("office", TIN, role="Office Manager")
    sign_in(client)
    return client


def told() -> dict[str, str]:
    """The diagnosis code of each member as the command line prints it."""
    rows = report_pages.whole_report(SLUG, TIN).rows()
    return {row["client_id"]: row["diagnosis_code"] for row in rows}


def order(office: Client, key: str) -> list[str]:
    """The Client IDs in the order in which the page lists them, sorted by a column."""
    text = office.get(f"{URL}&sort={key}").text
    return sorted(DIAGNOSES, key=lambda client_id: text.index(f"Member{client_id}, Ana"))


def test_a_withdrawn_consent_withholds_at_once_wherever_the_report_is_read(office: Client) -> None:
    given = consent.give_consent(SHOWN, "bh")
    assert "F33.2" in office.get(URL).text
    consent.withdraw_consent(SHOWN, given.id)
    page = office.get(URL).text
    assert "F33.2" not in page
    assert "Hospital 1" not in page
    assert "Member1, Ana" in page
    assert "4 rows" in page
    download = office.get(f"/providers/reports/{SLUG}.csv?tin={TIN}").html
    assert "F33.2" not in download
    assert "withheld" in download
    assert told() == {"1": "withheld", "2": "withheld", "3": "A41.9", "4": "Z38.00"}


def test_a_hospital_that_a_consent_named_beside_a_withheld_diagnosis_is_withheld_too(office: Client) -> None:
    """The stay was about HIV in a psychiatric hospital, and behavioral health alone was to be shown."""
    publish(SLUG, {TIN: [stay("2") | {"hospital": "Oak House"}, stay("3")]})
    given = consent.give_consent("2", "bh")
    assert "Oak House" in office.get(URL).text
    consent.withdraw_consent("2", given.id)
    assert "Oak House" not in office.get(URL).text
    assert "Oak House" not in office.get(f"/providers/reports/{SLUG}.csv?tin={TIN}").html
    assert "Hospital 3" in office.get(URL).text


def test_what_no_consent_showed_stays_as_it_is(office: Client) -> None:
    given = consent.give_consent("3", "bh")
    consent.withdraw_consent("3", given.id)
    assert told()["3"] == "A41.9"


@pytest.mark.parametrize("key", ["diagnosis_code", "diagnosis", "hospital"])
def test_the_order_of_the_rows_does_not_tell_what_is_withheld(office: Client, key: str) -> None:
    given = consent.give_consent(SHOWN, "bh")
    consent.withdraw_consent(SHOWN, given.id)
    withheld = [client_id for client_id in order(office, key) if told()[client_id] == "withheld"]
    assert withheld == ["1", "2"]  # as printed, one after the other
    listed = order(office, key)
    assert abs(listed.index("1") - listed.index("2")) == 1


def test_a_consent_whose_last_day_is_over_withholds(office: Client, clock: Hands) -> None:
    consent.give_consent(SHOWN, "bh", ends_on=TODAY)
    assert told()[SHOWN] == "F33.2"
    clock.advance(days=1)
    assert told()[SHOWN] == "withheld"


def test_the_end_of_a_consent_to_another_practice_changes_nothing_here(office: Client) -> None:
    given = consent.give_consent(SHOWN, "bh", tin=OTHER_TIN)
    consent.withdraw_consent(SHOWN, given.id)
    assert told()[SHOWN] == "F33.2"


def test_a_refresh_of_everything_ends_the_withholding_at_reading(office: Client) -> None:
    given = consent.give_consent(SHOWN, "bh")
    consent.withdraw_consent(SHOWN, given.id)
    report = report_pages.find_report(SLUG)
    assert consent.withheld_now(report, (TIN,)) == (SHOWN,)
    note_refreshed(portal_data(read_plan()))
    assert consent.withheld_now(report, (TIN,)) == ()
