"""Looking through the audit log: by what was done, how it ended, where, when, and whom it was about. Pages go by the
entries' numbers, so that the last of a hundred thousand opens as fast as the first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from peewee import Expression, ModelSelect, fn

from webapp import clock
from webapp.domain.account.accounts import Account, username_key
from webapp.domain.audit import AuditEntry
from webapp.domain.text import digits

PER_PAGE = 50
OUTCOMES = ("done", "refused", "failed")
PORTALS = ("member", "provider", "support", "public", "worker", "command")
_BATCH = 1_000


@dataclass(frozen=True)
class Wanted:
    """What is looked for; '' and None for everything. text: a username, a Client ID Number, a network address, or a
    subject as the log writes it; since, until: days where the plan is, both included."""

    text: str = ""
    action: str = ""
    outcome: str = ""
    portal: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Found:
    """One page, the newest first. newer, older: the number to go on from; None at the end."""

    entries: Sequence[AuditEntry]
    newer: int | None
    older: int | None


def search(wanted: Wanted, before: int | None = None, after: int | None = None) -> Found:
    """A page of what is looked for: the newest, or those next to an entry's number."""
    query = _matching(wanted)
    if after is not None:
        rows = list(query.where(AuditEntry.id > after).order_by(AuditEntry.id).limit(PER_PAGE + 1))
        more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE][::-1]
        return Found(rows, rows[0].id if more else None, rows[-1].id if rows else None)
    older = query.where(AuditEntry.id < before) if before is not None else query
    rows = list(older.order_by(AuditEntry.id.desc()).limit(PER_PAGE + 1))
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    newer = rows[0].id if rows and before is not None else None
    return Found(rows, newer, rows[-1].id if more else None)


def every(wanted: Wanted) -> Iterator[AuditEntry]:
    """All of what is looked for, the newest first, a batch at a time."""
    query = _matching(wanted).order_by(AuditEntry.id.desc()).limit(_BATCH)
    rows = list(query)
    while rows:
        yield from rows
        rows = list(query.where(AuditEntry.id < rows[-1].id))


def actions() -> list[str]:
    """Every word for what was done, in order."""
    found: list[str] = []
    # One step through the index for each word: a DISTINCT would read every entry.
    last = AuditEntry.select(fn.MIN(AuditEntry.action)).scalar()
    while last is not None:
        found.append(last)
        last = AuditEntry.select(fn.MIN(AuditEntry.action)).where(AuditEntry.action > last).scalar()
    return found


def people(entries: Sequence[AuditEntry]) -> dict[int, str]:
    """The usernames of the accounts that acted, by number."""
    ids = {entry.account_id for entry in entries if entry.account_id}
    return (
        dict(Account.select(Account.id, Account.username).where(Account.id.in_(ids)).tuples()) if ids else {}
    )


def _matching(wanted: Wanted) -> ModelSelect:
    query = AuditEntry.select()
    for column in ("action", "outcome", "portal"):
        if value := getattr(wanted, column):
            query = query.where(getattr(AuditEntry, column) == value)
    if wanted.since:
        query = query.where(AuditEntry.at >= clock.current().midnight(wanted.since))
    if wanted.until:
        query = query.where(AuditEntry.at < clock.current().midnight(wanted.until + timedelta(days=1)))
    return query.where(_about(wanted.text)) if wanted.text else query


def _about(text: str) -> Expression:
    """Entries of or about whom the text names."""
    named = Account.select(Account.id).where(Account.username_key == username_key(text))
    ids = [account.id for account in named]
    subjects = [text, f"member:{text}", f"member:{digits(text)}", *(f"account:{number}" for number in ids)]
    found = AuditEntry.subject.in_(subjects) | (AuditEntry.address == text)
    return found | AuditEntry.account_id.in_(ids) if ids else found
