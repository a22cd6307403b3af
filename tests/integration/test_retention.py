"""What is removed when, what stays, the archive of the audit log, and what a breach asks for."""

import csv
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.harness.application import SECRET_KEY
from tests.harness.clock import TODAY, Hands
from tests.harness.command_line import Portal
from tests.integration.profile_walk import make_rosa
from webapp import clock as portal_clock
from webapp.config import read_plan
from webapp.domain import audit, audit_seal, facts, outbox, throttle
from webapp.domain.account import codes, sessions
from webapp.domain.account.codes import OneTimeCode
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.member import lockouts
from webapp.domain.operations import retention
from webapp.domain.outbox import OutboxMessage
from webapp.domain.throttle import TryCount

KEY = {"PORTAL_SECRET_KEY": SECRET_KEY}
PLAN = read_plan()
SEVEN_YEARS = 7 * 366


def a_sent_mail() -> None:
    outbox.queue(sender="a@b.example", recipient="x@y.example", subject="Code", body="123456", language="en")
    outbox.deliver_due(outbox.keep_in_mailbox)


def test_what_a_sent_mail_said_is_forgotten_first_and_the_mail_later(database: Any, clock: Hands) -> None:
    a_sent_mail()
    outbox.queue(sender="a@b.example", recipient="z@y.example", subject="Waits", body="kept", language="en")
    clock.advance(days=31)
    retention.purge(PLAN)
    assert [row.body for row in OutboxMessage.select().order_by(OutboxMessage.id)] == ["", "kept"]
    clock.advance(days=365)
    retention.purge(PLAN)
    assert [row.recipient for row in OutboxMessage.select()] == ["z@y.example"], "what was not sent stays"


def test_the_demo_keeps_its_mailbox(database: Any, clock: Hands) -> None:
    facts.keep_fact("demo", "1")
    a_sent_mail()
    clock.advance(days=31)
    assert retention.purge(PLAN) == {}


def test_old_tries_go_but_not_those_of_a_lock_that_holds(database: Any, clock: Hands) -> None:
    locked = [
        throttle.key_of(SECRET_KEY, "register-id", "1"),
        throttle.key_of(SECRET_KEY, "register-run", "r"),
    ]
    for key in (*locked, throttle.key_of(SECRET_KEY, "register-id", "2")):
        throttle.take_counted_try(key, 3)
    lockouts.note(lockouts.REGISTRATION, "member", locked)
    clock.advance(days=91)
    assert retention.purge(PLAN) == {"try_count": 1}
    assert {row.key for row in TryCount.select()} == set(locked)


# --- the archive of the audit log ------------------------------------------------------------------------


@pytest.fixture
def log(database: Any, clock: Hands) -> list[int]:
    """Three entries of seven years ago and two of today, all sealed; their numbers."""
    for day, count in ((TODAY - timedelta(days=SEVEN_YEARS), 3), (TODAY, 2)):
        clock.set_today(day)
        for number in range(count):
            audit.record(Actor("member", "203.0.113.7", 1), "open-member", subject=f"member:{number}")
        clock.advance(minutes=1)
        audit_seal.seal(SECRET_KEY)
    return [row.id for row in AuditEntry.select().order_by(AuditEntry.id)]


def test_old_entries_move_into_a_file_and_the_rest_stays_whole(
    portal: Portal, log: list[int], tmp_path: Path, clock: Hands
) -> None:
    file = tmp_path / "archive.csv"
    result = portal("audit", "archive", str(file), "--before", f"{TODAY - timedelta(days=2200)}", **KEY)
    assert result.exit_code == 0, result.output
    with file.open(encoding="utf-8", newline="") as opened:
        assert [row["subject"] for row in csv.DictReader(opened)] == ["member:0", "member:1", "member:2"]
    assert file.stat().st_mode & 0o077 == 0
    found = audit_seal.verify(SECRET_KEY)
    assert (found.sealed, found.archived, found.breaks) == (2, 3, ())
    audit.record(Actor("member", "", 1), "sign-in")
    clock.advance(minutes=1)
    audit_seal.seal(SECRET_KEY)
    assert audit_seal.verify(SECRET_KEY).breaks == ()
    assert AuditEntry.select().where(AuditEntry.action == "archive-audit").exists()


