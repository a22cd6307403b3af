"""Writes on SQLite take turns (webapp/domain/sqlite_turn.py); `make faults` shows what that is good for."""

import fcntl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from peewee import DatabaseProxy, OperationalError

from webapp.domain import facts, sqlite_turn
from webapp.domain.db import is_sqlite, transaction


@pytest.fixture
def elsewhere(database: DatabaseProxy) -> Iterator[IO[bytes]]:
    """What another process takes its turn by."""
    if not is_sqlite():
        pytest.skip("PostgreSQL needs no turns")
    with Path(f"{database.obj.database}.write-lock").open("ab") as file:
        yield file


def _is_free(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    fcntl.flock(file, fcntl.LOCK_UN)
    return True


def _in_a_transaction() -> None:
    with transaction():
        facts.keep_fact("turn", "1")


def _alone() -> None:
    facts.PlanFact.delete().where(facts.PlanFact.name == "turn").execute()


@pytest.mark.parametrize("write", [_in_a_transaction, _alone])
def test_a_write_waits_for_its_turn_and_no_longer_than_so_long(
    write: Callable[[], None], elsewhere: IO[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_turn, "PATIENCE_SECONDS", 0)
    fcntl.flock(elsewhere, fcntl.LOCK_EX)
    with pytest.raises(OperationalError, match="locked"):
        write()
    fcntl.flock(elsewhere, fcntl.LOCK_UN)
    write()
    assert _is_free(elsewhere)


def test_the_turn_lasts_as_long_as_the_transaction(elsewhere: IO[bytes]) -> None:
    with transaction():
        facts.keep_fact("turn", "1")
        with transaction():
            facts.keep_fact("turn", "2")
        assert not _is_free(elsewhere)
    assert _is_free(elsewhere)


def test_a_command_that_fails_gives_its_turn_up(elsewhere: IO[bytes]) -> None:
    with pytest.raises(RuntimeError), transaction():
        facts.keep_fact("turn", "1")
        raise RuntimeError
    assert _is_free(elsewhere)
    assert facts.fact("turn") is None


def test_reading_takes_no_turn(elsewhere: IO[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_turn, "PATIENCE_SECONDS", 0)
    fcntl.flock(elsewhere, fcntl.LOCK_EX)
    assert facts.fact("turn") is None
