"""Between a right password and the code of the second factor: five minutes, known by a cookie's hash."""

import hashlib
import secrets
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from webapp import clock
from webapp.domain import throttle
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account
from webapp.domain.db import Table, transaction

GOOD_FOR = timedelta(minutes=5)
_SECOND_TAP = timedelta(seconds=10)


class PendingSignIn(Table):
    """A password was right; the code is still to come. target: the address to go to afterwards; used_at, used_with:
    when the code came, and its keyed hash."""

    token_hash = CharField(max_length=64, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    target = TextField()
    began_at = DateTimeField(index=True)
    used_at = DateTimeField(null=True)
    used_with = CharField(max_length=64, default="")

    class Meta:
        table_name = "pending_sign_in"


def begin(account: Account, target: str) -> str:
    """Note a right password. Returns the token for the cookie, 256 random bits; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with transaction():
        PendingSignIn.create(token_hash=_hash(token), account=account, target=target, began_at=clock.now())
    return token


def find(token: str | None, portal: str) -> PendingSignIn | None:
    """The sign-in of a token in a portal, its account joined; None when there is none, it is too old, or the account
    was frozen or got another password meanwhile."""
    if not token:
        return None
    row: PendingSignIn | None = (
        PendingSignIn.select(PendingSignIn, Account)
        .join(Account)
        .where(
            PendingSignIn.token_hash == _hash(token),
            PendingSignIn.began_at > clock.now() - GOOD_FOR,
            PendingSignIn.began_at >= Account.password_changed_at,
            Account.portal == portal,
            Account.frozen_at.is_null(),
        )
        .first()
    )
    return row


def use(row: PendingSignIn, code: str, secret_key: str) -> bool:
    """The code was right. False when this sign-in has been used, but for the second of two taps: the same browser
    with the same code a moment later is told the same, as it may never have got the first answer."""
    now, mark = clock.now(), throttle.key_of(secret_key, "pending-sign-in", row.token_hash, code)
    mine = PendingSignIn.token_hash == row.token_hash
    with transaction():
        new = PendingSignIn.update(used_at=now, used_with=mark).where(mine, PendingSignIn.used_at.is_null())
        return bool(new.execute()) or is_second_tap(row, code, secret_key)


def is_second_tap(row: PendingSignIn, code: str, secret_key: str) -> bool:
    """Whether this browser signed in with this very code a moment ago."""
    stored = PendingSignIn.get_or_none(PendingSignIn.token_hash == row.token_hash)
    if stored is None or stored.used_at is None or clock.now() - stored.used_at > _SECOND_TAP:
        return False
    return passwords.same(
        stored.used_with, throttle.key_of(secret_key, "pending-sign-in", row.token_hash, code)
    )


def sweep() -> None:
    """Remove those that can no longer be used."""
    with transaction():
        PendingSignIn.delete().where(PendingSignIn.began_at <= clock.now() - GOOD_FOR).execute()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
