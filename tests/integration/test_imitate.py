"""Imitate Mode: support sees a portal as somebody does; only the audit log is written, and all can tell."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from flask import Flask

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration import imitate_walk as walk
from tests.integration.support_walk import at_work
from webapp import clock as portal_clock
from webapp.config import read_settings
from webapp.domain.account import account_changes, sessions
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.messaging.message_tables import MessageThread
from webapp.domain.support import imitations, staff
from webapp.domain.support.imitations import Imitation
from webapp.web import imitate as guard

NewClient = Callable[..., Client]
BUTTON = "Start Imitate Mode"


@pytest.fixture(params=["member", "provider"])
def portal(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def person(new_client: NewClient, portal: str) -> Client:
    """The person's own browser."""
    return walk.make_person(new_client, portal)


def entries(action: str) -> list[AuditEntry]:
    return list(AuditEntry.select().where(AuditEntry.action == action).order_by(AuditEntry.id))


def subject(portal: str) -> str:
    return "member:001234567" if portal == "member" else f"account:{walk.account_of(portal).id}"


def is_of(app: Flask, portal: str, path: str) -> bool:
    """Whether an address is the portal's, not a page that stands open to everybody beside it."""
    endpoint, _values = app.url_map.bind("localhost").match(path)
    return bool(endpoint.startswith(f"{portal}."))


# --- what staff sees ----------------------------------------------------------------------------------


def test_the_portal_opens_as_the_person_sees_it_with_a_banner(
    person: Client, client: Client, portal: str
) -> None:
    page = walk.imitate(client, portal)
    own = person.get(walk.HOMES[portal])
    assert (page.path, page.status, page.heading) == (own.path, 200, own.heading)
    assert page.notices[0].startswith("Imitate Mode You see the portal as this person does: Ana Ortiz.")
    ends = portal_clock.current().local(Imitation.get().ends_at)
    assert f"You can look until {ends:%I:%M %p}".replace("until 0", "until ") in page.notices[0]
    assert "Log Out" not in page.html
    assert "Imitate Mode" not in own.text


def test_every_page_of_the_portal_has_the_banner(
    app: Flask, person: Client, client: Client, portal: str
) -> None:
    walk.imitate(client, portal)
    pages = [page for page in walk.look_around(client, portal) if is_of(app, portal, page.path)]
    assert [page.path for page in pages if "Leave Imitate Mode" not in page.html] == []
    assert len(pages) > 8


def test_leaving_leads_back_and_the_portal_is_closed_again(
    person: Client, client: Client, portal: str
) -> None:
    page = walk.imitate(client, portal).submit("Leave Imitate Mode")
    assert (page.path, page.notices[0]) == ("/support/people", "You left Imitate Mode.")
    assert client.get(walk.HOMES[portal]).path == f"/{portal}s/login"
    assert [entry.detail for entry in entries("imitate-end")] == ["left"]


def test_signing_out_of_the_console_ends_it(person: Client, client: Client, portal: str) -> None:
    walk.imitate(client, portal)
    client.post("/support/logout")
    assert client.get(walk.HOMES[portal]).path == "/support/login"
    assert [entry.detail for entry in entries("imitate-end")] == ["left"]


def test_it_ends_by_itself_after_fifteen_minutes(
    person: Client, client: Client, portal: str, clock: Hands
) -> None:
    page = walk.imitate(client, portal)
    clock.advance(minutes=14)
    assert client.get(page.path).path == page.path
    clock.advance(minutes=2)
    page = client.get(page.path)
    assert (page.path, page.notices[0]) == ("/support", "Imitate Mode has ended.")
    imitations.sweep()
    imitations.sweep()
    assert [(entry.detail, entry.subject) for entry in entries("imitate-end")] == [
        ("time was over", subject(portal))
    ]


def test_how_long_it_lasts_is_the_plans_setting() -> None:
    assert read_settings({}).plan["imitate"]["minutes"] == 15


