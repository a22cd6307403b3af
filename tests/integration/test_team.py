"""Team and practices: what an Office Manager sees and does, what others see, invitations, leaving, and joining."""

import re
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.integration.office_walk import ALSO_MINE, MINE, NOT_MINE, make_account, sign_in
from webapp.domain import audit, mailbox
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import practices, registration_codes
from webapp.domain.practice.practices import PracticeAccess
from webapp.domain.practice.registration_codes import RegistrationCode

TABLE = f"/providers/reports?report=adult-diabetes&tin={MINE}"


@pytest.fixture
def plan(app: Any) -> None:
    add_provider()
    add_provider(npi="1000000012", tin=ALSO_MINE, practice_name="Oak Street")
    add_provider(npi="1000000020", tin=NOT_MINE, practice_name="Elsewhere")
    publish("adult-diabetes", {MINE: [diabetic(1)], ALSO_MINE: [diabetic(2)]})


@pytest.fixture
def manager(plan: None, client: Client) -> Account:
    """The Office Manager of MINE, signed in."""
    account = make_account("manager")
    practices.join_practice(account, MINE, "Office Manager", "approved")
    sign_in(client, "manager")
    return account


@pytest.fixture
def staff(plan: None, new_client: Any) -> Client:
    """A colleague's browser, with access to the reports of MINE."""
    make_account("staff", MINE)
    browser: Client = new_client(address="203.0.113.9")
    sign_in(browser, "staff")
    return browser


def tie(username: str, tin: str = MINE) -> PracticeAccess:
    account = Account.get(Account.username == username)
    return PracticeAccess.get(PracticeAccess.account == account, PracticeAccess.tin == tin)


def invite(client: Client, email: str = "new@practice.example", role: str = "Office Staff") -> Page:
    page = client.get("/providers/team")
    return page.fill({"Email Address": email, "Role": role}).submit("Send the invitation")


def codes_sent(email: str) -> list[str]:
    """The registration codes in the mails to an address, the oldest first."""
    bodies = [letter.body for letter in reversed(mailbox.latest(email))]
    return [found for body in bodies for found in re.findall(r"^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$", body, re.M)]


def subjects(email: str) -> list[str]:
    return [letter.subject for letter in reversed(mailbox.latest(email))]


def invitations(page: Page) -> list[tuple[str, str]]:
    return [(row["Email"], row["State"]) for row in page.table("Invitations")]


# --- what is seen ---


def test_an_office_manager_sees_everybody_of_the_practice(client: Client, manager: Account) -> None:
    make_account("claims", MINE, access="none")
    make_account("elsewhere", NOT_MINE)
    page = client.get("/providers/team")
    rows = page.table("People of this practice")
    assert [(row["Email"], row["Report access"]) for row in rows] == [
        ("manager@practice.example", "Approved"),
        ("claims@practice.example", "Not requested"),
    ]
    assert rows[0]["Change"] == "You"
    assert "Name a second Office Manager" in page.notices[0]


def test_nobody_is_urged_where_there_are_two(client: Client, manager: Account) -> None:
    practices.join_practice(make_account("second"), MINE, "Office Manager", "approved")
    assert client.get("/providers/team").notices == []


@pytest.mark.parametrize("access", [state for state in practices.STATES if state != "approved"])
def test_an_office_manager_without_approval_manages_nothing(client: Client, plan: None, access: str) -> None:
    account = make_account("new")
    practices.join_practice(account, MINE, "Office Manager", access)
    make_account("staff", MINE)
    sign_in(client, "new")
    page = client.get("/providers/team")
    assert "staff@practice.example" not in page.html
    assert "as soon as your report access is approved" in page.text
    client.post(f"/providers/team?tin={MINE}", {"email": "x@y.example", "role": "Other"}, status=404)
    client.get(f"/providers/team/{tie('staff').id}", status=404)
    client.get(f"/providers/team/downloads?tin={MINE}", status=404)
    assert RegistrationCode.select().count() == 0


def test_others_see_their_own_place_and_whom_to_ask(manager: Account, staff: Client) -> None:
    make_account("claims", MINE, access="none")
    page = staff.get("/providers/team")
    assert "manager@practice.example" in page.text
    assert "claims@practice.example" not in page.html
    assert page.facts["Your role"] == "Office Staff"


