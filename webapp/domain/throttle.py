"""Limits on tries: waits that grow and end by themselves, and counts that lock after so many in a row.

Each try is counted by one conditional UPDATE before the secret is looked at, so that fifty tries at once
are not fifty looks. Keys are keyed hashes: unknown usernames and IDs count, lock and wait like known ones.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from peewee import CharField, DateTimeField, IntegerField

from webapp import clock
from webapp.config import keys_of
from webapp.domain.db import Table, transaction


class TryCount(Table):
    """Tries in a row under one key. `open_at`: when the next paced try may be made."""

    key = CharField(max_length=64, primary_key=True)
    tries = IntegerField(default=0)
    open_at = DateTimeField()
    last_at = DateTimeField()

    class Meta:
        table_name = "try_count"


class MustWait(Exception):
    """The next try is not allowed yet. `seconds`: how long, rounded up."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


class Locked(Exception):
    """So many wrong tries in a row that only support (or a plan's time limit) opens it again."""


class Key(str):
    """A keyed hash. `before`: the same under earlier secret keys, for what was counted or kept before a change."""

    before: tuple[str, ...] = ()


def key_of(secret_key: str, *parts: str) -> Key:
    """The keyed hash under which tries for `parts` are counted."""
    text = "\x1f".join(parts).encode()
    now, *earlier = (hmac.digest(key.encode(), text, "sha256").hex() for key in keys_of(secret_key))
    key = Key(now)
    if earlier:
        key.before = tuple(earlier)
    return key


def ways(key: str) -> tuple[str, ...]:
    """The key and what it was under earlier secret keys."""
    return (str(key), *getattr(key, "before", ()))


def take_paced_try(key: str, waits: Sequence[int]) -> int:
    """Count a try that is slowed down, never locked. Returns the seconds before the next one.

    waits: seconds of pause after the 1st, 2nd, … try in a row; the last repeats. Raises MustWait.
    """
    while True:
        row = _row(key)
        now = clock.now()
        if row.open_at > now:
            raise MustWait(_seconds(row.open_at - now))
        pause = waits[min(row.tries, len(waits) - 1)]
        if _advance(row, now + timedelta(seconds=pause)):
            return pause


def seconds_to_wait(key: str) -> int:
    """How long before the next paced try may be made; 0 when it may be made now."""
    row = _find(key)
    now = clock.now()
    return _seconds(row.open_at - now) if row and row.open_at > now else 0


def take_counted_try(key: str, limit: int, unlock_after: timedelta | None = None) -> int:
    """Count a try of which `limit` in a row lock. Returns its number (1…limit). Raises Locked.

    unlock_after: a lock ends by itself after this (None: only `forget` ends it).
    """
    while True:
        row = _row(key)
        now = clock.now()
        if row.tries >= limit:
            if unlock_after is None or row.last_at + unlock_after > now:
                raise Locked
            forget(key)
        elif _advance(row, row.open_at):
            return row.tries + 1


def is_locked(key: str, limit: int, unlock_after: timedelta | None = None) -> bool:
    """Whether the next counted try would be refused."""
    row = _find(key)
    if row is None or row.tries < limit:
        return False
    return unlock_after is None or row.last_at + unlock_after > clock.now()


def forget(*keys: str) -> None:
    """Start counting anew: after a right answer, or when support unlocks."""
    TryCount.delete().where(TryCount.key.in_([way for key in keys for way in ways(key)])).execute()


def _find(key: str) -> TryCount | None:
    """What was counted under the key: under an earlier secret key, as long as that is given, counts on."""
    rows = TryCount.select().where(TryCount.key.in_(ways(key)))
    return rows.order_by(TryCount.tries.desc()).first()


def _seconds(span: timedelta) -> int:
    return max(1, int(span.total_seconds()))


def _row(key: str) -> TryCount:
    while (row := _find(key)) is None:  # once more where a right answer at the same moment began it anew
        now = clock.now()
        with transaction():
            TryCount.insert(key=key, tries=0, open_at=now, last_at=now).on_conflict_ignore().execute()
    return row


def _advance(row: TryCount, open_at: datetime) -> bool:
    """Count one more, unless another try was counted meanwhile. The time of the last try is what a lock's
    end is reckoned from."""
    with transaction():
        changed = (
            TryCount.update(tries=row.tries + 1, open_at=open_at, last_at=clock.now())
            .where(TryCount.key == row.key, TryCount.tries == row.tries)
            .execute()
        )
    return bool(changed)
