"""A stolen password that tries to download everything, and what stops it; the console's room Downloads."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, generated, publish
from tests.integration.profile_walk import last_mail, mailed_code, make_rosa, sign_in
from tests.integration.support_walk import acting, at_work, make_staff
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import practices
from webapp.domain.reporting import download_guard
from webapp.domain.reporting.download_guard import ReportDownload
from webapp.domain.support import staff

TIN = "061110001"
CSV = f"/providers/reports/adult-diabetes.csv?tin={TIN}"
PANEL = f"/providers/reports/patient-panel.csv?tin={TIN}"
REPORT = f"/providers/reports?report=adult-diabetes&tin={TIN}"
PRINT = f"{REPORT}&print=1"
THIEF = "203.0.113.66"


@pytest.fixture
def app(make_app: Callable[..., Flask], tmp_path: Path) -> Flask:
    """Budgets that two files reach: 300 rows, and 60 from a new device."""
    (tmp_path / "plan.toml").write_text("[downloads]\nleast_rows = 1\nnew_device_least_rows = 60\n")
    return make_app(PORTAL_PLAN=str(tmp_path / "plan.toml"))


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


@pytest.fixture
def rosa(app: Flask, clock: Hands) -> Account:
    """An office's person with a manager beside her, who signed in at the office yesterday: 60 and 40 rows."""
    add_provider()
    publish("adult-diabetes", {TIN: [diabetic(number) for number in range(60)]})
    publish("patient-panel", {TIN: [generated("patient-panel", number) for number in range(40)]})
    account = make_rosa()
    practices.join_practice(account, TIN, "Office Staff", "approved")
    manager = make_rosa(username="boss", email="boss@practice.example")
    practices.join_practice(manager, TIN, "Office Manager", "approved")
    audit.record(Actor("provider", "127.0.0.1", account.id), "sign-in", detail="")
    clock.advance(hours=30)
    return account


def steal(client: Client) -> Client:
    """The client from somewhere else, signed in with the right password."""
    client.address = THIEF
    sign_in(client)
    return client


def lines(page: Page) -> dict[str, str]:
    """The two-cell lines over a file's table."""
    text = page.response.get_data(as_text=True).removeprefix("\ufeff")
    return {line[0]: line[1] for line in csv.reader(io.StringIO(text)) if len(line) == 2}


def test_a_stolen_password_that_tries_to_download_everything_is_stopped(
    client: Client, new_client: Any, rosa: Account
) -> None:
    thief = steal(client)
    # The first file fits into the small budget of a new device, and the Office Manager is told at once.
    report_id = lines(thief.get(CSV))["Report ID"]
    assert last_mail().recipient == "boss@practice.example"
    assert last_mail().subject == "Unusual downloads in your practice"
    # The next one does not: a code is asked for, and it goes to the owner's address.
    page = thief.get(PANEL)
    assert page.heading == "One more step before this download"
    page = page.submit("Send me a code")
    assert last_mail().recipient == "rosa@practice.example"
    code = mailed_code()
    for guess in ("000000", "111111", "22 22 22", "<b>", "9" * 5000):
        if guess != code:
            page = page.fill({"Verification code": guess}).submit("Download")
            assert page.status == 422
            assert page.errors == [
                "That code is not right, or it is too old. Check it, or ask for a new one."
            ]
    assert (
        page.fill({"Verification code": code}).submit("Download").status == 422
    )  # five tries, then it is dead
    # No other file opens either, and nothing more was counted.
    assert thief.get(CSV).heading == "One more step before this download"
    assert thief.get(CSV.replace(".csv", ".xlsx")).heading == "One more step before this download"
    assert ReportDownload.select().count() == 1
    # The manager calls; support finds the download by the ID in the file and holds the account.
    desk = new_client()
    at_work(desk, staff.PROVIDER_SERVICES)
    page = desk.get("/support/downloads")
    page = page.fill({"Report ID, last name, username or Tax ID": report_id}).submit("Search")
    assert [row["Report ID"] for row in page.table()] == [report_id]
    assert page.table()[0]["To note"] == "New device"
    page = page.click("Lake, Maria")
    assert page.submit("Hold the downloads now").errors == ["Enter a reason: a ticket number or a sentence."]
    page = page.fill({"Reason": "Stolen password, ticket 7"}).submit("Hold the downloads now")
    assert page.facts["Reason"] == "Stolen password, ticket 7"
    # Now nothing opens to anybody who has the password, and the page says whom to call.
    page = thief.get(PANEL, status=403)
    assert page.heading == "Your downloads are stopped"
    assert "1.877.606.5172" in page.text
    # Released, the owner downloads at the office as every day, without a code.
    page = desk.get(f"/support/downloads/{rosa.id}").fill({"Reason": "New password"})
    assert "The account can download again." in page.submit("Release the downloads").notices[0]
    office = new_client()
    sign_in(office)
    assert lines(office.get(PANEL))["Rows"] == "40"
    told = AuditEntry.select().where(AuditEntry.action.startswith("download-")).order_by(AuditEntry.id)
    assert [entry.detail for entry in told][-1]


