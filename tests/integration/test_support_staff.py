"""The support console's staff: enrolment, signing in with the second step, roles, and the Staff room."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pyotp
import pytest
from click.testing import CliRunner
from flask import Flask

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.profile_walk import PASSWORD, shown, turn_on
from tests.integration.support_walk import acting, at_work, make_staff, sign_in
from webapp.cli import main
from webapp.domain.account import second_factor
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.support import staff
from webapp.domain.support.staff import Staff

SHELL = Actor("command", "")


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def enroll(client: Client, token: str, **given: str) -> Page:
    values = {
        "First Name": "Lena",
        "Last Name": "Okoro",
        "Username": "lena",
        "Password": PASSWORD,
        "Re-enter Password": PASSWORD,
        **given,
    }
    return client.get(f"/support/enroll/{token}").fill(values).submit("Make my account")


# --- enrolment ----------------------------------------------------------------------------------------


def test_a_new_person_enrolls_connects_an_app_and_reaches_the_desk(client: Client) -> None:
    page = enroll(client, staff.invite("lena@plan.example", staff.ELIGIBILITY, SHELL))
    assert (page.path, page.heading) == ("/support/profile/second-factor/code", "Connect your app")
    secret = page.main.xpath(".//code")[0].text_content().replace(" ", "")
    page = page.fill({"Code": shown(pyotp.TOTP(secret))}).submit("Turn on the second step")
    assert page.heading == "Recovery codes"
    assert len(page.main.xpath(".//ol/li")) == second_factor.RECOVERY_CODES
    page = client.get("/support")
    assert page.heading == "Welcome, Lena"
    assert "Eligibility office" in page.text


def test_nothing_opens_before_the_app_is_connected(client: Client) -> None:
    enroll(client, staff.invite("lena@plan.example", staff.SUPERVISOR, SHELL))
    assert client.get("/support").path == "/support/profile/second-factor"
    assert client.get("/support/staff").path == "/support/profile/second-factor"


def test_an_enrolment_address_works_once_and_for_seven_days(
    client: Client, new_client: Any, clock: Hands
) -> None:
    token = staff.invite("lena@plan.example", staff.ELIGIBILITY, SHELL)
    enroll(client, token)
    other = new_client()
    assert other.get(f"/support/enroll/{token}", status=404).heading == "This address does not work any more"
    token = staff.invite("max@plan.example", staff.ELIGIBILITY, SHELL)
    clock.advance(days=7, seconds=1)
    other.get(f"/support/enroll/{token}", status=404)
    other.get("/support/enroll/x%00y", status=404)


def test_a_newer_address_for_the_same_person_ends_the_one_before(client: Client) -> None:
    first = staff.invite("lena@plan.example", staff.ELIGIBILITY, SHELL)
    staff.invite("lena@plan.example", staff.SUPERVISOR, SHELL)
    client.get(f"/support/enroll/{first}", status=404)


def test_what_is_wrong_with_an_enrolment_is_said_at_the_field_and_nothing_typed_is_lost(
    client: Client,
) -> None:
    token = staff.invite("lena@plan.example", staff.ELIGIBILITY, SHELL)
    page = enroll(client, token, **{"Password": "short1!", "Re-enter Password": "other1!"})
    assert page.status == 422
    assert page.errors == ["The two passwords are not the same. Enter the new password again."]
    page = enroll(client, token, **{"Password": "short1!", "Re-enter Password": "short1!"})
    assert page.errors == ["Use at least 8 characters for the password."]
    assert page.form("Make my account").values["username"] == "lena"
    make_staff(username="lena")
    assert enroll(client, token).errors == ["That username is taken. Choose another one."]
    assert "Use at most 80 characters." in enroll(client, token, **{"First Name": "x" * 10_000}).errors[0]


# --- the command --------------------------------------------------------------------------------------


def test_the_command_prints_an_address_that_works(
    client: Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE", database_url)
    said = run("lena@plan.example", "--role", "supervisor")
    assert said.exit_code == 0
    assert client.get(urlsplit(said.output.strip()).path).heading == "Welcome to the support console"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("lena@plan.example", "--role", "boss"), "there is no role 'boss': choose member-services"),
        (("lena", "--role", "supervisor"), "'lena' is not an email address"),
        (("max@plan.example", "--role", "supervisor"), "is a member of staff already"),
    ],
)
def test_the_command_says_what_is_wrong(
    arguments: tuple[str, ...], says: str, app: Flask, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_DATABASE", database_url)
    make_staff()
    said = run(*arguments)
    assert said.exit_code == 2
    assert says in said.output


def run(*arguments: str) -> Any:
    from tests.harness.database import handed_over

    with handed_over():
        return CliRunner().invoke(main, ["staff", "add", *arguments])


# --- signing in ---------------------------------------------------------------------------------------


def test_staff_sign_in_with_a_password_and_a_code(client: Client) -> None:
    page = sign_in(client, make_staff())
    assert (page.path, page.heading) == ("/support", "Welcome, Maria")


def test_a_wrong_password_and_an_unknown_name_read_the_same(client: Client) -> None:
    make_staff()
    page = client.get("/support/login")
    one = page.fill({"Username": "max", "Password": "wrong"}).submit("Login")
    other = page.fill({"Username": "nobody", "Password": "wrong"}).submit("Login")
    assert one.errors == other.errors
    assert one.status == other.status == 422


def test_a_telephone_with_a_wrong_clock_is_told_so(client: Client) -> None:
    account = make_staff()
    app = turn_on(account)
    page = client.get("/support/login").fill({"Username": "max", "Password": PASSWORD}).submit("Login")
    page = page.fill({"Code": app.at(0)}).submit("Login")
    assert "sets its date and time by itself" in page.errors[0]


def test_signing_out_ends_it(client: Client) -> None:
    at_work(client)
    assert client.get("/support").submit("LOGOUT").path == "/support/login"
    assert client.get("/support").path == "/support/login"


def test_staff_can_stay_and_read_their_profile(client: Client) -> None:
    at_work(client)
    assert client.get("/support/stay").heading == "Do you need more time?"
    page = client.get("/support/profile")
    assert page.facts["Role"] == "Supervisor"
    assert page.facts["Second step of signing in"] == "On"


# --- rooms and roles ----------------------------------------------------------------------------------


def roomless(app: Flask) -> list[str]:
    """Views of the console that name no room, or one that no role opens."""
    return [
        endpoint
        for endpoint, view in app.view_functions.items()
        if getattr(view, "audience", None) == "support" and getattr(view, "room", None) not in staff.ROOMS
    ]


def test_every_view_of_the_console_names_its_room(app: Flask) -> None:
    assert roomless(app) == []


def test_that_guard_finds_a_view_which_does_not(make_app: Callable[..., Flask]) -> None:
    app = make_app()

    def view() -> str:
        return "all staff read this"

    view.audience = "support"  # type: ignore[attr-defined]
    app.add_url_rule("/support/forgotten", "support.forgotten", view)
    assert roomless(app) == ["support.forgotten"]
    client = Client(app)
    at_work(client)
    assert "all staff" not in client.get("/support/forgotten", status=403).text


def test_every_room_has_a_view_and_known_roles(app: Flask) -> None:
    named = {getattr(view, "room", None) for view in app.view_functions.values()}
    for room, roles in staff.ROOMS.items():
        assert room in named
        assert roles <= set(staff.ROLES)


@pytest.mark.parametrize("role", [*staff.ROLES, None])
def test_a_role_opens_its_rooms_and_no_other(role: str | None, app: Flask, client: Client) -> None:
    account = make_staff(role or staff.ELIGIBILITY)
    sign_in(client, account)
    if role is None:
        Staff.delete().execute()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        room = getattr(view, "room", None)
        if room and not rule.arguments and "GET" in (rule.methods or ()):
            page = client.get(rule.rule, status=None)
            opens = role in staff.ROOMS[room]
            assert (page.status == 403) is not opens, f"{role} {rule.rule} {page.status}"


def test_a_refused_room_is_in_the_audit_log(client: Client) -> None:
    account = at_work(client, staff.ELIGIBILITY)
    client.get("/support/staff", status=403)
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    assert (entry.account_id, entry.outcome, entry.subject) == (
        account.id,
        "refused",
        "endpoint:support.staff",
    )


@pytest.mark.parametrize("portal", ["member", "provider"])
def test_a_session_of_another_portal_opens_nothing_here(client: Client, portal: str) -> None:
    from tests.integration import profile_walk

    profile_walk.make_ana() if portal == "member" else profile_walk.make_rosa()
    profile_walk.sign_in(client, portal)
    assert client.get("/support").path == "/support/login"
    assert client.get("/support/staff").path == "/support/login"


# --- the Staff room -----------------------------------------------------------------------------------


def test_the_staff_are_sorted_and_exported(client: Client) -> None:
    make_staff(staff.ELIGIBILITY, "zoe", first_name="Zoë")
    make_staff(staff.MEMBER_SERVICES, "abe", first_name="Ábel")
    at_work(client)
    caption = "Everybody who works in the console"
    listed = [row["Username"] for row in client.get("/support/staff").click("Username").table(caption)]
    assert listed == sorted(listed)
    turned = client.get("/support/staff?sort=name&dir=desc").table(caption)
    assert turned[0]["Username"] == "zoe"
    lines = client.get("/support/staff.csv?sort=name").response.get_data(as_text=True).splitlines()
    assert "abe" in lines[1]
    assert len(lines) == 4
    assert AuditEntry.get(AuditEntry.action == "export-staff").detail == "3 rows"


def test_a_supervisor_makes_a_one_time_address(client: Client, new_client: Any) -> None:
    at_work(client)
    page = client.get("/support/staff")
    page = page.fill({"Email Address": "lena@plan.example", "Role": "Eligibility office"})
    page = page.submit("Make a one-time address")
    address = page.main.xpath(".//code")[0].text_content()
    assert new_client().get(urlsplit(address).path).facts["Role"] == "Eligibility office"
    assert "lena@plan.example" in client.get("/support/staff").text


def test_who_is_disabled_is_signed_out_and_cannot_sign_in(client: Client, new_client: Any) -> None:
    at_work(client)
    lena = make_staff(staff.ELIGIBILITY, "lena")
    other = new_client()
    app = turn_on(lena)
    sign_in(other, lena, app)
    page = client.get(f"/support/staff/{lena.id}")
    assert page.submit("Take access away").errors == ["Enter a reason: a ticket number or a sentence."]
    page = page.fill({"Reason": "Left the plan"}).submit("Take access away")
    assert page.facts["State"] == "Disabled"
    assert other.get("/support").path == "/support/login"
    page = other.get("/support/login").fill({"Username": "lena", "Password": PASSWORD}).submit("Login")
    assert page.status == 422
    page = client.get(f"/support/staff/{lena.id}").fill({"Reason": "Is back"})
    assert page.submit("Let the person sign in again").facts["State"] == "Working"


def test_a_lost_telephone_is_replaced(client: Client) -> None:
    at_work(client)
    lena = make_staff(staff.ELIGIBILITY, "lena")
    turn_on(lena)
    page = client.get(f"/support/staff/{lena.id}").fill({"Reason": "Telephone lost, ticket 41"})
    page.submit("Take the second step off")
    assert not second_factor.is_on(lena)
    entry = AuditEntry.get(AuditEntry.action == "reset-second-factor")
    assert entry.detail == "Telephone lost, ticket 41"


def test_a_role_is_changed_at_once_and_nobody_changes_their_own(client: Client) -> None:
    account = at_work(client)
    lena = make_staff(staff.ELIGIBILITY, "lena")
    page = client.get(f"/support/staff/{lena.id}").fill({"Role": "Supervisor"}).submit("Change the role")
    assert page.facts["Role"] == "Supervisor"
    client.get(f"/support/staff/{account.id}", status=404)
    with pytest.raises(staff.OwnPlace):
        staff.change_role(account, staff.ELIGIBILITY, acting(account))
    with pytest.raises(staff.OwnPlace):
        staff.disable(account, acting(account), "x")
    assert Session.select().where(Session.account == account).count() == 1


def test_nobody_else_reaches_the_staff_room(client: Client) -> None:
    at_work(client, staff.MEMBER_SERVICES)
    lena = make_staff(staff.ELIGIBILITY, "lena")
    client.get(f"/support/staff/{lena.id}", status=403)
    client.post(f"/support/staff/{lena.id}", {"go": "disable", "reason": "x"}, status=403)
    assert Account.get_by_id(lena.id).frozen_at is None
