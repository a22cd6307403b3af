"""Changed since last refresh, as a practice sees it; and the mail that tells of new reports."""

import pytest
from peewee import DatabaseProxy

from tests.harness.application import settings
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.panel_rows import panel_row, publish_panel
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.integration.office_walk import MINE, NOT_MINE, make_account, sign_in
from webapp.domain.account import accounts
from webapp.domain.member import consent
from webapp.domain.outbox import OutboxMessage
from webapp.domain.reporting import report_mails
from webapp.domain.reporting.report_inputs import note_refreshed, portal_data

URL = f"/providers/reports/changes?report=adult-diabetes&tin={MINE}"
NOTHING_DUE = dict.fromkeys(("hba1c_due", "ldl_c_due", "nephropathy_due", "retinal_exam_due"), "")


def member(number: int, name: str, *due: str) -> dict[str, str]:
    return diabetic(number, member_name=name, **NOTHING_DUE | {f"{key}_due": "Due" for key in due})


@pytest.fixture
def office(client: Client) -> Client:
    add_provider()
    make_account("office", MINE)
    sign_in(client)
    return client


def publish_twice() -> None:
    ann, bea, cat, dan = "Ash, Ann", "Birch, Bea", "Cole, Cat", "Dale, Dan"
    publish("adult-diabetes", {MINE: [member(1, ann, "hba1c"), member(2, bea, "ldl_c"), member(3, cat)]})
    publish(
        "adult-diabetes",
        {MINE: [member(1, ann, "hba1c", "ldl_c"), member(2, bea), member(4, dan, "hba1c")]},
    )


def listed(page: Page) -> list[tuple[str, str]]:
    return [(row["Member Name"], row.get("Test", "")) for row in page.table()]


def test_gaps_opened_and_closed_and_members_who_came_and_went(office: Client) -> None:
    publish_twice()
    page = office.get(f"/providers/reports?report=adult-diabetes&tin={MINE}").click(
        "Changed since last refresh"
    )
    assert page.heading == "Changed since last refresh"
    assert listed(page) == [("Ash, Ann", "LDL-C"), ("Dale, Dan", "HbA1c")]
    assert listed(page.click("1 Closed gaps")) == [("Birch, Bea", "LDL-C")]
    assert listed(page.click("1 Members who joined")) == [("Dale, Dan", "")]
    assert listed(page.click("1 Members who left")) == [("Cole, Cat", "")]


def test_members_who_opted_out_are_in_no_list(office: Client) -> None:
    publish_twice()
    consent.opt_out(["007000001", "007000003"])
    page = office.get(URL)
    assert listed(page) == [("Dale, Dan", "HbA1c")]
    assert "0 Members who left" in page.text


def test_members_who_opted_out_are_in_no_list_after_the_next_refresh_either(office: Client) -> None:
    """That one is made without them, so that the one before would tell that they left: what it was about, too."""
    consent.opt_out(["007000003"])
    publish_twice()
    note_refreshed(portal_data())
    page = office.get(URL)
    assert "0 Members who left" in page.text
    assert "Cole, Cat" not in page.click("0 Members who left").text


def test_the_panel_tells_who_joined_and_left_and_leads_to_their_sheets(office: Client) -> None:
    publish_panel({MINE: [panel_row("1", "Ash, Ann")]})
    publish_panel({MINE: [panel_row("2", "Birch, Bea")]})
    page = office.get(f"/providers/reports/changes?report=patient-panel&tin={MINE}")
    assert "New gaps" not in page.text
    assert page.click("Birch, Bea").heading == "Pre-visit sheet"
    assert "Ash, Ann" not in page.click("1 Members who left").links()


def test_from_a_members_sheet_back_to_the_list_is_back_to_the_changes(office: Client) -> None:
    publish_panel({MINE: [panel_row("007000001", "Ash, Ann"), panel_row("007000002", "Birch, Bea")]})
    publish_twice()
    closed = office.get(URL).click("1 Closed gaps")
    back = closed.click("Birch, Bea").click("Back to the list")
    assert (back.heading, listed(back)) == ("Changed since last refresh", [("Birch, Bea", "LDL-C")])


def test_after_the_first_refresh_there_is_nothing_to_compare_with_yet(office: Client) -> None:
    assert "Nothing to compare with yet" in office.get(URL).text
    publish("adult-diabetes", {MINE: [member(1, "Ash, Ann", "hba1c")]})
    assert "Nothing to compare with yet" in office.get(URL).text


def test_a_long_list_is_paged_and_holds_every_change_once(office: Client) -> None:
    publish("adult-diabetes", {NOT_MINE: [member(999, "Else, Eve", "hba1c")]})
    publish(
        "adult-diabetes",
        {MINE: [diabetic(number, **NOTHING_DUE | {"hba1c_due": "Due"}) for number in range(120)]},
    )
    page, found = office.get(URL), []
    while True:
        found += [row["Client ID Number"] for row in page.table()]
        if "Next" not in page.links():
            break
        page = page.click("Next")
    assert len(found) == len(set(found)) == 120


def test_another_practices_changes_are_not_found(office: Client) -> None:
    publish_twice()
    office.get(URL.replace(MINE, NOT_MINE), status=404)
    office.get("/providers/reports/changes", status=404)


# --- the mail ---


@pytest.fixture
def reader(database: DatabaseProxy) -> accounts.Account:
    account = make_account("office", MINE)
    accounts.confirm_email(account.id, account.email)
    return account


def queue(database_url: str) -> int:
    return report_mails.queue_new_reports(settings(database_url, PORTAL_BASE_URL="https://portal.example"))


def test_the_mail_says_that_there_is_something_new_and_nothing_else(
    reader: accounts.Account, database_url: str
) -> None:
    assert queue(database_url) == 1
    mail = OutboxMessage.get()
    assert (mail.recipient, mail.subject) == ("office@practice.example", "New reports are ready")
    assert "https://portal.example/providers/login" in mail.body
    assert "Elm Street" not in mail.body
    assert MINE not in mail.body


def test_at_most_one_a_day(reader: accounts.Account, database_url: str, clock: Hands) -> None:
    assert [queue(database_url), queue(database_url)] == [1, 0]
    clock.advance(days=1)
    assert queue(database_url) == 1


def test_only_who_may_read_reports_at_a_confirmed_address_is_told(
    reader: accounts.Account, database_url: str
) -> None:
    make_account("unconfirmed", MINE)
    waiting = make_account("waiting", MINE, access="requested")
    accounts.confirm_email(waiting.id, waiting.email)
    queue(database_url)
    assert [mail.recipient for mail in OutboxMessage.select()] == ["office@practice.example"]


def test_an_account_with_two_practices_gets_one(database: DatabaseProxy, database_url: str) -> None:
    account = make_account("both", MINE, NOT_MINE)
    accounts.confirm_email(account.id, account.email)
    assert queue(database_url) == 1


def test_it_comes_in_the_accounts_language(reader: accounts.Account, database_url: str) -> None:
    accounts.Account.update(language="es").execute()
    queue(database_url)
    assert OutboxMessage.get().subject == "Hay informes nuevos"


def test_each_account_switches_it_off_and_on(
    client: Client, reader: accounts.Account, database_url: str
) -> None:
    sign_in(client)
    label = "Send me an email when new reports are ready"
    page = client.get("/providers/profile").fill({label: False}).submit("Save")
    assert page.notices == ["You will get no email about new reports."]
    assert queue(database_url) == 0
    page = page.fill({label: True}).submit("Save")
    assert page.notices == ["You will get an email when new reports are ready."]
    assert queue(database_url) == 1
