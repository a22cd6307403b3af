"""Fifty tries at once at every secret that somebody could guess: no more than the limit are looked at, and a code that
is right is taken once. In threads with connections of their own, and once in processes; on both databases.
"""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from peewee import DatabaseProxy

from tests.harness.application import SECRET_KEY
from tests.harness.plan_rows import add_provider
from tests.integration.profile_walk import make_ana, make_rosa, shown, turn_on
from tests.integration.registration_walk import CLIENT_ID, add_ana
from tests.integration.test_tries import AT_ONCE, at_once
from webapp.config import read_settings
from webapp.domain import throttle
from webapp.domain.account import accounts, codes, freezing, passwords, recovery, second_factor
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.member import eligibility, locked_ways, registration
from webapp.domain.member.registration import IdCard
from webapp.domain.practice import registration_codes
from webapp.domain.practice.registration_codes import RegistrationCode
from webapp.domain.reporting import download_mails

SETTINGS = read_settings({})
PLAN = SETTINGS.plan
ACTOR = Actor("member", "127.0.0.1")
LINKS = freezing.FreezeLinks("https://portal.example", SECRET_KEY)
REFUSED = (
    accounts.WrongPair,
    eligibility.MemberNotFound,
    registration.EligibilityNotFound,
    registration.RegistrationLocked,
    recovery.NotFound,
    recovery.WrongCode,
    recovery.WrongAnswer,
    second_factor.WrongCode,
    registration_codes.CodeNotLive,
)


@dataclass(frozen=True)
class Secret:
    """guess: one wrong try. look: module and function that compares. limit: how many looks are allowed at once."""

    guess: Callable[[], Any]
    look: tuple[Any, str]
    limit: int


def sign_in() -> Secret:
    make_ana()
    waits = PLAN["sign_in"]["waits"]
    return Secret(
        lambda: accounts.authenticate("member", "ana", "wrong", ACTOR, PLAN, SECRET_KEY),
        (passwords, "check_secret"),
        1 + next(place for place, pause in enumerate(waits) if pause),
    )


def id_card() -> Secret:
    add_ana()
    card = IdCard(CLIENT_ID, "Eve", "Wrong", date(1990, 6, 15))
    return Secret(
        lambda: registration.identify(card, "a browser", ACTOR, PLAN, SECRET_KEY),
        (eligibility, "match"),
        PLAN["registration"]["wrong_tries"],
    )


def letter() -> Secret:
    add_ana()
    return Secret(
        lambda: locked_ways.redeem("AAAAA-AAAAA", date(1990, 6, 15), "run", ACTOR, PLAN, SECRET_KEY),
        (locked_ways, "_live"),
        PLAN["locked_registration"]["code_tries"],
    )


def a_run() -> recovery.Recovery:
    return recovery.Recovery("member", "127.0.0.1", "a run", PLAN, SECRET_KEY)


def recovery_identity() -> Secret:
    make_ana()
    return Secret(
        lambda: a_run().find_member(CLIENT_ID, "Eve", "Wrong"),
        (eligibility, "match_names"),
        PLAN["recovery"]["wrong_tries"],
    )


def recovery_code() -> Secret:
    account = make_ana()
    a_run().mail_code(account)
    return Secret(
        lambda: a_run().take_code(str(account.id), "000000"), (passwords, "same"), PLAN["codes"]["tries"]
    )


def recovery_answers() -> Secret:
    account = make_ana()
    return Secret(
        lambda: a_run().take_answers(account, right=False),
        (recovery.Recovery, "_refuse"),
        PLAN["recovery"]["wrong_tries"],
    )


def second_step(typed: str, look: str) -> Callable[[], Secret]:
    def make() -> Secret:
        account = make_rosa()
        turn_on(account)
        waits = PLAN["sign_in"]["waits"]
        return Secret(
            lambda: second_factor.check(account, typed, SECRET_KEY, ACTOR, PLAN, LINKS),
            (second_factor, look),
            1 + next(place for place, pause in enumerate(waits) if pause),
        )

    return make


