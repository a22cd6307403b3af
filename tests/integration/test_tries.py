"""Counting tries when many come at once, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from peewee import DatabaseProxy

from tests.harness.clock import Hands
from webapp.domain import throttle
from webapp.domain.db import connected

AT_ONCE = 50


def at_once(one: object) -> list[str]:
    """Run `one` fifty times in sixteen threads; what each raised, or 'looked'."""

    def run(_: int) -> str:
        with connected():
            try:
                one()  # type: ignore[operator]
            except (throttle.Locked, throttle.MustWait) as refused:
                return type(refused).__name__
        return "looked"

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_fifty_registrations_at_once_are_looked_at_three_times(database: DatabaseProxy) -> None:
    outcomes = at_once(lambda: throttle.take_counted_try("key", 3))
    assert outcomes.count("looked") == 3
    assert outcomes.count("Locked") == AT_ONCE - 3


def test_fifty_sign_ins_at_once_are_looked_at_as_often_as_the_waits_allow(database: DatabaseProxy) -> None:
    outcomes = at_once(lambda: throttle.take_paced_try("key", [0, 0, 0, 60]))
    assert outcomes.count("looked") == 4
    assert outcomes.count("MustWait") == AT_ONCE - 4


def test_a_try_counts_although_a_right_answer_begins_the_count_anew_meanwhile(
    database: DatabaseProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, write = [], throttle.transaction

    @contextmanager
    def forgotten_once() -> Iterator[None]:
        with write():
            yield
        if not begun:
            begun.append(True)
            throttle.forget("key")

    monkeypatch.setattr(throttle, "transaction", forgotten_once)
    assert throttle.take_counted_try("key", 3) == 1
    assert begun


def test_a_lock_can_end_by_itself_where_the_plan_says_so(database: DatabaseProxy, clock: Hands) -> None:
    for _ in range(3):
        throttle.take_counted_try("key", 3)
    half_an_hour = timedelta(minutes=30)
    with pytest.raises(throttle.Locked):
        throttle.take_counted_try("key", 3, half_an_hour)
    clock.advance(minutes=31)
    assert throttle.take_counted_try("key", 3, half_an_hour) == 1


def test_keys_tell_nothing_and_depend_on_the_secret() -> None:
    key = throttle.key_of("secret", "register-id", "001234567")
    assert "001234567" not in key
    assert key != throttle.key_of("another", "register-id", "001234567")
    assert key != throttle.key_of("secret", "register-id001234567")
