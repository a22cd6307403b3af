"""Between a right password and the code of the second factor: five minutes, known by a cookie's hash."""

import hashlib
import secrets
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from webapp import clock
from webapp.domain.accounts import Account
from webapp.domain.db import Table, transaction

GOOD_FOR = timedelta(minutes=5)


class PendingSignIn(Table):
    """A password was right; the code is still to come. target: the address to go to afterwards."""

    token_hash = CharField(max_length=64, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    target = TextField()
    began_at = DateTimeField(index=True)

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


def end(row: PendingSignIn) -> bool:
    """Use it up. False when somebody else has."""
    with transaction():
        used = PendingSignIn.delete().where(PendingSignIn.token_hash == row.token_hash).execute()
    return bool(used)


def sweep() -> None:
    """Remove those that can no longer be used."""
    with transaction():
        PendingSignIn.delete().where(PendingSignIn.began_at <= clock.now() - GOOD_FOR).execute()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
