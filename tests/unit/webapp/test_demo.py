"""The demo plan: loading it, loading it again, putting it back, and describing it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pyotp
import pytest

from reports import snapshot
from reports.catalog import REPORTS
from reports.refresh import refresh
from reports.snapshot import RowQuery
from tests.harness.clock import TODAY, Hands
from tests.harness.plan_rows import add_member
from webapp.config import read_settings
from webapp.demo import DemoRefused, describe_demo, load_demo
from webapp.demo.accounts import DemoAccount, demo_accounts
from webapp.demo.console import give_support_work
from webapp.domain import facts
from webapp.domain.account import accounts, passwords, second_factor
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.security_questions import QUESTIONS
from webapp.domain.audit import Actor
from webapp.domain.existing import consolidation_overview
from webapp.domain.member import eligibility, survey
from webapp.domain.member.eligibility import EligibilitySpan, Member, Registration
from webapp.domain.member.paper_forms import PaperForm
from webapp.domain.messaging import message_queue, messages
from webapp.domain.messaging.message_tables import MessageThread
from webapp.domain.practice import practices
from webapp.domain.reporting.download_guard import DownloadHold, ReportDownload
from webapp.domain.support import data_runs, work_queue
from webapp.domain.support.work_queue import Wanted
from webapp.web.connection import demo_key

SETTINGS = read_settings({})
PLAN = SETTINGS.plan


Load = Callable[..., list[str]]


@pytest.fixture
def load(database: object, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a small demo, its reports and what support makes of them left out; returns what it said."""
    monkeypatch.setattr("webapp.demo.fill.MEMBERS", 120)
    monkeypatch.setattr("webapp.demo.fill.refresh", lambda *_, **__: SimpleNamespace(lines=list))
    monkeypatch.setattr("webapp.demo.fill.give_support_work", lambda *_: None)

    def load(reset: bool = False) -> list[str]:
        lines: list[str] = []
        load_demo(SETTINGS, reset, lines.append)
        return lines

    return load


@pytest.fixture
def described(load: Load) -> dict[str, Any]:
    load()
    return describe_demo(PLAN)


# --- loading ------------------------------------------------------------------------------------------


def test_the_demo_has_the_people_it_was_asked_for(load: Load) -> None:
    load()
    assert Member.select().count() == 120
    assert facts.is_demo()


