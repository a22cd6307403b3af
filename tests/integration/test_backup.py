"""The drill: a backup made while people work, put back, and everything is there; a bad file changes nothing."""

import hashlib
import io
import json
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from peewee import DatabaseProxy

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.command_line import Portal
from tests.harness.plan_rows import add_member
from webapp.domain import audit_seal, facts, outbox
from webapp.domain.account import sessions
from webapp.domain.account.accounts import Account, create_account
from webapp.domain.audit import AuditEntry
from webapp.domain.member.eligibility import Member
from webapp.domain.outbox import OutboxMessage

KEY = {"PORTAL_SECRET_KEY": SECRET_KEY}


@pytest.fixture(autouse=True)
def _tools(database_kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if database_kind == "postgresql":
        from tests.harness.postgres import tools

        monkeypatch.setenv("PATH", f"{tools()}{os.pathsep}{os.environ['PATH']}")


def an_account(username: str) -> Account:
    return create_account(
        portal="member", username=username, email=f"{username}@example.com", first_name="Ana", last_name="Ruiz",
        password_hash="not a hash",
    )  # fmt: skip


@pytest.fixture
def people(database: DatabaseProxy, clock: Hands) -> Account:
    """A plan with a member who has an account and is signed in, mail that waits, and a sealed audit log."""
    add_member("001234567")
    account = an_account("member1")
    sessions.start(account, "203.0.113.9", "a browser")
    outbox.queue(
        sender="a@b.example", recipient="x@y.example", subject="Hello", body="Year’s end: ñ €", language="es"
    )
    clock.advance(minutes=5)
    audit_seal.seal(SECRET_KEY)
    return account


def test_what_was_backed_up_is_there_again_after_a_loss(
    portal: Portal, people: Account, tmp_path: Path
) -> None:
    file = tmp_path / "portal.backup"
    made = portal("backup", str(file), **KEY)
    assert made.exit_code == 0, made.output
    assert file.stat().st_mode & 0o077 == 0, "nobody else may read it"
    Member.delete().execute()
    Account.update(email="lost@example.com").execute()
    OutboxMessage.delete().execute()

    result = portal("restore", str(file), "--replace", **KEY)
    assert result.exit_code == 0, result.output
    assert "nobody is signed in" in result.output
    assert Member.get().client_id == "001234567"
    assert Account.get().email == people.email
    assert OutboxMessage.get().body == "Year’s end: ñ €"
    assert not sessions.Session.select().exists()
    assert AuditEntry.select().where(AuditEntry.action == "restore").exists()
    assert audit_seal.verify(SECRET_KEY).breaks == ()
    assert an_account("later").id > people.id, "numbers go on where they were"


def test_a_backup_made_under_load_is_of_one_moment(
    portal: Portal, people: Account, writer: Callable[[], int], tmp_path: Path
) -> None:
    file = tmp_path / "portal.backup"
    assert portal("backup", str(file), **KEY).exit_code == 0
    assert writer() > 0, "there was a load"
    assert portal("restore", str(file), "--replace", **KEY).exit_code == 0
    assert facts.fact("left") == facts.fact("right"), "both halves of a transaction, or neither"


def test_a_database_with_rows_is_not_overwritten_unless_told(
    portal: Portal, people: Account, tmp_path: Path
) -> None:
    file = tmp_path / "portal.backup"
    portal("backup", str(file), **KEY)
    Account.update(email="kept@example.com").execute()
    result = portal("restore", str(file), **KEY)
    assert result.exit_code == 2
    assert "--replace" in result.output
    assert Account.get().email == "kept@example.com"


@pytest.mark.parametrize("damage", ["cut", "bytes", "rows", "not a backup"])
def test_a_file_that_is_not_whole_changes_nothing(
    portal: Portal, people: Account, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "portal.backup"
    portal("backup", str(file), **KEY)
    Account.update(email="kept@example.com").execute()
    file.write_bytes(_damaged(file.read_bytes(), damage))
    result = portal("restore", str(file), "--replace", **KEY)
    assert result.exit_code == 2, result.output
    assert Account.get().email == "kept@example.com"
    assert sessions.Session.select().exists(), "nobody was signed out"


def test_a_backup_goes_through_a_pipe_as_for_encryption(portal: Portal, people: Account) -> None:
    piped = portal("backup", "-", **KEY)
    assert piped.exit_code == 0
    Member.delete().execute()
    result = portal("restore", "-", "--replace", given=piped.stdout_bytes, **KEY)
    assert result.exit_code == 0, result.output
    assert Member.select().count() == 1


def test_another_secret_key_is_noticed(portal: Portal, people: Account, tmp_path: Path) -> None:
    file = tmp_path / "portal.backup"
    portal("backup", str(file), **KEY)
    result = portal("restore", str(file), "--replace", PORTAL_SECRET_KEY="x" * 32)
    assert result.exit_code == 0
    assert "not the one that this backup was written with" in result.output


def test_a_backup_of_a_newer_portal_is_refused(portal: Portal, people: Account, tmp_path: Path) -> None:
    file = tmp_path / "portal.backup"
    portal("backup", str(file), **KEY)
    file.write_bytes(_changed(file.read_bytes(), lambda said: said.update(schema="9999_later")))
    result = portal("restore", str(file), "--replace", **KEY)
    assert result.exit_code == 2
    assert "newer portal" in result.output


@pytest.fixture
def writer(database: DatabaseProxy, database_url: str) -> Iterator[Callable[[], int]]:
    """Somebody who writes two facts a transaction, all the time. Calling it stops; returns how many transactions."""
    stop, done = threading.Event(), []
    facts.keep_fact("left", "0")
    facts.keep_fact("right", "0")

    def write() -> None:
        connection, mark = _connect(database_url)
        while not stop.is_set():
            for name in ("left", "right"):
                connection.execute(
                    f"UPDATE plan_fact SET value = {mark} WHERE name = {mark}", (str(len(done) + 1), name)
                )
            connection.commit()
            done.append(1)
        connection.close()

    thread = threading.Thread(target=write)
    thread.start()

    def finish() -> int:
        stop.set()
        thread.join()
        return len(done)

    yield finish
    finish()


def _connect(url: str) -> tuple[Any, str]:
    if url.startswith("sqlite"):
        import sqlite3

        return sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30), "?"
    import psycopg

    return psycopg.connect(url), "%s"


def _damaged(whole: bytes, how: str) -> bytes:
    if how == "cut":
        return whole[: len(whole) // 2]
    if how == "bytes":
        middle = len(whole) // 2
        return whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
    if how == "rows":
        return _changed(whole, lambda said: said["tables"]["account"].update(rows=7))
    return b"-- SQL\n" * 1000


def _changed(whole: bytes, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The backup with another manifest, its database as it was."""
    with tarfile.open(fileobj=io.BytesIO(whole)) as archive:
        said = json.loads(archive.extractfile("manifest.json").read())
        body = archive.extractfile("database").read()
    assert said["digest"] == hashlib.sha256(body).hexdigest()
    change(said)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in (("manifest.json", json.dumps(said).encode()), ("database", body)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()