def download_code() -> Secret:
    account = make_rosa()
    download_mails.send_code(account, "a session", ACTOR, PLAN, SECRET_KEY, LINKS)
    return Secret(
        lambda: download_mails.is_right(account, "a session", "000000", ACTOR, PLAN, SECRET_KEY),
        (passwords, "same"),
        PLAN["codes"]["tries"],
    )


SECRETS: dict[str, Callable[[], Secret]] = {
    "password": sign_in,
    "ID card": id_card,
    "letter": letter,
    "recovery, who": recovery_identity,
    "recovery, code": recovery_code,
    "recovery, answers": recovery_answers,
    "app code": second_step("000000", "_use_step"),
    "recovery code of an app": second_step("0" * second_factor._RECOVERY_DIGITS, "_use_recovery_code"),
    "download code": download_code,
}


def looked_at(secret: Secret, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many of fifty wrong tries at once were compared."""
    looks: list[str] = []
    owner, name = secret.look
    plain = getattr(owner, name)

    def counted(*given: Any, **named: Any) -> Any:
        looks.append(name)
        return plain(*given, **named)

    monkeypatch.setattr(owner, name, counted)

    def guess() -> None:
        try:
            secret.guess()
        except REFUSED:
            pass

    at_once(guess)
    return len(looks)


@pytest.mark.parametrize("name", SECRETS)
def test_of_fifty_tries_at_once_no_more_than_the_limit_are_looked_at(
    database: DatabaseProxy, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    secret = SECRETS[name]()
    assert 1 <= looked_at(secret, monkeypatch) <= secret.limit


def test_that_count_finds_a_guess_that_nobody_counts(
    database: DatabaseProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = sign_in()
    monkeypatch.setattr(throttle, "take_paced_try", lambda *_: 0)
    assert looked_at(secret, monkeypatch) == AT_ONCE


# --- right codes, sent fifty times --------------------------------------------------------------------


def taken(take: Callable[[], Any]) -> int:
    """How many of fifty at once were let in."""

    def one() -> None:
        try:
            let_in = take()
        except REFUSED:
            let_in = False
        if let_in is False:
            raise throttle.Locked

    return at_once(one).count("looked")


def mailed() -> Callable[[], Any]:
    code = codes.issue("test", "a run", SECRET_KEY, PLAN)
    return lambda: codes.redeem("test", "a run", code, SECRET_KEY, PLAN)


def of_the_app() -> Callable[[], Any]:
    account = make_rosa()
    code = shown(turn_on(account))
    return lambda: second_factor.check(account, code, SECRET_KEY, ACTOR, PLAN, LINKS)


def for_a_lost_telephone() -> Callable[[], Any]:
    account = make_rosa()
    turn_on(account)
    code = second_factor.new_recovery_codes(account, SECRET_KEY, ACTOR, PLAN, LINKS)[0]
    return lambda: second_factor.check(account, code, SECRET_KEY, ACTOR, PLAN, LINKS)


def of_an_invitation() -> Callable[[], Any]:
    add_provider()
    account: Account = make_rosa()
    base = "https://portal.example"
    tins = ["061110001"]
    registration_codes.issue(None, tins, "Office Staff", "new@practice.example", "en", ACTOR, PLAN, base)
    code = RegistrationCode.get()
    return lambda: registration_codes.redeem(code.id, account, tins, ACTOR)


@pytest.mark.parametrize("make", [mailed, of_the_app, for_a_lost_telephone, of_an_invitation])
def test_a_right_code_sent_fifty_times_at_once_is_taken_once(
    database: DatabaseProxy, make: Callable[[], Callable[[], Any]]
) -> None:
    assert taken(make()) == 1


# --- processes ----------------------------------------------------------------------------------------

IN_A_PROCESS = """
import sys
from webapp.domain import throttle
from webapp.domain.db import connected, open_database

open_database(sys.argv[1])
looked = 0
with connected():
    for _ in range(13):
        try:
            throttle.take_counted_try("key", 3)
            looked += 1
        except throttle.Locked:
            pass
print(looked)
"""


def test_tries_from_four_processes_are_counted_together(database: DatabaseProxy, database_url: str) -> None:
    command = [sys.executable, "-c", IN_A_PROCESS, database_url]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert sum(int(one.communicate(timeout=60)[0]) for one in running) == 3
