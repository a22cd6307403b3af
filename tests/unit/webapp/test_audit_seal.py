"""The seal on the audit log: what was changed, taken out, slipped in or cut off is found."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner
from peewee import DatabaseProxy

from tests.harness.clock import Hands
from tests.harness.database import handed_over
from webapp.domain import audit, audit_seal
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.audit_seal import AuditSeal, Break
from webapp.domain.db import connected

KEY = "a key of the tests that protects nothing at all"
ACTOR = Actor("member", "203.0.113.7", 1)


def write(count: int, clock: Hands) -> list[int]:
    """Entries that have settled, and are sealed; their numbers."""
    for number in range(count):
        audit.record(ACTOR, "open-member", subject=f"member:{number}", detail="señal «Ñ»")
    clock.advance(seconds=31)
    audit_seal.seal(KEY)
    return [entry.id for entry in AuditEntry.select().order_by(AuditEntry.id)]


def breaks() -> list[Break]:
    return list(audit_seal.verify(KEY).breaks)


@pytest.fixture
def entries(database: DatabaseProxy, clock: Hands) -> list[int]:
    return write(5, clock)


def test_an_untouched_log_is_whole(entries: list[int], clock: Hands) -> None:
    assert write(3, clock)
    found = audit_seal.verify(KEY)
    assert (found.sealed, found.waiting, found.breaks) == (8, 0, ())


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "member:9"},
        {"account_id": None},
        {"outcome": "refused"},
        {"detail": ""},
        {"address": "127.0.0.1"},
    ],
)
def test_a_changed_entry_is_found(entries: list[int], change: dict[str, object]) -> None:
    AuditEntry.update(**change).where(AuditEntry.id == entries[2]).execute()
    assert breaks() == [Break(entries[2], "changed")]


def test_a_deleted_entry_is_found(entries: list[int]) -> None:
    AuditEntry.delete().where(AuditEntry.id == entries[0]).execute()
    assert breaks() == [Break(entries[0], "deleted")]


def test_an_entry_taken_out_with_its_seal_is_found(entries: list[int]) -> None:
    AuditEntry.delete().where(AuditEntry.id == entries[2]).execute()
    AuditSeal.delete().where(AuditSeal.entry_id == entries[2]).execute()
    assert Break(entries[3], "changed") in breaks()


def test_entries_cut_off_at_the_end_with_their_seals_are_found(entries: list[int]) -> None:
    AuditEntry.delete().where(AuditEntry.id >= entries[3]).execute()
    AuditSeal.delete().where(AuditSeal.entry_id >= entries[3]).execute()
    assert breaks() == [Break(0, "cut")]


def test_an_entry_slipped_in_with_a_seal_of_its_own_is_found(entries: list[int]) -> None:
    audit.record(ACTOR, "open-member", subject="member:99")
    forged = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
    AuditSeal.create(entry_id=forged.id, seal="f" * 64)
    assert Break(forged.id, "changed") in breaks()


def test_nobody_without_the_key_can_seal(database: DatabaseProxy, clock: Hands) -> None:
    audit.record(ACTOR, "sign-in")
    clock.advance(seconds=31)
    audit_seal.seal("another key")
    assert [found.what for found in breaks()] == ["changed", "cut"]


def test_what_is_too_new_waits_and_what_was_never_sealed_is_told(entries: list[int], clock: Hands) -> None:
    audit.record(ACTOR, "sign-in")
    audit_seal.seal(KEY)
    assert (audit_seal.verify(KEY).waiting, breaks()) == (1, [])
    clock.advance(minutes=11)
    assert [found.what for found in breaks()] == ["unsealed"]
    audit_seal.seal(KEY)
    assert breaks() == []


def test_several_workers_at_once_make_one_chain(database: DatabaseProxy, clock: Hands) -> None:
    for number in range(50):
        audit.record(ACTOR, "open-member", subject=f"member:{number}")
    clock.advance(seconds=31)

    def work(_: int) -> int:
        with connected():
            return audit_seal.seal(KEY)

    with handed_over(), ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(8))) == 50
    assert breaks() == []


def test_the_command_names_the_broken_entry_and_fails(
    entries: list[int], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from webapp.cli import main

    monkeypatch.setenv("PORTAL_DATABASE", database_url)
    monkeypatch.setenv("PORTAL_SECRET_KEY", KEY)
    with handed_over():
        assert CliRunner().invoke(main, ["audit", "verify"]).exit_code == 0
    AuditEntry.update(detail="nothing").where(AuditEntry.id == entries[1]).execute()
    with handed_over():
        result = CliRunner().invoke(main, ["audit", "verify"])
    assert result.exit_code == 1
    assert f"entry {entries[1]}: changed" in result.output
