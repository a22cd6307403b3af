"""After a breach: who looked at whom, as a file for those who must tell the people and the authorities (45 CFR
164.404, 164.308(a)(6)). And the hard stop: everybody is signed out."""

import csv
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from peewee import ModelSelect

from webapp.domain import audit
from webapp.domain.account.accounts import Account, username_key
from webapp.domain.account.codes import OneTimeCode
from webapp.domain.account.pending_sign_ins import PendingSignIn
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import transaction
from webapp.domain.reporting.report_files import safe_cell
from webapp.domain.support import audit_search, imitations
from webapp.domain.support.imitations import Imitation

_COMMAND = Actor("command", "")
COLUMNS = ("at_utc", "action", "outcome", "account_id", "username", "portal", "address", "subject", "detail")
_BATCH = 1000


class NoSuchAccount(Exception):
    """No account has that username."""


@dataclass(frozen=True)
class Window:
    """What is asked about. since, until: UTC, `until` excluded; username, address, subject: '' for all."""

    since: datetime
    until: datetime
    username: str = ""
    address: str = ""
    subject: str = ""


def export(window: Window, target: IO[str]) -> tuple[int, int]:
    """Write every entry of the window as CSV, the oldest first. Returns how many, and about how many members. Raises
    NoSuchAccount."""
    query, members, count, last = _matching(window), set(), 0, 0
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    while rows := list(query.where(AuditEntry.id > last).order_by(AuditEntry.id).limit(_BATCH)):
        names = audit_search.people(rows)
        for row in rows:
            writer.writerow(_cells(row, names))
            if row.subject.startswith("member:"):
                members.add(row.subject)
        count, last = count + len(rows), rows[-1].id
    with transaction():
        asked = f"{window.since} to {window.until}, {count} entries"
        audit.record(_COMMAND, "breach-report", detail=asked)
    return count, len(members)


def end_all_sessions() -> int:
    """Sign everybody out, staff too, and let what a sign-in waits for die: codes, and second steps half done."""
    with transaction():
        for row in Imitation.select().where(Imitation.ended_at.is_null()):
            imitations.end(row, _COMMAND, "all sessions were ended")
        PendingSignIn.delete().execute()
        OneTimeCode.delete().execute()
        ended: int = Session.delete().execute()
        audit.record(_COMMAND, "end-all-sessions", detail=f"{ended} sessions")
    return ended


def _matching(window: Window) -> ModelSelect:
    query = AuditEntry.select().where(AuditEntry.at >= window.since, AuditEntry.at < window.until)
    if window.username:
        found = Account.select(Account.id).where(Account.username_key == username_key(window.username))
        ids = [account.id for account in found]
        if not ids:
            raise NoSuchAccount
        query = query.where(AuditEntry.account_id.in_(ids))
    if window.address:
        query = query.where(AuditEntry.address == window.address)
    return query.where(AuditEntry.subject == window.subject) if window.subject else query


def _cells(row: AuditEntry, names: dict[int, str]) -> list[object]:
    cells = [
        f"{row.at:%Y-%m-%d %H:%M:%S}", row.action, row.outcome, row.account_id, names.get(row.account_id, ""),
        row.portal, row.address, row.subject, row.detail,
    ]  # fmt: skip
    # A spreadsheet must not take what a person typed for a formula.
    return [safe_cell(cell) if isinstance(cell, str) else cell for cell in cells]