# --- who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "shown"), [(staff.MEMBER_SERVICES, True), (staff.SUPERVISOR, True), (staff.ELIGIBILITY, False)]
)
def test_only_fitting_roles_imitate_a_member(
    new_client: NewClient, client: Client, role: str, shown: bool
) -> None:
    walk.make_person(new_client, "member")
    at_work(client, role)
    page = walk.opened(client)
    assert (BUTTON in page.buttons) is shown
    if not shown:
        assert client.post(f"{page.path}/imitate").status == 403
        assert Imitation.select().count() == 0


def test_nobody_imitates_staff_or_an_account_that_is_closed(database: object, client: Client) -> None:
    max_ = at_work(client)
    for role in staff.ROLES:
        assert not imitations.may_imitate(role, max_)
        assert not imitations.may_imitate(role, None)


def test_it_counts_only_in_the_browser_and_session_that_began_it(
    person: Client, client: Client, portal: str, new_client: NewClient
) -> None:
    walk.imitate(client, portal)
    stolen = client.browser.get_cookie("imitation")
    assert stolen is not None
    other = new_client()
    other.browser.set_cookie("imitation", stolen.value)
    assert other.get(walk.HOMES[portal]).path == "/support/login"
    at_work(other, walk.ROLES[portal], "zoe")
    other.browser.set_cookie("imitation", stolen.value)
    assert other.get(walk.HOMES[portal]).path == "/support"
    sessions.Session.delete().where(sessions.Session.account == Account.get(username="max")).execute()
    assert client.get(walk.HOMES[portal]).path == "/support/login"


def test_it_ends_with_the_role(person: Client, client: Client, portal: str) -> None:
    walk.imitate(client, portal)
    staff.Staff.update(role=staff.ELIGIBILITY).execute()
    assert client.get(walk.HOMES[portal]).path == "/support"


def test_it_ends_with_a_freeze_of_the_account(person: Client, client: Client, portal: str) -> None:
    walk.imitate(client, portal)
    account_changes.freeze(walk.account_of(portal), Actor("public", ""), read_settings({}).plan)
    assert client.get(walk.HOMES[portal]).path == "/support"


def test_signed_in_as_oneself_in_the_same_browser_one_is_so_again_afterwards(
    client: Client, portal: str, new_client: NewClient
) -> None:
    person = walk.make_person(new_client, portal)
    page = walk.imitate(client, portal)
    own = person.browser.get_cookie(f"{portal}_session")
    assert own is not None
    client.browser.set_cookie(f"{portal}_session", own.value)
    client.get(page.path).submit("Leave Imitate Mode")
    assert client.get(page.path).path == page.path
    assert person.get(page.path).path == page.path


def test_an_old_page_sends_nothing_as_oneself_when_it_has_ended(
    client: Client, portal: str, new_client: NewClient, clock: Hands
) -> None:
    person = walk.make_person(new_client, portal)
    walk.imitate(client, portal)
    own = person.browser.get_cookie(f"{portal}_session")
    assert own is not None
    client.browser.set_cookie(f"{portal}_session", own.value)
    Imitation.update(ends_at=clock.now()).execute()
    page = client.post(f"/{portal}s/profile/language", {"chosen": "es"})
    assert page.path.startswith("/support")
    assert walk.account_of(portal).language == "en"


# --- nothing is written -------------------------------------------------------------------------------


def test_nothing_is_written_whatever_is_posted_and_opened(
    app: Flask, person: Client, client: Client, portal: str
) -> None:
    walk.imitate(client, portal)
    before = walk.contents()
    answers = walk.send_everything(app, client, portal)
    for method, url in walk.addresses(app, portal):
        if method == "GET":
            client.open("GET", url, follow=False)
    assert set(answers) == {403}
    assert len(answers) > 60
    assert walk.changed(before) == []
    assert MessageThread.get().unread == 1
    assert person.get(walk.HOMES[portal]).path == walk.HOMES[portal]