@pytest.mark.long
def test_the_fixed_practices_have_published_reports_and_come_first(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.demo.fill.refresh", refresh)
    monkeypatch.setattr("webapp.demo.fill.give_support_work", give_support_work)
    monkeypatch.setattr("webapp.demo.fill.earlier_refreshes", lambda *_: None)
    load()
    listed = describe_demo(PLAN)["practices"]
    every_room_has_something_to_show()
    assert {"061110001", "061110002", "061110003"} <= {practice["tin"] for practice in listed[:4]}
    for practice in listed[:4]:
        panel = snapshot.page("patient-panel", RowQuery(tins=(practice["tin"],)))
        assert practice["members"] == panel.total > 0
        assert practice["name"]
    for slug in REPORTS:
        assert snapshot.page(slug, RowQuery(tins=("061110001",))).total > 0, slug

    def told(slug: str, client_id: str) -> dict[str, Any]:
        rows = snapshot.rows(slug, RowQuery(tins=("061110001",), search=client_id))
        return next(row for row in rows if row["client_id"] == client_id)

    # As webapp/demo/consents.toml says: to any practice, to this one, to another one, and over since yesterday.
    assert told("ed-utilization", "001234642")["diagnosis_code"] == "B20"
    assert "Mental" in told("admissions", "001234643")["hospital"]
    assert told("admissions", "001234644")["hospital"] == "withheld"
    assert told("ed-utilization", "001234645")["diagnosis_code"] == "withheld"


def every_room_has_something_to_show() -> None:
    """Every kind of work but locked recoveries, which end by themselves; downloads with a hold; accounts of the earlier
    system in each state; the survey above its smallest group; loads, refreshes, an earlier one kept."""
    waiting = Counter(item.kind for item in work_queue.items("supervisor", Wanted(), 0, PLAN))
    assert set(work_queue.KINDS) - set(waiting) == {"recovery"}
    assert ReportDownload.select().count() >= 3
    assert DownloadHold.select().count() == 1
    counts = consolidation_overview.counts()
    assert all(counts[state] for state in ("loaded", "consolidated", "undone"))
    year = survey.years()[0]
    assert all(survey.answered(year, form, PLAN) for form in ("adult", "child"))
    assert {run.action for run in data_runs.recent()} == {"load", "refresh"}
    assert PaperForm.select().where(PaperForm.state == "refused").exists()


def test_loading_it_again_changes_nothing_and_says_nothing(load: Load) -> None:
    load()
    before = describe_demo(PLAN), [account.password_hash for account in Account.select().order_by(Account.id)]
    assert load() == []
    after = describe_demo(PLAN), [account.password_hash for account in Account.select().order_by(Account.id)]
    assert after == before


def test_a_demo_of_another_day_is_left_as_it_is_and_said_so(load: Load, clock: Hands) -> None:
    load()
    clock.advance(days=1)
    (line,) = load()
    assert TODAY.isoformat() in line
    assert "--reset" in line
    assert describe_demo(PLAN)["as_of"] == TODAY.isoformat()


def test_a_reset_puts_back_what_was_changed(load: Load, clock: Hands) -> None:
    load()
    first = describe_demo(PLAN)
    facts.keep_fact("demo_secret_key", "the key that the running server signs with")
    Member.update(last_name="Changed").execute()
    register(first["members"][0]["client_id"])
    EligibilitySpan.delete().execute()
    load(reset=True)
    assert describe_demo(PLAN) == first
    assert facts.fact("demo_secret_key") == "the key that the running server signs with"


def test_a_reset_on_another_day_moves_the_dates_along(load: Load, clock: Hands) -> None:
    load()
    first = describe_demo(PLAN)
    clock.set_today(TODAY + timedelta(days=400))
    load(reset=True)
    later = describe_demo(PLAN)
    assert later["as_of"] == (TODAY + timedelta(days=400)).isoformat()
    assert [m["client_id"] for m in later["members"]] == [m["client_id"] for m in first["members"]]


def test_a_load_that_was_broken_off_is_begun_anew(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("webapp.demo.fill.create_accounts", stop)
        with pytest.raises(KeyboardInterrupt):
            load()
    assert Account.select().count() == 0
    load()
    others = [account for account in demo_accounts() if account.portal != "support"]
    assert Account.select().where(Account.portal != "support").count() == len(others)


@pytest.mark.parametrize("reset", [False, True])
def test_the_demo_keeps_out_of_a_database_with_real_members(load: Load, reset: bool) -> None:
    add_member("1")
    with pytest.raises(DemoRefused, match="PORTAL_DATABASE"):
        load(reset)
    assert [m.client_id for m in Member.select()] == ["1"]


# --- what it says of itself ---------------------------------------------------------------------------


def register(client_id: str) -> None:
    member = eligibility.get_member(client_id)
    accounts.create_account(
        portal="member",
        username="somebody.new",
        password="Quiet4harbor",
        email="new@example.org",
        first_name=member.first_name,
        last_name=member.last_name,
        client_id=client_id,
    )


def test_the_description_has_the_promised_shape(described: dict[str, Any]) -> None:
    assert list(described) == [
        "members",
        "accounts",
        "existing_accounts",
        "registration_codes",
        "practices",
        "as_of",
    ]
    member = {"client_id", "first_name", "last_name", "birth_date", "program", "household"}
    member |= {"registered", "address"}
    assert all(set(entry) == member for entry in described["members"])
    account = {"portal", "username", "password", "email", "language", "tins", "client_id", "totp_secret"}
    account |= {"security_answers", "note"}
    assert all(set(entry) == account for entry in described["accounts"])
    existing = {"username", "password", "tin", "question", "answer", "pin"}
    assert described["existing_accounts"]
    assert all(set(entry) == existing for entry in described["existing_accounts"])
    assert all(set(entry) == {"tin", "name", "members"} for entry in described["practices"])
    code = {"code", "tins", "role", "email", "issuer", "state"}
    assert all(set(entry) == code for entry in described["registration_codes"])
    assert [entry["state"] for entry in described["registration_codes"]] == ["open"]
    assert described["as_of"] == TODAY.isoformat()
    json.dumps(described)


def test_the_first_member_is_a_spanish_speaking_head_of_household_who_can_register(
    described: dict[str, Any],
) -> None:
    first = described["members"][0]
    found = eligibility.match(
        first["client_id"],
        first["first_name"],
        first["last_name"],
        date.fromisoformat(first["birth_date"]),
    )
    assert found is not None
    assert (found.language, found.is_head) == ("Spanish", True)
    assert eligibility.may_register(found, TODAY, PLAN) is Registration.OK
    assert not first["registered"]
    assert first["household"][0] == first["client_id"]
    assert len(first["household"]) > 1
    assert first["program"].startswith("HUSKY ")


def test_a_member_who_registered_stays_in_the_list_marked(described: dict[str, Any]) -> None:
    first = described["members"][0]["client_id"]
    register(first)
    assert describe_demo(PLAN)["members"][0] | {"registered": True} == describe_demo(PLAN)["members"][0]
    assert describe_demo(PLAN)["members"][0]["client_id"] == first


def test_every_listed_member_may_register(described: dict[str, Any]) -> None:
    assert len(described["members"]) >= 5
    for entry in described["members"]:
        member = eligibility.get_member(entry["client_id"])
        assert eligibility.may_register(member, TODAY, PLAN) is Registration.OK


# --- the fixed accounts -------------------------------------------------------------------------------


@pytest.mark.parametrize("demo", demo_accounts(), ids=lambda demo: demo.username)
def test_the_fixed_passwords_obey_the_plans_rules(demo: DemoAccount) -> None:
    personal = (demo.username, demo.first_name, demo.last_name, "husky")
    assert passwords.problems(demo.password, PLAN.password_rules(demo.portal), personal) == []


def test_every_fixed_account_can_sign_in_and_has_its_practices(described: dict[str, Any]) -> None:
    for entry in described["accounts"]:
        account = Account.get(Account.portal == entry["portal"], Account.username == entry["username"])
        assert passwords.check_secret(account.password_hash, entry["password"])
        assert account.email_confirmed_at is not None
        assert sorted(entry["tins"]) == [tie.tin for tie in practices.practices_of(account)]
        answers = list(account.security_answers.order_by(SecurityAnswer.position))
        asked = [QUESTIONS.get(answer.question, answer.question) for answer in answers]
        assert asked == [given["question"] for given in entry["security_answers"]]
        for kept, given in zip(answers, entry["security_answers"], strict=True):
            assert passwords.check_secret(kept.answer_hash, passwords.normal_answer(given["answer"]))


def test_the_accounts_cover_what_the_guides_need(described: dict[str, Any]) -> None:
    listed = {entry["username"]: entry for entry in described["accounts"]}
    members = [entry for entry in described["accounts"] if entry["portal"] == "member"]
    assert sorted(len(entry["security_answers"]) for entry in members) == [1, 1, 3]
    assert {entry["language"] for entry in members if len(entry["security_answers"]) == 3} == {"es"}
    assert listed["elm.manager"]["tins"] == ["061110001"]
    assert listed["two.tins"]["tins"] == ["061110001", "061110002"]
    assert listed["large.group"]["tins"] == ["061110003"]

    def readable(username: str) -> tuple[str, ...]:
        return practices.reportable_tins(Account.get(Account.username == username))

    assert readable("two.tins") == ("061110001", "061110002")
    assert readable("no.access") == ()


def test_the_demo_has_messages_one_answered_and_one_that_waits_too_long(load: Load) -> None:
    load()
    states = {thread.subject: messages.state_of(thread) for thread in MessageThread.select()}
    assert set(states.values()) == {messages.WAITING, messages.ANSWERED}
    teresa = Account.get(Account.username == "tvega88")
    assert messages.unread(teresa) == 1
    waiting = message_queue.waiting(PLAN)
    assert [row.is_over for row in waiting] == [True, False]


@pytest.mark.parametrize("portal", ["provider", "support"])
def test_accounts_with_a_second_step_sign_in_by_the_secret_that_is_told(
    portal: str, described: dict[str, Any]
) -> None:
    wanted = [entry for entry in described["accounts"] if entry["totp_secret"] and entry["portal"] == portal]
    listed = wanted[-1]
    account = Account.get(Account.username == listed["username"])
    assert second_factor.is_on(account)
    code = pyotp.TOTP(listed["totp_secret"]).now()
    links = FreezeLinks("http://localhost", "")
    second_factor.check(account, code, demo_key(), Actor("provider", "127.0.0.1"), PLAN, links)
