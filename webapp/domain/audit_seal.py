"""The seal on the audit log: a chain of keyed hashes over its entries, made by the worker, so that web nodes need not
queue for it. An entry that was changed, deleted or slipped in breaks the chain.

Entries are sealed in the order of their numbers once they have been there for a while: on PostgreSQL an entry with a
lower number can be committed after one with a higher. One that comes later still is sealed when it is found.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import AutoField, CharField, IntegerField, fn

from webapp import clock
from webapp.config import keys_of
from webapp.domain import audit_marks, facts
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
#: Where the chain begins: entries archived, the last one's seal.
#: Up to where earlier keys sealed: number, seal, which keys.
START, EARLIER_KEYS = "audit_start", "audit_earlier_keys"
COLUMNS = ("id", "at", "action", "outcome", "account_id", "portal", "address", "subject", "detail")


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
    """What a check of the whole log found. `sealed`: how many entries are sealed; `waiting`: too new for a seal;
    `unchecked`: sealed with an earlier key that was not given; `archived`: how many were put into an archive before."""

    sealed: int
    waiting: int
    breaks: tuple[Break, ...]
    unchecked: int = 0
    archived: int = 0


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
    """Read the whole log and check each entry against its seal. Those of before a change of the secret key need the
    earlier key too (config.SecretKey.before)."""
    breaks: list[Break] = []
    try:
        archived, before = _start(secret_key)
        bound, bound_seal, earlier, is_finished = _earlier_keys(secret_key)
    except audit_marks.Forged:
        return Verified(0, 0, (Break(0, "cut"),))
    keys, sealed, unchecked = keys_of(secret_key), 0, 0
    has_all_keys = earlier <= {_name_of(key) for key in keys}
    for row, entry in _sealed_entries():
        sealed += 1
        allowed = keys if row.id <= bound or not is_finished else keys[:1]
        if entry is None:
            breaks.append(Break(row.entry_id, "deleted"))
        elif not _is_seal(row.seal, allowed, before, entry):
            if row.id <= bound and not has_all_keys:
                unchecked += 1
            else:
                breaks.append(Break(row.entry_id, "changed"))
        if row.id == bound and row.seal != bound_seal:
            breaks.append(Break(row.entry_id, "changed"))
        before = row.seal  # one break is told once: what follows stands on the seal as it is
    if facts.fact(_HEAD) not in (None, *(_head(key, before, archived) for key in keys)):
        breaks.append(Break(0, "cut"))
    waiting, late = _unsealed()
    return Verified(sealed, waiting, (*breaks, *late), unchecked, archived)


def mark_key_change(secret_key: str) -> Verified:
    """After a change of the secret key: check the log, then let earlier keys count up to here alone. Whoever knows one
    can no longer forge an entry. Nothing is marked where the log is broken."""
    with transaction():
        _take_turns()
        found = verify(secret_key)
        if not found.breaks:
            last = AuditSeal.select().order_by(AuditSeal.id.desc()).first()
            archived, first = _start(secret_key)
            earlier = _earlier_keys(secret_key)[2] | {_name_of(key) for key in keys_of(secret_key)[1:]}
            bound = (last.id, last.seal) if last else (0, first)
            audit_marks.keep(EARLIER_KEYS, [*bound, sorted(earlier)], secret_key)
            audit_marks.keep(START, [archived, first], secret_key)
            facts.keep_fact(_HEAD, _head(str(secret_key), last.seal if last else first, archived))
    return found


def first_entries(until: datetime) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The sealed entries of before a moment with their seals, in the order of sealing, up to the first later one."""
    for row, entry in _sealed_entries():
        if entry is None or entry[1] >= until:
            return
        yield row.seal, entry


def remove_first(count: int, secret_key: str) -> None:
    """Remove so many of the first sealed entries, which are in an archive, and note where the chain begins now."""
    with transaction():
        _take_turns()
        archived, _ = _start(secret_key)
        rows = list(AuditSeal.select().order_by(AuditSeal.id).limit(count))
        for at in range(0, len(rows), _BATCH):
            batch = rows[at : at + _BATCH]
            AuditEntry.delete().where(AuditEntry.id.in_([row.entry_id for row in batch])).execute()
            AuditSeal.delete().where(AuditSeal.id.in_([row.id for row in batch])).execute()
        audit_marks.keep(START, [archived + len(rows), rows[-1].seal], secret_key)


def _start(secret_key: str) -> tuple[int, str]:
    """How many entries were archived, and the seal that the first one stands on. Raises audit_marks.Forged."""
    found = audit_marks.read(START, secret_key)
    return (int(found[0][0]), str(found[0][1])) if found else (0, _FIRST)


def _earlier_keys(secret_key: str) -> tuple[int, str, set[str], bool]:
    """Up to which seal earlier keys count, that seal, the keys by name, and whether the last change of the key was
    finished (without a mark there was none, unless there is a key before). Raises audit_marks.Forged."""
    found = audit_marks.read(EARLIER_KEYS, secret_key)
    if found is None:
        return 0, "", set(), len(keys_of(secret_key)) == 1
    (bound, seal, names), is_finished = found
    return int(bound), str(seal), set(names), is_finished


def _name_of(key: str) -> str:
    """Tells keys apart, and nothing else about them."""
    return hmac.digest(key.encode(), b"name of an audit key", "sha256").hex()[:16]


def _is_seal(seal: str, keys: tuple[str, ...], before: str, entry: tuple[Any, ...]) -> bool:
    return any(hmac.compare_digest(seal, _seal_of(key, before, entry)) for key in keys)


def _unsealed() -> tuple[int, list[Break]]:
    """How many entries have no seal, and those that should have one."""
    unsealed = AuditEntry.select(AuditEntry.id, AuditEntry.at).where(
        AuditEntry.id.not_in(AuditSeal.select(AuditSeal.entry_id))
    )
    rows, late = list(unsealed.order_by(AuditEntry.id)), clock.now() - OVERDUE
    return len(rows), [Break(row.id, "unsealed") for row in rows if row.at < late]


def _take_turns() -> None:
    """One at a time, until the transaction ends."""
    if not is_sqlite():  # whose writers take turns anyway
        database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))


def _seal_batch(secret_key: str) -> int:
    _take_turns()
    archived, first = _start(secret_key)
    last = AuditSeal.select().order_by(AuditSeal.id.desc()).first()
    before = last.seal if last else first
    settled = AuditEntry.select(*_entry_fields()).where(
        AuditEntry.at <= clock.now() - SETTLED,
        AuditEntry.id.not_in(AuditSeal.select(AuditSeal.entry_id)),
    )
    entries = list(settled.order_by(AuditEntry.id).limit(_BATCH).tuples())
    rows = []
    for entry in entries:
        before = _seal_of(str(secret_key), before, entry)
        rows.append({"entry_id": entry[0], "seal": before})
    if rows:
        AuditSeal.insert_many(rows).execute()
        facts.keep_fact(_HEAD, _head(str(secret_key), before, archived))
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
    return [getattr(AuditEntry, name) for name in COLUMNS]


def _seal_of(key: str, before: str, entry: tuple[Any, ...]) -> str:
    written = json.dumps(
        [before, *(None if cell is None else str(cell) for cell in entry)], ensure_ascii=False
    )
    return hmac.new(key.encode(), written.encode(), hashlib.sha256).hexdigest()


def _head(key: str, last: str, archived: int) -> str:
    count = AuditSeal.select(fn.COUNT(AuditSeal.id)).scalar() + archived
    return hmac.new(key.encode(), f"head {count} {last}".encode(), hashlib.sha256).hexdigest()