@pytest.mark.parametrize("tin", [NOT_MINE, "000000000", "x'--", "%00", "9" * 5_000])
def test_another_practices_team_is_not_found_and_noted(client: Client, manager: Account, tin: str) -> None:
    for path in ("team", "team/downloads", "practices/remove"):
        client.get(f"/providers/{path}?tin={tin}", status=404)
    client.post(f"/providers/team?tin={tin}", {"email": "x@y.example", "role": "Other"}, status=404)
    assert AuditEntry.select().where(AuditEntry.outcome == "refused").count() == 4


def test_people_and_invitations_of_another_practice_are_out_of_reach(
    client: Client, manager: Account, app: Any
) -> None:
    make_account("elsewhere", NOT_MINE)
    settings = app.config["SETTINGS"]
    row = registration_codes.issue(
        None, [NOT_MINE], "Other", "a@b.example", "en", Actor("support", ""), settings.plan, ""
    )
    for number in (tie("elsewhere", NOT_MINE).id, 999_999, tie("manager").id):
        client.get(f"/providers/team/{number}", status=404)
        client.post(f"/providers/team/{number}", {"role": "Other"}, status=404)
        client.post(f"/providers/team/{number}/remove", status=404)
    for go in ("resend", "withdraw"):
        client.post(f"/providers/team/invitations/{row.id}", {"go": go}, status=404)
    assert (tie("elsewhere", NOT_MINE).role, tie("manager").role) == ("Office Staff", "Office Manager")
    assert registration_codes.get(row.id).state == "open"  # type: ignore[union-attr]
    assert client.browser.get(f"/providers/team/{10**30}").status_code == 404


# --- changing and removing ---


def test_a_role_is_changed_and_told(client: Client, manager: Account, staff: Client) -> None:
    page = client.get(f"/providers/team/{tie('staff').id}")
    page = page.fill({"Role": "Office Manager"}).submit("Save")
    assert page.notices[0] == "The role was changed. The person was told by email."
    assert subjects("staff@practice.example") == ["Your role in a practice was changed"]
    assert "Send the invitation" in staff.get("/providers/team").buttons


def test_a_made_up_role_is_refused(client: Client, manager: Account, staff: Client) -> None:
    page = client.post(f"/providers/team/{tie('staff').id}", {"role": "Owner"}, status=422)
    assert page.errors == ["Choose a role."]


def test_who_is_removed_sees_no_row_from_the_next_click_on(
    client: Client, manager: Account, staff: Client
) -> None:
    assert "Member01" in staff.get(TABLE).text
    page = client.get("/providers/team").click("Change: Rosa Lake").click("Remove from the practice")
    page = page.submit("Remove this person")
    assert len(page.table("People of this practice")) == 1
    for url in (TABLE, f"/providers/reports/adult-diabetes.csv?tin={MINE}"):
        assert "Member01" not in staff.get(url, status=404).html
    assert subjects("staff@practice.example") == ["You no longer work for a practice in the portal"]


# --- invitations ---


def test_an_invitation_is_listed_resent_and_taken_back(client: Client, manager: Account) -> None:
    page = invite(client)
    assert "The invitation was sent." in page.notices[0]
    assert invitations(page) == [("new@practice.example", "Open")]
    page = page.submit("Send again: new@practice.example")
    first, second = codes_sent("new@practice.example")
    assert registration_codes.find(first) is None
    assert registration_codes.find(second) is not None
    page = page.submit("Take back: new@practice.example")
    assert invitations(page) == [("new@practice.example", "Taken back")]
    assert registration_codes.find(second) is None


def test_an_expired_invitation_is_sent_again_in_one_click(
    client: Client, manager: Account, clock: Hands
) -> None:
    invite(client)
    clock.advance(days=8)
    sign_in(client, "manager")
    page = client.get("/providers/team")
    assert invitations(page) == [("new@practice.example", "Expired")]
    assert invitations(page.submit("Send again: new@practice.example")) == [("new@practice.example", "Open")]


@pytest.mark.parametrize("email", ["STAFF@practice.example", " staff@Practice.Example "])
def test_who_works_there_already_is_not_invited(
    client: Client, manager: Account, staff: Client, email: str
) -> None:
    page = invite(client, email)
    assert page.errors == ["Somebody with this address works for the practice already. See the list above."]
    assert page.form("Send the invitation").values["role"] == "Office Staff"


