"""Report access: asking, deciding once, the year's end, and leaving; each told by mail and written to the audit log."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.application import settings as settings_for
from tests.harness.clock import Hands
from tests.harness.plan_rows import add_provider
from webapp.config import Settings
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import connected
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import access_requests, practices, team
from webapp.domain.practice.access_requests import (
    AlreadyDecided,
    NotSupport,
    ReasonMissing,
    ReportAccessRequest,
)
from webapp.domain.practice.practices import PracticeAccess

ELM, OAK = "061110001", "061110002"
SUPPORT = Actor("support", "10.0.0.9", 900)


@pytest.fixture
def settings(database: Any, database_url: str) -> Settings:
    add_provider()
    add_provider(npi="1000000012", tin=OAK, practice_name="Oak Street")
    return settings_for(database_url)


def person(username: str, *tins: str, role: str = "Office Staff", access: str = "none") -> Account:
    account = accounts.create_account(
        portal="provider",
        username=username,
        password="Sunny-2015!",
        email=f"{username}@practice.example",
        first_name=username.title(),
        last_name="Lake",
    )
    for tin in tins:
        practices.join_practice(account, tin, role, access)
    return account


def actor_of(account: Account) -> Actor:
    return Actor("provider", "10.0.0.1", account.id)


def ask(account: Account, *tins: str, settings: Settings, role: str = "Office Staff") -> list[str]:
    return access_requests.ask(account, tins, role, "Outreach", actor_of(account), settings)


def request_of(account: Account) -> ReportAccessRequest:
    return account.access_requests.order_by(ReportAccessRequest.id.desc()).get()


def state(account: Account, tin: str = ELM) -> str:
    tie = practices.tie_of(account, tin)
    return str(tie.report_access) if tie else "gone"


def mails(account: Account) -> list[str]:
    listed = OutboxMessage.select().where(OutboxMessage.recipient == account.email).order_by(OutboxMessage.id)
    return [mail.subject for mail in listed]


def actions() -> list[str]:
    return [entry.action for entry in AuditEntry.select().order_by(AuditEntry.id)]


def test_asking_twice_is_one_request_and_one_mail(settings: Settings) -> None:
    ana = person("ana", ELM, OAK)
    assert ask(ana, ELM, settings=settings) == [ELM]
    assert ask(ana, ELM, settings=settings) == []
    assert state(ana) == "requested"
    assert ReportAccessRequest.select().count() == 1
    assert mails(ana) == ["We have your request for report access"]
    assert practices.reportable_tins(ana) == ()


def test_nobody_asks_for_a_practice_that_is_not_theirs(settings: Settings) -> None:
    ana = person("ana", ELM)
    with pytest.raises(access_requests.NotYourPractice):
        ask(ana, ELM, OAK, settings=settings)
    assert state(ana) == "none"
    assert AuditEntry.get().outcome == "refused"


def test_approval_opens_the_reports_in_the_role_that_was_asked_for(settings: Settings) -> None:
    ana = person("ana", ELM)
    ask(ana, ELM, settings=settings, role="Office Manager")
    assert team.managed_tins(ana) == []  # a role alone gives no powers
    for _again in range(2):
        access_requests.approve(request_of(ana).id, "Confirmed by telephone", SUPPORT, settings)
    assert practices.reportable_tins(ana) == (ELM,)
    assert team.managed_tins(ana) == [ELM]
    assert mails(ana)[1:] == ["You can read patient reports now"]
    assert actions() == ["report-access-ask", "report-access-approve"]


def test_a_refusal_is_told_with_its_reason_and_may_be_asked_about_again(settings: Settings) -> None:
    ana = person("ana", ELM)
    ask(ana, ELM, settings=settings)
    access_requests.refuse(request_of(ana).id, "Not confirmed", SUPPORT, settings)
    [standing] = access_requests.standings(ana, settings)
    assert (state(ana), standing.tie.reason, standing.may_ask) == ("refused", "Not confirmed", True)
    assert "Not confirmed" not in OutboxMessage.select().order_by(OutboxMessage.id.desc()).first().body
    assert ask(ana, ELM, settings=settings) == [ELM]
    assert state(ana) == "requested"


def test_who_comes_second_learns_what_was_decided(settings: Settings) -> None:
    ana = person("ana", ELM)
    ask(ana, ELM, settings=settings)
    access_requests.refuse(request_of(ana).id, "Not confirmed", SUPPORT, settings)
    with pytest.raises(AlreadyDecided) as refused:
        access_requests.approve(request_of(ana).id, "Confirmed", SUPPORT, settings)
    assert refused.value.request.state == "refused"
    assert practices.reportable_tins(ana) == ()


def test_two_who_decide_at_once_decide_once(settings: Settings) -> None:
    ana = person("ana", ELM)
    ask(ana, ELM, settings=settings)
    request = request_of(ana).id
    ends: list[str] = []
    start = threading.Barrier(2)

    def decide(command: Callable[..., ReportAccessRequest]) -> None:
        with connected():
            start.wait()
            try:
                ends.append(command(request, "Seen", SUPPORT, settings).state)
            except AlreadyDecided:
                ends.append("too late")

    commands = (access_requests.approve, access_requests.refuse)
    threads = [threading.Thread(target=decide, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends)[-1] == "too late"
    assert state(ana) == request_of(ana).state == next(end for end in ends if end != "too late")
    assert len(mails(ana)) == 2


@pytest.mark.parametrize("portal", ["provider", "member", "public"])
def test_only_support_decides_and_gives_a_reason(settings: Settings, portal: str) -> None:
    ana = person("ana", ELM)
    ask(ana, ELM, settings=settings)
    for command in (access_requests.approve, access_requests.refuse):
        with pytest.raises(NotSupport):
            command(request_of(ana).id, "Me", Actor(portal, "", ana.id), settings)
        with pytest.raises(ReasonMissing):
            command(request_of(ana).id, "  ", SUPPORT, settings)
    assert state(ana) == "requested"


def test_revoking_closes_the_reports_at_once_and_once(settings: Settings) -> None:
    ana = person("ana", ELM, OAK, access="approved")
    assert access_requests.revoke(ana, ELM, "Left the practice", SUPPORT, settings)
    assert not access_requests.revoke(ana, ELM, "Left the practice", SUPPORT, settings)
    assert practices.reportable_tins(ana) == (OAK,)
    assert mails(ana) == ["Your report access has ended"]


def test_after_a_year_access_ends_with_a_mail_a_month_before(settings: Settings, clock: Hands) -> None:
    ana = person("ana", ELM, access="approved")
    clock.advance(days=334)
    access_requests.expire_due(settings)
    assert mails(ana) == []
    clock.advance(days=1, hours=1)
    for _again in range(2):
        assert access_requests.expire_due(settings) == 0
    assert mails(ana) == ["Renew your report access"]
    clock.advance(days=30)
    assert access_requests.expire_due(settings) == 1
    assert access_requests.expire_due(settings) == 0
    assert state(ana) == "expired"
    assert mails(ana)[1:] == ["Your report access has come to its end"]
    assert practices.reportable_tins(ana) == ()


def test_access_asked_for_anew_in_its_last_month_goes_on_without_a_gap(
    settings: Settings, clock: Hands
) -> None:
    ana = person("ana", ELM, access="approved")
    assert ask(ana, ELM, settings=settings) == []  # far from its end there is nothing to ask for
    clock.advance(days=340)
    assert ask(ana, ELM, settings=settings) == [ELM]
    assert practices.reportable_tins(ana) == (ELM,)
    access_requests.approve(request_of(ana).id, "Still there", SUPPORT, settings)
    clock.advance(days=340)
    access_requests.expire_due(settings)
    assert practices.reportable_tins(ana) == (ELM,)


def test_an_approval_that_ends_while_a_request_is_open_is_requested_then(
    settings: Settings, clock: Hands
) -> None:
    ana = person("ana", ELM, access="approved")
    clock.advance(days=340)
    ask(ana, ELM, settings=settings)
    clock.advance(days=30)
    access_requests.expire_due(settings)
    assert state(ana) == "requested"
    assert practices.reportable_tins(ana) == ()


def test_joining_again_takes_nothing_away_and_makes_nobody_a_manager(settings: Settings) -> None:
    ana = person("ana", ELM, access="approved")
    practices.join_practice(ana, ELM, "Office Manager")
    tie = practices.tie_of(ana, ELM)
    assert tie is not None
    assert (tie.role, tie.report_access) == ("Office Staff", "approved")


def test_who_leaves_takes_the_open_request_along(settings: Settings) -> None:
    ana = person("ana", ELM)
    ask(ana, ELM, settings=settings)
    team.leave(ana, ELM, actor_of(ana), settings)
    request = request_of(ana)
    assert (state(ana), request.state) == ("gone", "withdrawn")
    with pytest.raises(AlreadyDecided):
        access_requests.approve(request.id, "Confirmed", SUPPORT, settings)
    practices.join_practice(ana, ELM, "Office Staff")
    assert practices.reportable_tins(ana) == ()


def test_the_only_office_manager_is_told_before_leaving(settings: Settings) -> None:
    ana = person("ana", ELM, role="Office Manager", access="approved")
    person("ben", ELM, access="approved")
    with pytest.raises(team.LastManager):
        team.leave(ana, ELM, actor_of(ana), settings)
    assert state(ana) == "approved"
    team.leave(ana, ELM, actor_of(ana), settings, told=True)
    assert state(ana) == "gone"


def test_two_managers_who_remove_each_other_at_once_leave_one(settings: Settings) -> None:
    people = [person(name, ELM, role="Office Manager", access="approved") for name in ("ana", "ben")]
    ties = {one.id: practices.tie_of(one, ELM) for one in people}
    start = threading.Barrier(2)
    ends: list[str] = []

    def remove(by: Account, whom: Account) -> None:
        with connected():
            start.wait()
            try:
                team.remove(by, ties[whom.id].id, actor_of(by), settings)  # type: ignore[union-attr]
                ends.append("removed")
            except team.NotManager:
                ends.append("no longer a manager")

    pairs = [(people[0], people[1]), (people[1], people[0])]
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["no longer a manager", "removed"]
    assert PracticeAccess.select().count() == 1


def test_nobody_changes_their_own_role_or_removes_themselves(settings: Settings) -> None:
    ana = person("ana", ELM, role="Office Manager", access="approved")
    tie = practices.tie_of(ana, ELM)
    assert tie is not None
    with pytest.raises(team.OwnPlace):
        team.change_role(ana, tie.id, "Other", actor_of(ana), settings)
    with pytest.raises(team.OwnPlace):
        team.remove(ana, tie.id, actor_of(ana), settings)


def test_a_leaving_is_remembered_until_the_reports_are_opened_again(settings: Settings) -> None:
    ana = person("ana", ELM, access="approved")
    team.leave(ana, ELM, actor_of(ana), settings)
    practices.join_practice(ana, ELM, "Office Staff")
    assert practices.has_left(ana, ELM)
    ask(ana, ELM, settings=settings)
    access_requests.approve(request_of(ana).id, "Back again", SUPPORT, settings)
    assert not practices.has_left(ana, ELM)
