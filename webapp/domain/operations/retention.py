"""What is kept for how long ([retention] in the plan file). What ends by itself within hours (codes, wizards, kept
forms, sessions) has a sweep of its own; here is what has been of use and is not needed any more. Accounts, consents,
messages, downloads and who looked at whom stay: they are the record."""

import csv
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import IO

from peewee import Expression

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, audit_seal, facts
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member import lockouts
from webapp.domain.member.lockouts import Lockout
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice.registration_codes import RegistrationCode
from webapp.domain.reporting.download_guard import DownloadDay
from webapp.domain.support.staff import StaffInvitation
from webapp.domain.throttle import TryCount

_COMMAND = Actor("command", "")

#: Setting in days, table, and which of its rows are over, given the moment before which they must lie.
_RULES: tuple[tuple[str, type[Table], Callable[[datetime], Expression]], ...] = (
    ("outbox_days", OutboxMessage, lambda then: OutboxMessage.sent_at < then),
    ("try_count_days", TryCount, lambda then: (TryCount.last_at < then) & TryCount.key.not_in(_held_keys())),
    (
        "lockout_days",
        Lockout,
        lambda then: (
            ((Lockout.outcome == lockouts.UNLOCKED) & (Lockout.closed_at < then))
            | (Lockout.ends_at.is_null(False) & (Lockout.ends_at < then))
        ),
    ),
    ("registration_code_days", RegistrationCode, lambda then: RegistrationCode.expires_at < then),
    ("staff_invitation_days", StaffInvitation, lambda then: StaffInvitation.made_at < then),
    ("download_day_days", DownloadDay, lambda then: DownloadDay.day < then.date()),
)


class TooYoung(Exception):
    """Entries of the audit log must be kept longer. `until`: the first day that must stay."""

    def __init__(self, until: date) -> None:
        super().__init__(f"entries from {until:%Y-%m-%d} on must be kept")
        self.until = until


class LogBroken(Exception):
    """The audit log is not whole: nothing of it may be removed before that is looked into."""


def purge(plan: Plan) -> dict[str, int]:
    """Remove what the plan no longer keeps; a setting of 0 keeps for ever. Returns how many, by table."""
    kept = plan["retention"]
    done = {"outbox_body": _empty_bodies(kept["outbox_body_days"])}
    for setting, table, is_over in _RULES:
        if kept[setting]:
            then = clock.now() - timedelta(days=kept[setting])
            with transaction():
                done[table._meta.table_name] = table.delete().where(is_over(then)).execute()
    return {name: count for name, count in done.items() if count}


def archive_audit(target: IO[str], before: date, plan: Plan, secret_key: str) -> int:
    """Write the sealed entries of before a day as CSV, with their seals, and return how many. They are removed by
    `remove_archived` once the file is safe. Raises TooYoung or LogBroken."""
    until = clock.today() - timedelta(days=plan["retention"]["audit_days"])
    if before > until:
        raise TooYoung(until)
    if audit_seal.verify(secret_key).breaks:
        raise LogBroken
    writer = csv.writer(target)
    writer.writerow([*audit_seal.COLUMNS, "seal"])
    count = 0
    for seal, entry in audit_seal.first_entries(datetime.combine(before, datetime.min.time())):
        writer.writerow([*entry, seal])
        count += 1
    return count


def remove_archived(count: int, secret_key: str) -> None:
    """Remove so many of the first entries, and write down that it was done."""
    if count:
        with transaction():
            audit_seal.remove_first(count, secret_key)
            audit.record(_COMMAND, "archive-audit", detail=f"{count} entries")


def _empty_bodies(days: int) -> int:
    """Forget what sent mails said. The demo's are its mailbox."""
    if not days or facts.is_demo():
        return 0
    old = (OutboxMessage.sent_at < clock.now() - timedelta(days=days)) & (OutboxMessage.body != "")
    with transaction():
        return OutboxMessage.update(body="").where(old).execute()


def _held_keys() -> list[str]:
    """What the locks that hold are counted under: those counts stay."""
    not_over = Lockout.ends_at.is_null() | (Lockout.ends_at > clock.now())
    held = Lockout.select(Lockout.keys).where(Lockout.outcome != lockouts.UNLOCKED, not_over)
    return [key for row in held for key in json.loads(row.keys)]