def test_the_same_address_in_other_capitals_is_invited_once(client: Client, manager: Account) -> None:
    invite(client)
    page = invite(client, "New@Practice.Example")
    assert page.errors == ["This address has an open invitation. Below you can send it again."]
    assert RegistrationCode.select().count() == 1


@pytest.mark.parametrize(
    "email", ["", "no address", "x" * 10_000, "<b>@x.example", "a\x00b@x.example", "'\"@"]
)
def test_an_address_that_is_none_is_refused_at_its_field(
    client: Client, manager: Account, email: str
) -> None:
    page = client.post(f"/providers/team?tin={MINE}", {"email": email, "role": "Other"}, status=422)
    assert len(page.errors) == 1
    assert OutboxMessage.select().count() == 0


def test_nobody_sends_more_invitations_in_a_day_than_the_plan_lets(
    client: Client, manager: Account, app: Any
) -> None:
    most = app.config["SETTINGS"].plan["team"]["invitations_a_day"]
    for number in range(most):
        data = {"email": f"p{number}@x.example", "role": "Other"}
        client.post(f"/providers/team?tin={MINE}", data, follow=False)
    page = invite(client)
    assert "as many invitations as one person may in a day" in page.errors[0]
    assert RegistrationCode.select().count() == most


# --- joining with an account that is there already ---


def test_who_has_an_account_joins_after_signing_in(client: Client, manager: Account, new_client: Any) -> None:
    make_account("nora", NOT_MINE)
    invite(client, "NORA@practice.example", "Nurse/Medical Assistant")
    assert "You are invited to join a practice" in subjects("NORA@practice.example")
    [code] = codes_sent("NORA@practice.example")
    nora = new_client(address="203.0.113.7")
    sign_in(nora, "nora")
    page = nora.get("/providers/practices").click("Enter a registration code")
    page = page.fill({"Registration Code": f" {code.lower().replace('-', ' ')} "}).submit("Next")
    assert page.facts["Practice"] == "Elm Street Family Practice"
    nora.get(TABLE, status=404)
    page = page.submit("Join the practice")
    assert page.heading == "Practices"
    assert "Member01" in nora.get(TABLE).text
    assert invitations(client.get("/providers/team")) == [("NORA@practice.example", "Accepted")]
    page = nora.post("/providers/practices/join", {"code": code}, status=422)
    assert "used before" in page.errors[0]


def test_a_code_grants_no_more_than_its_issuer_holds_now(
    client: Client, manager: Account, new_client: Any
) -> None:
    make_account("nora")
    invite(client, "nora@practice.example")
    [code] = codes_sent("nora@practice.example")
    PracticeAccess.update(report_access="expired").where(PracticeAccess.account == manager).execute()
    nora = new_client(address="203.0.113.7")
    sign_in(nora, "nora")
    nora.post("/providers/practices/join", {"code": code, "go": "join"}, status=200)
    assert tie("nora").report_access == "none"


def test_nobody_takes_up_their_own_invitation_or_one_they_do_not_need(
    client: Client, manager: Account, staff: Client
) -> None:
    invite(client)
    [code] = codes_sent("new@practice.example")
    page = client.post("/providers/practices/join", {"code": code, "go": "join"}, status=422)
    assert page.errors == ["You sent this invitation yourself. It is for somebody else."]
    page = staff.post("/providers/practices/join", {"code": code, "go": "join"}, status=422)
    assert page.errors == ["You work for this practice already, with access to its reports."]
    assert registration_codes.find(code) is not None


@pytest.mark.parametrize("code", ["", "x", "AB12-CD34-EF56-GH78", "\x00" * 16, "ñ" * 10_000, "'--"])
def test_a_code_that_nobody_sent_is_refused(client: Client, manager: Account, code: str) -> None:
    page = client.post("/providers/practices/join", {"code": code}, status=422)
    assert len(page.errors) == 1


# --- who downloaded what ---


