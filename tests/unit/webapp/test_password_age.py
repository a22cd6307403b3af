"""Passwords that grow old: when one does, and the reminders before."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.harness.clock import TODAY, Hands
from webapp import serving
from webapp.config import Settings, read_settings
from webapp.domain.account import accounts, password_age
from webapp.domain.account.accounts import Account
from webapp.domain.db import connected
from webapp.domain.outbox import OutboxMessage

SETTINGS = read_settings({"PORTAL_BASE_URL": "http://portal.example"})
SUBJECT = "Change your password soon"


@pytest.fixture
def rosa(database: object) -> Account:
    return make("rosa")


def make(username: str, portal: str = "provider", language: str = "en") -> Account:
    return accounts.create_account(
        portal=portal,
        username=username,
        password_hash="not looked at",
        email=f"{username}@practice.example",
        first_name="Rosa",
        last_name="Lake",
        language=language,
    )


@pytest.fixture
def plan_with(tmp_path: Path) -> Callable[[str], Settings]:
    """Settings whose plan file says something else about practices' passwords."""

    def make_plan(lines: str) -> Settings:
        file = tmp_path / "plan.toml"
        file.write_text(f"[provider_password]\n{lines}\n", encoding="utf-8")
        return read_settings({"PORTAL_PLAN": str(file)})

    return make_plan


def mails() -> list[str]:
    return [mail.recipient for mail in OutboxMessage.select().order_by(OutboxMessage.id)]


def test_a_practices_password_must_be_new_after_90_days(rosa: Account, clock: Hands) -> None:
    assert password_age.expires_on(rosa, SETTINGS.plan) == TODAY + timedelta(days=90)
    clock.advance(days=89)
    assert not password_age.is_expired(rosa, SETTINGS.plan)
    clock.advance(days=1)
    assert password_age.is_expired(rosa, SETTINGS.plan)


def test_a_members_never_must(database: object, clock: Hands) -> None:
    ana = make("ana", portal="member")
    clock.advance(days=4000)
    assert password_age.expires_on(ana, SETTINGS.plan) is None
    assert not password_age.is_expired(ana, SETTINGS.plan)


def test_0_days_turn_it_off(rosa: Account, clock: Hands, plan_with: Callable[[str], Settings]) -> None:
    settings = plan_with("expires_days = 0")
    clock.advance(days=85)
    assert not password_age.is_expired(rosa, settings.plan)
    assert password_age.queue_reminders(settings) == 0


def test_a_reminder_goes_out_14_7_and_1_days_before_and_each_once(rosa: Account, clock: Hands) -> None:
    sent = {}
    for day in range(95):
        for _ in range(3):
            if count := password_age.queue_reminders(SETTINGS):
                sent[90 - day] = count
        clock.advance(days=1)
    assert sent == {14: 1, 7: 1, 1: 1}
    bodies = [mail.body for mail in OutboxMessage.select().where(OutboxMessage.subject == SUBJECT)]
    assert all(f"{TODAY + timedelta(days=90):%m/%d/%Y}" in body for body in bodies)
    assert all("http://portal.example/providers/login" in body for body in bodies)


def test_a_worker_that_stood_still_sends_one_reminder_for_all_it_missed(rosa: Account, clock: Hands) -> None:
    clock.advance(days=85)  # between the second and the third
    assert password_age.queue_reminders(SETTINGS) == 1
    assert password_age.queue_reminders(SETTINGS) == 0
    clock.advance(days=4)
    assert password_age.queue_reminders(SETTINGS) == 1


def test_a_new_password_starts_the_reminders_anew(rosa: Account, clock: Hands) -> None:
    clock.advance(days=89)
    assert password_age.queue_reminders(SETTINGS) == 1
    Account.update(password_changed_at=clock.now()).execute()
    assert password_age.queue_reminders(SETTINGS) == 0
    clock.advance(days=76)
    assert password_age.queue_reminders(SETTINGS) == 1


def test_the_plan_may_remind_at_other_times(
    rosa: Account, clock: Hands, plan_with: Callable[[str], Settings]
) -> None:
    settings = plan_with("expires_days = 30\nreminder_days = [3]")
    clock.advance(days=26)
    assert password_age.queue_reminders(settings) == 0
    clock.advance(days=1)
    assert password_age.queue_reminders(settings) == 1


def test_several_workers_send_each_reminder_once(rosa: Account, clock: Hands) -> None:
    clock.advance(days=76)

    def work(_: int) -> int:
        with connected():
            return password_age.queue_reminders(SETTINGS)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(16))) == 1
    assert mails() == ["rosa@practice.example"]


class OneRound(threading.Event):
    """Stops the worker when it would pause."""

    def wait(self, timeout: float | None = None) -> bool:
        self.set()
        return True


def test_the_worker_sends_the_reminders(rosa: Account, clock: Hands) -> None:
    clock.advance(days=76)
    serving._deliver_until(SETTINGS, OneRound())
    assert mails() == ["rosa@practice.example"]


def test_nobody_is_reminded_of_a_frozen_account_or_after_the_day(rosa: Account, clock: Hands) -> None:
    clock.advance(days=90)
    assert password_age.queue_reminders(SETTINGS) == 0
    make("other")
    clock.advance(days=80)
    Account.update(frozen_at=clock.now()).execute()
    assert password_age.queue_reminders(SETTINGS) == 0