def test_that_test_finds_forms_that_are_let_through(
    app: Flask, person: Client, client: Client, portal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.imitate(client, portal)
    before = walk.contents()
    monkeypatch.setattr(guard, "_SAFE", frozenset({"GET", "POST"}))
    monkeypatch.setattr(guard, "undone", nullcontext)
    monkeypatch.setattr(guard.sessions, "touch", lambda *_: None)
    token = client.csrf_token()
    data = {"csrf_token": token, "chosen": "es"}
    answer = client.open("POST", f"/{portal}s/profile/language", data=data, follow=False)
    assert answer.status != 403
    assert "account" in walk.changed(before)


def test_that_test_finds_pages_that_write_by_being_opened(
    app: Flask, person: Client, client: Client, portal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk.imitate(client, portal)
    before = walk.contents()
    monkeypatch.setattr(guard, "undone", nullcontext)
    walk.look_around(client, portal)
    assert "message_thread" in walk.changed(before)


def test_a_refused_form_says_so_with_htmx_too(person: Client, client: Client, portal: str) -> None:
    walk.imitate(client, portal)
    data = {"csrf_token": client.csrf_token()}
    assert client.open("POST", f"/{portal}s/logout", data=data).heading == "Imitate Mode cannot do this"
    page = client.open("POST", f"/{portal}s/logout", data=data, htmx=True)
    assert page.status == 400
    assert page.response.headers["HX-Retarget"] == "#flash"
    assert "Imitate Mode cannot do this" in page.text


def test_files_and_secrets_do_not_go_out(new_client: NewClient, client: Client) -> None:
    walk.make_person(new_client, "provider")
    walk.imitate(client, "provider")
    files = [
        link
        for page in [client.get("/providers/reports?report=adult-diabetes")]
        for link in page.tree.xpath("//a[contains(@href, '.csv') or contains(@href, '.xlsx')]/@href")
    ]
    assert files
    for url in [*files, "/providers/profile/second-factor", "/providers/profile/second-factor/code"]:
        page = client.get(url, status=403)
        assert page.heading == "Imitate Mode cannot do this"
        assert "Content-Disposition" not in page.response.headers
    assert not entries("download")


def test_an_expired_password_of_the_person_closes_nothing(
    new_client: NewClient, client: Client, clock: Hands
) -> None:
    walk.make_person(new_client, "provider")
    clock.advance(days=91)
    page = walk.imitate(client, "provider")
    assert (page.path, page.status) == ("/providers/home", 200)


# --- who sees that ------------------------------------------------------------------------------------


def test_the_audit_log_has_the_start_each_page_and_the_end(
    person: Client, client: Client, portal: str
) -> None:
    page = walk.imitate(client, portal)
    client.get(f"/{portal}s/profile")
    client.post(f"/{portal}s/logout")
    page.submit("Leave Imitate Mode")
    max_ = Account.get(Account.username == "max")
    told = [*entries("imitate"), *entries("imitate-page"), *entries("imitate-end")]
    assert {(one.account_id, one.portal, one.subject) for one in told} == {
        (max_.id, "support", subject(portal))
    }
    assert [(one.outcome, one.detail) for one in told] == [
        ("done", "Call, ticket 7"),
        ("done", f"{portal}.home"),
        ("done", f"{portal}.profile"),
        ("refused", f"{portal}.logout"),
        ("done", "left"),
    ]


def test_the_person_sees_on_the_profile_who_looked_and_when(
    person: Client, client: Client, portal: str
) -> None:
    walk.imitate(client, portal).submit("Leave Imitate Mode")
    title = {"member": "Who looked at your record", "provider": "Who looked at your account"}[portal]
    page = person.get(f"/{portal}s/profile").click(title)
    assert page.heading == title
    labels = list(page.facts)
    assert labels[0] == "Looked at the portal as you see it"
    assert labels[1] == {"member": "Opened your record", "provider": "Opened your account"}[portal]
    assert page.facts[labels[0]].startswith("Our support staff")


def test_a_record_that_is_opened_on_the_way_says_that_support_looked(
    new_client: NewClient, client: Client
) -> None:
    walk.make_person(new_client, "member")
    walk.imitate(client, "member")
    walk.look_around(client, "member")
    ana: Any = walk.account_of("member")
    after = AuditEntry.select().where(AuditEntry.id > entries("imitate")[0].id)
    assert not after.where(AuditEntry.account_id == ana.id).exists()