def test_the_right_code_leads_to_the_very_file_that_was_asked_for(client: Client, rosa: Account) -> None:
    steal(client).get(CSV)
    page = client.get(f"{PANEL}&sort=member_name&dir=desc").submit("Send me a code")
    assert page.fill({"Verification code": "  "}).submit("Download").errors == [
        "Enter the code from the email."
    ]
    page = page.fill({"Verification code": mailed_code()}).submit("Download")
    assert page.url.endswith(f"{PANEL}&sort=member_name&dir=desc")
    assert lines(page)["Rows"] == "40"
    assert client.get(CSV).response.mimetype == "text/csv"  # the code opened another whole budget


def test_two_taps_on_a_right_code_both_lead_to_the_file(client: Client, rosa: Account) -> None:
    steal(client).get(CSV)
    page = client.get(PANEL).submit("Send me a code").fill({"Verification code": mailed_code()})
    assert lines(page.submit("Download"))["Rows"] == "40"
    assert lines(page.submit("Download"))["Rows"] == "40"


def test_an_office_that_downloads_its_reports_once_a_day_never_meets_a_code(
    client: Client, rosa: Account, clock: Hands
) -> None:
    for _day in range(3):
        sign_in(client)
        for url in (CSV, CSV.replace(".csv", ".xlsx"), PANEL, PANEL.replace(".csv", ".xlsx")):
            assert "attachment" in client.get(url).response.headers["Content-Disposition"]
        clock.advance(hours=24)
    assert OutboxMessage.select().count() == 0


@pytest.mark.parametrize(
    "to", ["", "//evil.example/a.csv", "https://evil.example/a.csv", "/support/audit.csv", "\x00"]
)
def test_the_page_of_the_code_leads_nowhere_but_to_a_report(to: str, client: Client, rosa: Account) -> None:
    sign_in(client)
    page = client.get("/providers/reports/code", query_string={"to": to})
    assert page.links()["Back to the report"] == "/providers/reports"


def test_codes_are_not_sent_as_fast_as_somebody_asks(client: Client, rosa: Account) -> None:
    sign_in(client)
    page = client.get("/providers/reports/code").submit("Send me a code").submit("Send again")
    assert page.submit("Send again").errors[0].startswith("There were too many wrong tries. Wait")
    assert OutboxMessage.select().count() == 2


def test_reading_goes_on_for_a_held_account_and_printing_does_not(client: Client, rosa: Account) -> None:
    download_guard.hold(rosa, "ticket", acting(make_staff(username="sue")))
    sign_in(client)
    assert "60 rows" in client.get(REPORT).text
    client.get(PRINT, status=403)
    client.get(CSV, status=403)


