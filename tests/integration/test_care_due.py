"""Care you are due for, and coverage: what a member sees of the reports that the PCP's office reads."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar

from reports.tables import ATTRIBUTION, Attribution, ReportPublished
from tests.harness.pages import Client
from tests.harness.plan_rows import TODAY, add_member, add_provider, add_span
from tests.harness.report_rows import diabetic, publish
from webapp.domain.account import accounts
from webapp.domain.audit import AuditEntry
from webapp.domain.member import consent
from webapp.domain.member.care_words import CARE

ANA, BEN, CARLOS = "001234567", "001234568", "001234569"
TIN = "061110001"


def add_person(client_id: str, first_name: str, years: int, **given: object) -> None:
    born = date(TODAY.year - years, 1, 15)
    add_member(client_id, first_name=first_name, subscriber_id=ANA, birth_date=born, **given)
    add_span(client_id, date(TODAY.year - 1, 1, 1))


@pytest.fixture
def ana(client: Client) -> Client:
    """Ana with diabetes, her son Ben of 9, and a grown son Carlos; the office of Dr. Diaz has Ana and Ben."""
    add_person(ANA, "Ana", 40, renewal_on=TODAY + timedelta(days=45))
    add_person(BEN, "Ben", 9)
    add_person(CARLOS, "Carlos", 22)
    provider = add_provider(telephone="8605550101")
    for client_id in (ANA, BEN, CARLOS):
        Attribution.create(
            snapshot_id=900, client_id=client_id, npi=provider.npi, tin=TIN, kind="Attribution",
            effective_on=date(TODAY.year, 2, 1),
        )  # fmt: skip
    ReportPublished.create(slug=ATTRIBUTION, snapshot_id=900)
    ours = {"hba1c_due": "Due", "hba1c_date": "2025-08-04", "ldl_c_due": "", "ldl_c_date": "2026-01-09"}
    rest = dict.fromkeys(("nephropathy_date", "nephropathy_due", "retinal_exam_date", "retinal_exam_due"), "")
    publish(
        "adult-diabetes",
        {
            TIN: [diabetic(1, client_id=ANA, **ours, **rest), diabetic(2, client_id=CARLOS, hba1c_due="Due")],
            "061110002": [diabetic(3, client_id=ANA, retinal_exam_due="Due")],
        },
    )
    accounts.create_account(
        portal="member", username="ana", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id=ANA,
    )  # fmt: skip
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    return client


def test_the_home_page_names_the_care_that_is_due(ana: Client) -> None:
    page = ana.get("/members/home")
    assert "A1C blood test" in page.text
    assert "Cholesterol blood test" not in page.text


def test_due_care_says_what_it_is_for_what_to_do_and_whom_to_call(ana: Client) -> None:
    text = ana.get("/members/home").click("See what to do next").text
    assert "A1C blood test: Due" in text
    assert "Last time: 08/04/2025" in text
    assert "Call your PCP's office. Say that you are due for this test." in text
    assert "8605550101" in text


def test_care_that_is_up_to_date_is_shown_apart(ana: Client) -> None:
    text = ana.get("/members/care").text
    assert "1 kind of care is up to date" in text
    assert "Cholesterol blood test – 01/09/2026" in text


def test_only_what_the_members_own_practice_reads_is_shown(ana: Client) -> None:
    assert "Diabetes eye exam" not in ana.get("/members/care").text


def test_a_grown_child_is_not_shown(ana: Client) -> None:
    assert "Carlos" not in ana.get("/members/care").text


def test_a_child_with_nothing_due_is_said_to_be_fine(ana: Client) -> None:
    page = ana.get("/members/care")
    assert "Ben" in page.text
    assert "Nothing is due now." in page.text


def test_someone_who_opted_out_is_told_why_there_is_no_list(ana: Client) -> None:
    consent.opt_out([BEN])
    assert "You chose not to share medical information." in ana.get("/members/care").text


def test_looking_is_written_to_the_audit_log(ana: Client) -> None:
    ana.get("/members/care")
    seen = {entry.subject for entry in AuditEntry.select().where(AuditEntry.action == "open-member")}
    assert {f"member:{ANA}", f"member:{BEN}"} <= seen


def test_coverage_says_covered_until_when_and_how_to_renew(ana: Client) -> None:
    page = ana.get("/members/coverage")
    assert "Covered today" in page.text
    assert "45 days are left to renew." in page.text
    assert "pay stubs" in page.text


def test_the_renewal_goes_into_a_calendar_and_names_nobody(ana: Client) -> None:
    link = next(
        url for text, url in ana.get("/members/coverage").links().items() if text == "Add to my calendar"
    )
    response = ana.browser.get(link)
    assert response.headers["Content-Type"].startswith("text/calendar")
    event = Calendar.from_ical(response.data).walk("VEVENT")[0]
    assert event["DTSTART"].dt == TODAY + timedelta(days=45)
    assert len(event.walk("VALARM")) == 2
    assert "Ana" not in response.text


def test_no_key_but_ones_own_opens_a_calendar_file(ana: Client) -> None:
    ana.get("/members/coverage/nonsense.ics", status=404)


def test_every_test_of_the_reports_has_words_for_members() -> None:
    from reports.catalog import in_group

    assert {test.key for report in in_group("gaps") for test in report.tests} == set(CARE)
