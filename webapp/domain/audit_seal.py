"""The seal on the audit log: a chain of keyed hashes over its entries, made by the worker, so that web nodes need not
queue for it. An entry that was changed, deleted or slipped in breaks the chain (support-console.md, Audit).

Entries are sealed in the order of their numbers once they have been there for a while: on PostgreSQL an entry with a
lower number can be committed after one with a higher. One that comes later still is sealed when it is found.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from peewee import AutoField, CharField, IntegerField, fn

from webapp import clock
from webapp.domain import facts
from webapp.domain.audit import AuditEntry
from webapp.domain.db import Table, database, is_sqlite, transaction

#: How old an entry is before it is sealed, and from when on an unsealed one is reported.
SETTLED = timedelta(seconds=30)
OVERDUE = timedelta(minutes=10)
_BATCH = 1000
_LOCK = 7_208_114  # any number, the same in every process
_FIRST = "0" * 64
#: Where the last seal stands besides, so that entries cut off at the end are missed.
_HEAD = "audit_head"
_COLUMNS = ("id", "at", "action", "outcome", "account_id", "portal", "address", "subject", "detail")


class AuditSeal(Table):
    """The seal of one entry: the keyed hash of the seal before and of the entry as it is written."""

    id = AutoField()  # the order of sealing
    entry_id = IntegerField(unique=True)
    seal = CharField(max_length=64)

    class Meta:
        table_name = "audit_seal"


@dataclass(frozen=True)
class Break:
    """Where the log is not as it was written. `what`: changed, deleted, unsealed, cut."""

    entry_id: int
    what: str


@dataclass(frozen=True)
class Verified:
    """What a check of the whole log found. `sealed`: how many entries are sealed; `waiting`: too new for a seal."""

    sealed: int
    waiting: int
    breaks: tuple[Break, ...]


def seal(secret_key: str) -> int:
    """Seal the entries that have settled; returns how many. Several workers at once take turns."""
    count = 0
    while True:
        with transaction():
            done = _seal_batch(secret_key)
        count += done
        if done < _BATCH:
            return count


def verify(secret_key: str) -> Verified:
    """Read the whole log and check each entry against its seal."""
    before, sealed, breaks = _FIRST, 0, []
    for row, entry in _sealed_entries():
        sealed += 1
        if entry is None:
            breaks.append(Break(row.entry_id, "deleted"))
        elif not hmac.compare_digest(row.seal, _seal_of(secret_key, before, entry)):
            breaks.append(Break(row.entry_id, "changed"))
        before = row.seal  # one break is told once: what follows stands on the seal as it is
    if facts.fact(_HEAD) not in (None, _head(secret_key, before)):
        breaks.append(Break(0, "cut"))
    unsealed = AuditEntry.select(AuditEntry.id, AuditEntry.at).where(
        AuditEntry.id.not_in(AuditSeal.select(AuditSeal.entry_id))
    )
    late = clock.now() - OVERDUE
    waiting = 0
    for entry in unsealed.order_by(AuditEntry.id):
        waiting += 1
        if entry.at < late:
            breaks.append(Break(entry.id, "unsealed"))
    return Verified(sealed, waiting, tuple(breaks))


def _seal_batch(secret_key: str) -> int:
    if not is_sqlite():  # whose writers take turns anyway
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    last = AuditSeal.select().order_by(AuditSeal.id.desc()).first()
    before = last.seal if last else _FIRST
    settled = AuditEntry.select(*_entry_fields()).where(
        AuditEntry.at <= clock.now() - SETTLED,
        AuditEntry.id.not_in(AuditSeal.select(AuditSeal.entry_id)),
    )
    entries = list(settled.order_by(AuditEntry.id).limit(_BATCH).tuples())
    rows = []
    for entry in entries:
        before = _seal_of(secret_key, before, entry)
        rows.append({"entry_id": entry[0], "seal": before})
    if rows:
        AuditSeal.insert_many(rows).execute()
        facts.keep_fact(_HEAD, _head(secret_key, before))
    return len(rows)


def _sealed_entries() -> Iterator[tuple[AuditSeal, tuple[Any, ...] | None]]:
    """Each seal in order with its entry, a batch at a time."""
    after = 0
    while True:
        seals = list(AuditSeal.select().where(AuditSeal.id > after).order_by(AuditSeal.id).limit(_BATCH))
        if not seals:
            return
        wanted = [row.entry_id for row in seals]
        found = AuditEntry.select(*_entry_fields()).where(AuditEntry.id.in_(wanted))
        entries = {entry[0]: entry for entry in found.tuples()}
        for row in seals:
            yield row, entries.get(row.entry_id)
        after = seals[-1].id


def _entry_fields() -> list[Any]:
    return [getattr(AuditEntry, name) for name in _COLUMNS]


def _seal_of(secret_key: str, before: str, entry: tuple[Any, ...]) -> str:
    written = json.dumps(
        [before, *(None if cell is None else str(cell) for cell in entry)], ensure_ascii=False
    )
    return hmac.new(secret_key.encode(), written.encode(), hashlib.sha256).hexdigest()


def _head(secret_key: str, last: str) -> str:
    count = AuditSeal.select(fn.COUNT(AuditSeal.id)).scalar()
    return hmac.new(secret_key.encode(), f"head {count} {last}".encode(), hashlib.sha256).hexdigest()
