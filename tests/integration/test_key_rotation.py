"""Another secret key, while people are in the middle of something: what must go on goes on, and an old key is worth
nothing once the change is finished."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from flask import Flask
from peewee import DatabaseProxy

from tests.harness.application import settings as settings_of
from tests.harness.clock import Hands
from tests.harness.command_line import Portal
from tests.harness.pages import Client
from tests.integration.profile_walk import make_rosa, shown
from tests.integration.registration_walk import ACCOUNT, add_ana, to_account
from tests.integration.test_sign_in import sign_in
from webapp.config import SecretKey, SettingsError, read_plan
from webapp.domain import audit, audit_marks, audit_seal, throttle
from webapp.domain.account import accounts, codes, second_factor
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.second_factor import SecondFactor
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.member.registration import LinkMaker

OLD, NEW, LATER = "o" * 32, "n" * 32, "l" * 32
BOTH = SecretKey(NEW, (OLD,))
PLAN = read_plan()
ROTATED = {"PORTAL_SECRET_KEY": NEW, "PORTAL_SECRET_KEY_BEFORE": OLD}


def write(key: str, count: int, clock: Hands) -> None:
    """Entries sealed with a key."""
    for number in range(count):
        audit.record(Actor("member", "203.0.113.7", 1), "open-member", subject=f"member:{number}")
    clock.advance(seconds=31)
    audit_seal.seal(key)


# --- what people are in the middle of ---------------------------------------------------------------------


def test_a_wizard_and_an_open_form_go_on_under_the_new_key(make_app: Callable[..., Flask]) -> None:
    add_ana()
    first = Client(make_app(PORTAL_SECRET_KEY=OLD))
    page = to_account(first)
    second = make_app(**ROTATED)
    first.app, first.browser = second, _same_cookies(first, second)
    page = page.fill(ACCOUNT).submit("Next")
    assert page.heading.startswith("STEP 4 OF 4")
    assert page.submit("Finish").status == 200
    assert accounts.account_of_member("001234567")


def test_somebody_signed_in_stays_signed_in(make_app: Callable[..., Flask]) -> None:
    add_ana()
    accounts.create_account(
        portal="member", username="Ana.Ortiz", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id="001234567",
    )  # fmt: skip
    client = Client(make_app(PORTAL_SECRET_KEY=OLD))
    sign_in(client)
    second = make_app(**ROTATED)
    client.app, client.browser = second, _same_cookies(client, second)
    assert client.get("/members/home").path == "/members/home"


def _same_cookies(client: Client, app: Flask) -> Any:
    browser = app.test_client()
    browser._cookies = client.browser._cookies
    return browser


def test_links_and_codes_of_before_are_good_and_die_when_the_key_is_dropped(database: DatabaseProxy) -> None:
    rosa = make_rosa()
    freeze, confirm = FreezeLinks("https://x.example", OLD), LinkMaker("https://x.example", OLD)
    tokens = freeze.link(rosa).rpartition("/")[2], confirm(rosa).rpartition("/")[2]
    for key, found in ((BOTH, True), (NEW, False)):
        assert (FreezeLinks("", key).read(tokens[0]) is not None) is found
        assert (LinkMaker("", key).read(tokens[1]) is not None) is found
    code = codes.issue("recover", "a run", OLD, PLAN)
    assert not codes.redeem("recover", "a run", code, NEW, PLAN)
    assert codes.redeem("recover", "a run", code, BOTH, PLAN)


def test_wrong_tries_are_not_forgotten_by_changing_the_key(database: DatabaseProxy) -> None:
    for _ in range(3):
        throttle.take_counted_try(throttle.key_of(OLD, "register-id", "001"), 3)
    key = throttle.key_of(BOTH, "register-id", "001")
    assert throttle.is_locked(key, 3)
    with pytest.raises(throttle.Locked):
        throttle.take_counted_try(key, 3)
    throttle.forget(key)
    assert throttle.take_counted_try(key, 3) == 1, "support's unlock reaches it"


# --- second factors -----------------------------------------------------------------------------------------


@pytest.fixture
def factor(database: DatabaseProxy, database_url: str) -> tuple[Any, pyotp.TOTP, tuple[str, ...]]:
    """Somebody whose second factor was set up under the old key."""
    rosa = make_rosa()
    second_factor.begin(rosa, OLD)
    found = second_factor.set_up(rosa, OLD, "Plan")
    assert found is not None
    app = pyotp.TOTP(found.secret)
    links = FreezeLinks("https://x.example", OLD)
    made = second_factor.confirm(rosa, shown(app), OLD, Actor("provider", "", rosa.id), PLAN, links)
    return rosa, app, made


def test_a_second_factor_outlives_the_key(factor: Any, portal: Portal, clock: Hands) -> None:
    rosa, app, made = factor
    actor, links = Actor("provider", "", rosa.id), FreezeLinks("https://x.example", NEW)
    clock.advance(minutes=2)
    second_factor.check(rosa, shown(app), BOTH, actor, PLAN, links)
    second_factor.check(rosa, made[0], BOTH, actor, PLAN, links)
    result = portal("rekey", **ROTATED)
    assert result.exit_code == 0, result.output
    assert "1 second factors" in result.output
    clock.advance(minutes=10)
    second_factor.check(rosa, shown(app), NEW, actor, PLAN, links)
    assert second_factor._open(OLD, SecondFactor.get().secret) is None, "the old key opens nothing"


# --- the audit log ------------------------------------------------------------------------------------------


def test_the_audit_log_is_whole_before_during_and_after_the_change(
    database: DatabaseProxy, portal: Portal, clock: Hands
) -> None:
    write(OLD, 3, clock)
    write(NEW, 2, clock)
    assert audit_seal.verify(BOTH).breaks == ()
    assert audit_seal.mark_key_change(BOTH).breaks == ()
    write(BOTH, 2, clock)
    assert audit_seal.verify(BOTH).breaks == ()
    alone = audit_seal.verify(NEW)
    assert (alone.sealed, alone.unchecked, alone.breaks) == (7, 3, ()), "said, not called broken"
    result = portal("audit", "verify", **ROTATED)
    assert result.exit_code == 0, result.output


def test_after_the_change_the_old_key_forges_nothing(database: DatabaseProxy, clock: Hands) -> None:
    write(OLD, 3, clock)
    audit_seal.mark_key_change(BOTH)
    with pytest.raises(audit_marks.Forged):
        write(OLD, 1, clock)
    # Nor by hand, by somebody who may write to the database.
    last = audit_seal.AuditSeal.select().order_by(audit_seal.AuditSeal.id.desc()).get()
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).tuples().get()
    forged = audit_seal._seal_of(OLD, last.seal, entry)
    audit_seal.AuditSeal.create(entry_id=entry[0], seal=forged)
    assert [one.what for one in audit_seal.verify(BOTH).breaks] == ["changed", "cut"]


def test_a_changed_entry_of_before_is_found_with_the_old_key(database: DatabaseProxy, clock: Hands) -> None:
    write(OLD, 3, clock)
    audit_seal.mark_key_change(BOTH)
    first = AuditEntry.select().order_by(AuditEntry.id).first()
    AuditEntry.update(subject="member:9").where(AuditEntry.id == first.id).execute()
    assert [one.entry_id for one in audit_seal.verify(BOTH).breaks] == [first.id]


def test_a_second_change_needs_no_third_key(database: DatabaseProxy, clock: Hands) -> None:
    write(OLD, 2, clock)
    audit_seal.mark_key_change(BOTH)
    write(NEW, 2, clock)
    last = SecretKey(LATER, (NEW,))
    assert audit_seal.mark_key_change(last).breaks == ()
    write(LATER, 1, clock)
    assert audit_seal.verify(last).unchecked == 2
    every = audit_seal.verify(SecretKey(LATER, (NEW, OLD)))
    assert (every.sealed, every.unchecked, every.breaks) == (5, 0, ())


def test_a_broken_log_keeps_the_change_from_being_finished(portal: Portal, clock: Hands) -> None:
    write(OLD, 3, clock)
    AuditEntry.delete().where(AuditEntry.id == 2).execute()
    result = portal("rekey", **ROTATED)
    assert result.exit_code == 1
    assert "broken" in result.output


# --- settings -----------------------------------------------------------------------------------------------


def test_the_settings_say_what_is_wrong(database_url: str, portal: Portal) -> None:
    assert settings_of(database_url, **ROTATED).secret_key.before == (OLD,)
    with pytest.raises(SettingsError, match="32 characters"):
        settings_of(database_url, PORTAL_SECRET_KEY_BEFORE="short")
    with pytest.raises(SettingsError, match="set that too"):
        settings_of(database_url, PORTAL_SECRET_KEY="", PORTAL_SECRET_KEY_BEFORE=OLD)
    assert portal("rekey", PORTAL_SECRET_KEY=NEW).exit_code == 2
