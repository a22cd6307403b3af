"""Forms that were sent after their session had ended: kept for half an hour, shown again to the same person.

A row belongs to the account whose session it was, and is found only by a random token that the browser holds. Nobody
sees it before that account has signed in again in that browser. Secrets are not kept.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, TextField

from webapp import clock
from webapp.domain.account.accounts import Account
from webapp.domain.db import Table, transaction

KEPT_FOR = timedelta(minutes=30)

#: More than any form of ours holds; the rest of something larger is not kept.
LONGEST = 100_000

#: Fields that hold a secret, whatever their form says of them, or belong to one page only.
_NOT_KEPT = re.compile(r"password|secret|answer_?\d|(^|_)pin\d?$|^code$|^csrf_token$|^go$")

Answers = list[tuple[str, str]]


class KeptForm(Table):
    """One form: what was typed, and the address that shows it (a path with its query)."""

    token_hash = CharField(max_length=64, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE", backref="kept_forms")
    address = TextField()
    answers = TextField()
    kept_at = DateTimeField(index=True)

    class Meta:
        table_name = "kept_form"


def keep(account: Account, address: str, typed: Iterable[tuple[str, str]]) -> str:
    """Keep what was typed, in place of what the account had before. Returns the token for the browser."""
    answers = json.dumps([(name, value) for name, value in typed if not _NOT_KEPT.search(name)])
    token = secrets.token_urlsafe(32)
    with transaction():
        KeptForm.delete().where(KeptForm.account == account).execute()
        if len(answers) <= LONGEST:
            KeptForm.create(
                token_hash=_hash(token),
                account=account,
                address=address,
                answers=answers,
                kept_at=clock.now(),
            )
    return token


def address_of(token: str) -> str | None:
    """Where a kept form is shown; None when there is none (any more)."""
    row = _live(token)
    return row.address if row else None


def find(token: str, account: Account, address: str) -> Answers | None:
    """What the account typed at this address; None where nothing is kept of it, or it was somebody else."""
    row = _live(token)
    if row is None or row.account_id != account.id or row.address != address:
        return None
    return [(name, value) for name, value in json.loads(row.answers)]


def forget(token: str) -> None:
    """The form was sent again, or is not wanted."""
    with transaction():
        KeptForm.delete().where(KeptForm.token_hash == _hash(token)).execute()


def sweep() -> None:
    """Remove what was kept long enough."""
    with transaction():
        KeptForm.delete().where(KeptForm.kept_at < clock.now() - KEPT_FOR).execute()


def _live(token: str) -> KeptForm | None:
    since = clock.now() - KEPT_FOR
    found: KeptForm | None = KeptForm.get_or_none(
        KeptForm.token_hash == _hash(token), KeptForm.kept_at >= since
    )
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
