"""One-use codes that are sent by mail: six digits, ten minutes, bound to the request that asked for them.

Only a keyed hash of a code is stored.
"""

import re
import secrets
from datetime import timedelta

from peewee import CharField, DateTimeField, IntegerField

from webapp import clock
from webapp.config import Plan
from webapp.domain import throttle
from webapp.domain.account import passwords
from webapp.domain.db import Table, transaction


class OneTimeCode(Table):
    """The one live code of a purpose and a request."""

    key = CharField(max_length=64, primary_key=True)
    code_hash = CharField(max_length=64)
    account_id = IntegerField(null=True, index=True)
    expires_at = DateTimeField(index=True)
    tries = IntegerField(default=0)

    class Meta:
        table_name = "one_time_code"


def issue(purpose: str, bound_to: str, secret_key: str, plan: Plan, *, account_id: int | None = None) -> str:
    """Make a code and return it, for the mail that is queued in the same transaction.

    purpose: a word like 'recover'. bound_to: names the request (a wizard's run key, a session). An earlier code of
    the same two dies. account_id: whose it is, so that it dies with any change of that account.
    """
    code = f"{secrets.randbelow(10**6):06}"
    key = _key(secret_key, purpose, bound_to)
    with transaction():
        OneTimeCode.delete().where(OneTimeCode.key.in_(throttle.ways(key))).execute()
        OneTimeCode.create(
            key=key,
            code_hash=_hash(secret_key, key, code),
            account_id=account_id,
            expires_at=clock.now() + timedelta(minutes=plan["codes"]["minutes"]),
        )
    return code


def redeem(purpose: str, bound_to: str, typed: str, secret_key: str, plan: Plan) -> bool:
    """Whether `typed` (spaces and dashes aside) is the live code; then it is used up.

    Each look is counted first, by one conditional update; after the plan's number of wrong ones the code is dead.
    """
    key = _key(secret_key, purpose, bound_to)
    with transaction():
        looked = (
            OneTimeCode.update(tries=OneTimeCode.tries + 1)
            .where(
                OneTimeCode.key.in_(throttle.ways(key)),
                OneTimeCode.tries < plan["codes"]["tries"],
                OneTimeCode.expires_at > clock.now(),
            )
            .execute()
        )
        row = OneTimeCode.get_or_none(OneTimeCode.key.in_(throttle.ways(key))) if looked else None
        if row is None or not _matches(row, secret_key, _digits(typed)):
            return False
        used = OneTimeCode.delete().where(OneTimeCode.key == row.key, OneTimeCode.code_hash == row.code_hash)
        return bool(used.execute())


def forget(account_id: int) -> None:
    """Unused codes die with any sign-in, change or lock of their account."""
    with transaction():
        OneTimeCode.delete().where(OneTimeCode.account_id == account_id).execute()


def sweep() -> None:
    """Remove codes that can no longer be used."""
    with transaction():
        OneTimeCode.delete().where(OneTimeCode.expires_at <= clock.now()).execute()


def _key(secret_key: str, purpose: str, bound_to: str) -> str:
    return throttle.key_of(secret_key, "code", purpose, bound_to)


def _matches(row: OneTimeCode, secret_key: str, code: str) -> bool:
    """Whether it is the row's code. One that was made before a change of the secret key holds."""
    return any(passwords.same(row.code_hash, way) for way in throttle.ways(_hash(secret_key, row.key, code)))


def _hash(secret_key: str, key: str, code: str) -> str:
    return throttle.key_of(secret_key, "code-value", key, code)


def _digits(typed: str) -> str:
    return re.sub(r"[\s\-\u2010-\u2015]", "", typed)