def test_what_is_printed_counts_as_what_is_downloaded(client: Client, new_client: Any, rosa: Account) -> None:
    thief = steal(client)
    printed = thief.get(PRINT)
    assert len(printed.table()) == 60
    noted = ReportDownload.get()
    assert (noted.form, noted.rows, noted.new_device) == ("page", 60, True)
    assert f"Report ID: {noted.report_id}" in printed.text
    assert last_mail().subject == "Unusual downloads in your practice"
    # The small budget of a new device is used up: the next one waits for the code, and then opens.
    page = thief.get(f"{PRINT}&due=1&sort=hba1c_date")
    assert page.heading == "One more step before this download"
    assert page.links()["Back to the report"] == f"{REPORT}&due=1&sort=hba1c_date"
    page = page.submit("Send me a code")
    printed = page.fill({"Verification code": mailed_code()}).submit("Print")
    assert printed.heading == "Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75"
    desk = new_client()
    at_work(desk, staff.PROVIDER_SERVICES)
    assert {row["File"] for row in desk.get("/support/downloads").table()} == {"On paper"}


def fill_the_lists(rosa: Account) -> None:
    for number in range(30):
        ReportDownload.create(
            report_id=f"adult-diabetes-2026-03-25-1-{number:03}", at=audit.clock.now(), account=rosa,
            slug="adult-diabetes", tin=TIN, form="csv", rows=number, new_device=number == 7,
        )  # fmt: skip


def test_the_room_pages_sorts_filters_and_exports(client: Client, rosa: Account) -> None:
    fill_the_lists(rosa)
    at_work(client, staff.PROVIDER_SERVICES)
    for sort in ("at", "person", "report", "tin", "rows"):
        for way in ("asc", ""):
            seen = [
                row["Report ID"]
                for page in (1, 2)
                for row in client.get(f"/support/downloads?sort={sort}&dir={way}&page={page}").table()
            ]
            assert len(seen) == len(set(seen)) == 30
    page = client.get("/support/downloads").click("Rows")
    assert page.table()[0]["Rows"] == "29"
    assert page.click("Rows").table()[0]["Rows"] == "0"
    assert len(client.get("/support/downloads").click("From new devices").table()) == 1
    for typed, found in (
        ("061110001", 25),
        ("LAKE", 25),
        ("adult-diabetes-2026-03-25-1-005", 1),
        ("%", 0),
        ("\x00", 25),
    ):
        page = client.get("/support/downloads")
        page = page.fill({"Report ID, last name, username or Tax ID": typed}).submit("Search")
        assert len(page.table() if page.tree.xpath("//table") else []) == found, typed
    text = client.get("/support/downloads.csv").response.get_data(as_text=True)
    assert len(text.splitlines()) == 31
    assert AuditEntry.select().where(AuditEntry.action == "export-downloads").count() == 1


def test_budgets_passed_and_holds_are_lists_of_their_own(client: Client, rosa: Account) -> None:
    steal(client).get(CSV)
    client.get(PANEL)
    client.address = "127.0.0.1"
    account = at_work(client)
    download_guard.hold(rosa, "=ticket", acting(account))
    assert client.get("/support/downloads").click("Budgets passed").table()[0]["Rows of that day"] == "60"
    assert client.get("/support/downloads").click("Holds").table()[0]["Reason"] == "=ticket"
    assert "'=ticket" in client.get("/support/downloads.csv?show=held").response.get_data(as_text=True)
    assert client.get("/support/downloads.csv?show=passed").status == 200


@pytest.mark.parametrize("role", [staff.MEMBER_SERVICES, staff.ELIGIBILITY])
def test_the_room_is_closed_to_other_roles(role: str, client: Client, rosa: Account) -> None:
    at_work(client, role)
    for url in ("/support/downloads", "/support/downloads.csv", f"/support/downloads/{rosa.id}"):
        client.get(url, status=403)


def test_holding_twice_says_so_and_a_member_has_no_page_there(client: Client, rosa: Account) -> None:
    account = at_work(client)
    page = client.get(f"/support/downloads/{rosa.id}")
    late = page.fill({"Reason": "Second"})
    page.fill({"Reason": "First"}).submit("Hold the downloads now")
    assert "That was done before" in late.submit("Hold the downloads now").notices[0]
    client.get(f"/support/downloads/{account.id}", status=404)
    client.get("/support/downloads/999999", status=404)
