"""Locks that support can end: a registration after three wrong tries, a recovery for its half hour and longer.

The person gets a reference number; staff see which fields differed from the record, never what was typed. Kept of a
lock are the keyed hashes that its tries were counted under, so an unknown Client ID Number leaves nothing of itself.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from peewee import AutoField, CharField, DateTimeField, IntegerField, TextField

from webapp import clock
from webapp.domain import audit, throttle
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction

REGISTRATION, RECOVERY = "registration", "recovery"
UNLOCKED, LEFT = "unlocked", "left"


class Lockout(Table):
    """One lock. key, run_key: what its tries are counted under, by what was typed and by the browser. client_id,
    account_id: whose it is, where that is known. differed: keys of the fields that were not as on record, with spaces
    between. ends_at: null where only support ends it."""

    id = AutoField()
    reference = CharField(max_length=12, unique=True)
    kind = CharField(max_length=12)
    portal = CharField(max_length=10)
    keys = TextField()
    key = CharField(max_length=64, index=True)
    run_key = CharField(max_length=64, index=True)
    client_id = CharField(max_length=40, null=True, index=True)
    account_id = IntegerField(null=True, index=True)
    differed = CharField(max_length=100, default="")
    begun_at = DateTimeField(index=True)
    ends_at = DateTimeField(null=True)
    closed_at = DateTimeField(null=True)
    closed_by = IntegerField(null=True)
    outcome = CharField(max_length=10, default="")

    class Meta:
        table_name = "lockout"


def note(
    kind: str,
    portal: str,
    keys: Sequence[str],
    *,
    client_id: str | None = None,
    account_id: int | None = None,
    differed: Sequence[str] = (),
    lasts: timedelta | None = None,
) -> str:
    """Note a lock and return its reference number; the same one for whoever meets a lock that is noted already.

    keys: the throttle's, the one of what was typed first, that of the browser last.
    """
    with transaction():
        known = _open(kind, keys)
        if known:
            return str(known.reference)
        now = clock.now()
        made = Lockout.create(
            reference=_new_reference(),
            kind=kind,
            portal=portal,
            keys=json.dumps(list(keys)),
            key=keys[0],
            run_key=keys[-1],
            client_id=client_id,
            account_id=account_id,
            differed=" ".join(differed),
            begun_at=now,
            ends_at=now + lasts if lasts else None,
        )
    return str(made.reference)


def waiting(kind: str) -> list[Lockout]:
    """The locks of a kind that hold now, the oldest first."""
    return list(Lockout.select().where(_holds(kind)).order_by(Lockout.begun_at, Lockout.id))


def find(kind: str, number: int) -> Lockout | None:
    """A lock that holds now."""
    return Lockout.get_or_none(_holds(kind) & (Lockout.id == number))


def of_person(client_id: str | None, account_id: int | None) -> list[Lockout]:
    """The locks that hold now for a member or an account."""
    whose = (Lockout.client_id == client_id) if client_id else (Lockout.account_id == account_id)
    if client_id and account_id:
        whose = whose | (Lockout.account_id == account_id)
    return list(Lockout.select().where(_holds(None) & whose).order_by(Lockout.id))


def held(kind: str, keys: Sequence[str]) -> Lockout | None:
    """The lock that holds under one of these keys, on the list of support or left by it."""
    return _open(kind, keys)


def end_all_of(kind: str, client_id: str, actor: Actor, reason: str) -> None:
    """End every lock of a member, those too that support left: the member has shown who it is."""
    with transaction():
        held_now = (Lockout.kind == kind) & (Lockout.client_id == client_id) & (Lockout.outcome != UNLOCKED)
        for row in Lockout.select().where(held_now):
            throttle.forget(*json.loads(row.keys))
            audit.record(actor, f"lock-{UNLOCKED}", subject=_subject(row), detail=reason)
        Lockout.update(outcome=UNLOCKED, closed_at=clock.now(), closed_by=actor.account_id).where(
            held_now
        ).execute()


def unlock(number: int, actor: Actor, reason: str) -> bool:
    """End a lock: the person may try again at once. False where it was ended before."""
    return _close(number, UNLOCKED, actor, reason)


def leave(number: int, actor: Actor, reason: str) -> bool:
    """Take a lock off the list and let it hold, as where somebody else tried. False where it was ended before."""
    return _close(number, LEFT, actor, reason)


def _close(number: int, outcome: str, actor: Actor, reason: str) -> bool:
    with transaction():
        mine = Lockout.id == number
        changed = (
            Lockout.update(outcome=outcome, closed_at=clock.now(), closed_by=actor.account_id)
            .where(mine, Lockout.closed_at.is_null())
            .execute()
        )
        if changed:
            row = Lockout.get(mine)
            if outcome == UNLOCKED:
                throttle.forget(*json.loads(row.keys))
            audit.record(actor, f"lock-{outcome}", subject=_subject(row), detail=reason)
    return bool(changed)


def _subject(row: Lockout) -> str:
    if row.client_id:
        return f"member:{row.client_id}"
    return f"account:{row.account_id}" if row.account_id else f"lock:{row.reference}"


def _open(kind: str, keys: Sequence[str]) -> Lockout | None:
    same = Lockout.key.in_(throttle.ways(keys[0])) | Lockout.run_key.in_(throttle.ways(keys[-1]))
    # One that support has looked at and left goes on under its number.
    held = (Lockout.kind == kind) & (Lockout.outcome != UNLOCKED) & _not_over()
    return Lockout.select().where(held, same).order_by(Lockout.id.desc()).first()


def _holds(kind: str | None) -> object:
    held = Lockout.closed_at.is_null() & _not_over()
    return held & (Lockout.kind == kind) if kind else held


def _not_over() -> object:
    now: datetime = clock.now()
    return Lockout.ends_at.is_null() | (Lockout.ends_at > now)


def _new_reference() -> str:
    """Eight digits to be read out on the telephone; they name the lock and open nothing."""
    digits = f"{secrets.randbelow(10**8):08}"
    return f"{digits[:4]}-{digits[4:]}"
