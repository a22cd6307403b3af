"""A wizard's stored run when many press at once, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from peewee import DatabaseProxy

from tests.harness.clock import Hands
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.db import connected
from webapp.flows import runs
from webapp.flows.engine import Flow, State
from webapp.flows.runs import FlowRun

FLOW = Flow("sample", (), timedelta(minutes=30))
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"


def make_account(state: State) -> str:
    account = accounts.create_account(
        portal="member",
        username="ana",
        password_hash=HASH,
        email="ana@example.com",
        first_name="Ana",
        last_name="Ortiz",
        client_id="001234567",
    )
    return str(account.id)


def test_finish_pressed_forty_times_at_once_makes_one_account(database: DatabaseProxy) -> None:
    token, _ = runs.begin(FLOW)

    def press(_: int) -> tuple[str, bool]:
        with connected():
            run = runs.find(FLOW, token)
            assert run is not None
            finished = runs.finish(run, make_account)
            return finished.result, finished.now

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(press, range(40)))
    assert Account.select().count() == 1
    assert {result for result, _ in outcomes} == {str(Account.get().id)}, "everybody is told the same"
    assert [now for _, now in outcomes].count(True) == 1


def test_a_finish_that_fails_leaves_the_run_as_it_was(database: DatabaseProxy) -> None:
    token, run = runs.begin(FLOW)
    runs.save(run, FLOW, State({"account": {"username": "ana"}}))

    def broken(state: State) -> str:
        make_account(state)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        runs.finish(run, broken)
    kept = runs.find(FLOW, token)
    assert kept is not None
    assert kept.finished_at is None
    assert kept.state.of("account") == {"username": "ana"}
    assert Account.select().count() == 0


def test_two_accounts_for_one_member_are_never_made(database: DatabaseProxy) -> None:
    make_account(State())
    with pytest.raises(accounts.AlreadyRegistered):
        accounts.create_account(
            portal="member",
            username="another",
            password_hash=HASH,
            email="b@example.com",
            first_name="Ana",
            last_name="Ortiz",
            client_id="001234567",
        )


def test_an_expired_run_cannot_be_found_and_is_swept(database: DatabaseProxy, clock: Hands) -> None:
    token, _ = runs.begin(FLOW)
    clock.advance(minutes=31)
    assert runs.find(FLOW, token) is None
    assert runs.sweep() == 1
    assert FlowRun.select().count() == 0


def test_a_token_of_one_wizard_opens_no_other(database: DatabaseProxy) -> None:
    token, _ = runs.begin(FLOW)
    assert runs.find(Flow("other", (), timedelta(minutes=30)), token) is None
    assert runs.find(FLOW, "guessed") is None