def test_entries_taken_out_without_the_key_are_still_missed_afterwards(
    portal: Portal, log: list[int], tmp_path: Path
) -> None:
    portal("audit", "archive", str(tmp_path / "a.csv"), "--before", f"{TODAY - timedelta(days=2200)}", **KEY)
    audit_seal.AuditSeal.delete().where(audit_seal.AuditSeal.entry_id == log[3]).execute()
    AuditEntry.delete().where(AuditEntry.id == log[3]).execute()
    assert audit_seal.verify(SECRET_KEY).breaks
    facts.keep_fact(audit_seal.START, '[[4, "0"], "forged"]')
    assert [one.what for one in audit_seal.verify(SECRET_KEY).breaks] == ["cut"]


def test_six_years_are_kept(portal: Portal, log: list[int], tmp_path: Path) -> None:
    file = tmp_path / "archive.csv"
    result = portal("audit", "archive", str(file), "--before", f"{TODAY - timedelta(days=2000)}", **KEY)
    assert result.exit_code == 2
    assert "must be kept" in result.output
    assert not file.exists()
    assert AuditEntry.select().count() == 5


def test_a_broken_log_is_not_archived_and_no_file_is_overwritten(
    portal: Portal, log: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "archive.csv"
    file.write_text("of last year")
    call = ("audit", "archive", str(file), "--before", f"{TODAY - timedelta(days=2200)}")
    assert portal(*call, **KEY).exit_code == 2
    assert file.read_text() == "of last year"
    file.unlink()
    AuditEntry.update(subject="member:9").where(AuditEntry.id == log[4]).execute()
    assert "not whole" in portal(*call, **KEY).output
    assert AuditEntry.select().count() == 5


# --- after a breach ---------------------------------------------------------------------------------------


def test_everybody_is_signed_out_at_once(portal: Portal, clock: Hands) -> None:
    rosa = make_rosa()
    sessions.start(rosa, "203.0.113.9", "a browser")
    codes.issue("recover", "a run", SECRET_KEY, PLAN)
    result = portal("sessions", "end", "--all")
    assert "1 sessions were ended" in result.output
    assert not Session.select().exists()
    assert not OneTimeCode.select().exists()
    assert AuditEntry.select().where(AuditEntry.action == "end-all-sessions").exists()
    assert portal("sessions", "end").exit_code == 2


def test_the_report_says_who_looked_at_whom_in_a_window(portal: Portal, tmp_path: Path, clock: Hands) -> None:
    rosa = make_rosa()
    for minutes, account, subject, typed in (
        (0, None, "member:1", ""),
        (0, rosa.id, "member:2", "=1+1"),
        (60, rosa.id, "member:3", "＝1+1"),
    ):
        clock.advance(minutes=minutes)
        audit.record(Actor("provider", "203.0.113.9", account), "open-patient", subject=subject, detail=typed)
    file = tmp_path / "breach.csv"
    now = portal_clock.now()
    window = (
        "--since",
        f"{now - timedelta(hours=3):%Y-%m-%dT%H:%M}",
        "--until",
        f"{now + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    )
    result = portal("breach-report", str(file), *window, "--username", "rosa")
    assert result.exit_code == 0, result.output
    assert "2 entries about 2 members" in result.output
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [(row["username"], row["subject"], row["detail"]) for row in rows] == [
        ("rosa", "member:2", "'=1+1"),
        ("rosa", "member:3", "'＝1+1"),
    ]
    assert AuditEntry.select().where(AuditEntry.action == "breach-report").exists()
    assert portal("breach-report", str(file), *window, "--username", "nobody").exit_code == 2