def test_a_manager_sees_who_downloaded_what(client: Client, manager: Account, staff: Client) -> None:
    assert "Nobody has downloaded" in client.get("/providers/team/downloads").text
    staff.get(f"/providers/reports/adult-diabetes.csv?tin={MINE}")
    staff.get(f"/providers/reports/adult-diabetes.xlsx?tin={MINE}")
    page = client.get("/providers/team").click("Who downloaded which report")
    rows = page.table()
    assert [(row["Person"], row["Report"], row["File"], row["Rows"]) for row in rows] == [
        ("Rosa Lake", "Adult Diabetes Screening Tests", "XLSX", "1"),
        ("Rosa Lake", "Adult Diabetes Screening Tests", "CSV", "1"),
    ]
    assert rows[0]["Report ID"].startswith("adult-diabetes-2026-03-25-")
    # Longer than half a phone: it must be free to break.
    assert page.tree.xpath("//td[@data-label='Report ID'][not(contains(@class, 'id'))]")


def test_the_downloads_of_other_practices_are_not_listed(client: Client, manager: Account) -> None:
    other = make_account("other", ALSO_MINE)
    actor = Actor("provider", "", other.id)
    for number in range(120):
        tin = MINE if number % 2 else ALSO_MINE
        audit.record(actor, "download", subject=f"report:adult-diabetes:{tin}", detail=f"csv, {number} rows")
    page = client.get("/providers/team/downloads")
    assert "Showing 1 to 50 of 60" in page.text
    assert page.table()[0]["Rows"] == "119"
    assert len(client.get(f"/providers/team/downloads?tin={MINE}&page=99").table()) == 10


# --- practices ---


def test_leaving_a_practice_asks_first_and_ends_access_at_once(plan: None, staff: Client) -> None:
    page = staff.get("/providers/practices").click(
        f"Remove from my account: Elm Street Family Practice – {MINE}"
    )
    assert staff.get(TABLE).status == 200
    page = page.submit("Remove the practice")
    assert page.heading == "Practices"
    assert "No practice belongs to this account yet." in page.text
    staff.get(TABLE, status=404)


def test_the_only_office_manager_must_know_what_leaving_means(
    client: Client, manager: Account, staff: Client
) -> None:
    page = client.get(f"/providers/practices/remove?tin={MINE}")
    assert "You are the only Office Manager of this practice" in page.notices[0]
    page = page.submit("Remove the practice")
    assert page.errors == ["Check this box to remove the practice all the same."]
    told = "I know that nobody will be left to invite and remove people of this practice."
    assert page.fill({told: True}).submit("Remove the practice").heading == "Practices"
    assert "has report access yet" in staff.get("/providers/team").text


def test_a_practice_is_added_with_the_picker_and_needs_approval(staff: Client) -> None:
    page = staff.get("/providers/practices").click("Add a practice")
    page = page.fill({"Provider Tax ID Number": "06-1110003"}).submit("Search")
    page = page.submit("Select All Providers").submit("Add Providers").submit("Add Providers").submit("Next")
    page = page.fill({"I am a(n)": "Office Manager"}).submit("Add the practice")
    assert page.heading == "Patient Reports"
    assert "To read its reports, ask for access here." in page.notices[0]
    assert (tie("staff", NOT_MINE).role, tie("staff", NOT_MINE).report_access) == ("Office Manager", "none")
    staff.get(f"/providers/reports?report=adult-diabetes&tin={NOT_MINE}", status=404)
    assert staff.get("/providers/practices").click("Add a practice").heading.endswith("ADD PROVIDER")


def test_adding_a_practice_shows_one_thing_to_do_next_at_each_turn(staff: Client) -> None:
    def first(page: Page) -> list[str]:
        return [str(one.text_content()) for one in page.tree.xpath("//main//button[@class='btn']")]

    page = staff.get("/providers/practices/add/add-provider")
    assert first(page) == ["Search"]
    page = page.fill({"Provider Tax ID Number": MINE}).submit("Search").submit("Select All Providers")
    assert first(page) == ["Add Providers"]
    page = page.submit("Add Providers").submit("Add Providers")
    assert first(page) == ["Next"]


def test_adding_the_own_practice_again_makes_nobody_an_office_manager(staff: Client) -> None:
    page = staff.get("/providers/practices/add/add-provider")
    page = page.fill({"Provider Tax ID Number": MINE}).submit("Search")
    page = page.submit("Select All Providers").submit("Add Providers").submit("Add Providers").submit("Next")
    page.fill({"I am a(n)": "Office Manager"}).submit("Add the practice")
    assert (tie("staff").role, tie("staff").report_access) == ("Office Staff", "approved")
