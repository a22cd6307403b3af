"""One-use codes sent by mail: good once, for ten minutes, for the request that asked."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from peewee import DatabaseProxy

from tests.harness.clock import Hands
from webapp.config import read_plan
from webapp.domain.account import codes
from webapp.domain.account.codes import OneTimeCode
from webapp.domain.db import connected

KEY = "a key of the tests that protects nothing at all"
PLAN = read_plan()

pytestmark = pytest.mark.usefixtures("database")


def issue(bound_to: str = "run", account_id: int | None = None) -> str:
    return codes.issue("recover", bound_to, KEY, PLAN, account_id=account_id)


def redeem(typed: str, bound_to: str = "run", purpose: str = "recover") -> bool:
    return codes.redeem(purpose, bound_to, typed, KEY, PLAN)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_is_good_once() -> None:
    code = issue()
    assert redeem(code)
    assert not redeem(code)


def test_spaces_and_dashes_in_a_typed_code_do_not_matter() -> None:
    code = issue()
    assert redeem(f" {code[:3]} - {code[3:]}\u00a0")


def test_a_code_is_good_for_ten_minutes(clock: Hands) -> None:
    early, late = issue("a"), issue("b")
    clock.advance(minutes=9, seconds=59)
    assert redeem(early, "a")
    clock.advance(seconds=2)
    assert not redeem(late, "b")


def test_a_code_opens_nothing_but_the_request_it_was_made_for() -> None:
    code = issue("run")
    assert not redeem(code, bound_to="another run")
    assert not redeem(code, purpose="email")
    assert redeem(code)


def test_a_new_code_ends_the_one_before() -> None:
    first = issue()
    second = issue()
    assert first == second or not redeem(first)
    assert redeem(second)


def test_five_wrong_tries_end_a_code() -> None:
    code = issue()
    assert [redeem(wrong(code)) for _ in range(5)] == [False] * 5
    assert not redeem(code)


def test_of_fifty_right_tries_at_once_one_counts(database: DatabaseProxy) -> None:
    code = issue()

    def press(_: int) -> bool:
        with connected():
            return redeem(code)

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(press, range(50))) == 1


def test_codes_die_with_a_change_of_their_account() -> None:
    code, other = issue("a", account_id=1), issue("b", account_id=2)
    codes.forget(1)
    assert not redeem(code, "a")
    assert redeem(other, "b")


def test_no_code_is_stored_as_it_is() -> None:
    code = issue()
    row = OneTimeCode.get()
    assert code not in f"{row.key} {row.code_hash}"


def test_codes_that_are_over_are_swept_away(clock: Hands) -> None:
    issue()
    codes.sweep()
    assert OneTimeCode.select().count() == 1
    clock.advance(minutes=11)
    codes.sweep()
    assert OneTimeCode.select().count() == 0
