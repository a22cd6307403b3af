"""The audit log: who did what to whom, when, from where. Rows are only ever added."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from peewee import AutoField, CharField, DateTimeField, IntegerField, TextField

from webapp import clock
from webapp.domain.db import Table, database


class AuditEntry(Table):
    """One thing that happened. No health information goes into `detail`."""

    id = AutoField()
    at = DateTimeField(index=True)
    action = CharField(max_length=60, index=True)
    outcome = CharField(max_length=20)
    account_id = IntegerField(null=True, index=True)
    portal = CharField(max_length=10)
    address = CharField(max_length=45)
    subject = CharField(max_length=120, default="", index=True)
    detail = TextField(default="")

    class Meta:
        table_name = "audit_entry"


@dataclass(frozen=True)
class Actor:
    """Who acts: an account, or nobody known, in a portal, from a network address."""

    portal: str
    address: str
    account_id: int | None = None


@dataclass(frozen=True)
class Aside:
    """An entry that was not written yet: what it says, without who acted."""

    action: str
    outcome: str
    subject: str
    detail: str


_aside: ContextVar[list[Aside] | None] = ContextVar("audit entries set aside", default=None)
_refusals: ContextVar[int] = ContextVar("refusals recorded", default=0)


@contextmanager
def set_aside() -> Iterator[list[Aside]]:
    """Gather what is recorded meanwhile instead of writing it, for a transaction that will be undone."""
    entries: list[Aside] = []
    token = _aside.set(entries)
    try:
        yield entries
    finally:
        _aside.reset(token)


def refusals_recorded() -> int:
    """How many refusals this thread has recorded so far: two readings tell whether one came in between."""
    return _refusals.get()


def record(actor: Actor, action: str, outcome: str = "done", *, subject: str = "", detail: str = "") -> None:
    """Add one entry, in the transaction that is open if there is one.

    action: a word like 'sign-in'; outcome: 'done', 'refused' or 'failed'; subject: whom or what it was
    done to, as 'member:…' or 'account:…'.
    """
    if outcome == "refused":
        _refusals.set(_refusals.get() + 1)
    entries = _aside.get()
    if entries is not None:
        entries.append(Aside(action, outcome, subject, detail))
        return
    row = (clock.now(), action, outcome, actor.account_id, actor.portal, actor.address, subject, detail)
    # Written out: every page that shows a person writes an entry, and building the query takes longer than that.
    marks = ", ".join([database.param] * len(row))
    sql = f"INSERT INTO audit_entry ({_COLUMNS}) VALUES ({marks})"  # noqa: S608 - names and placeholders of ours
    database.execute_sql(sql, (str(row[0]), *row[1:]))


_COLUMNS = "at, action, outcome, account_id, portal, address, subject, detail"
