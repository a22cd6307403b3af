"""Sign-in sessions: kept in the database, known by the hash of a random token, ended on the server."""

import hashlib
import secrets
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField

from reports.prepared import Prepared, slot
from webapp import clock
from webapp.config import Plan
from webapp.domain.accounts import Account
from webapp.domain.db import Table, database, transaction

# Writing on every request would make each page wait for the disk; a minute's grain is fine for 15 minutes.
_SEEN_GRAIN = timedelta(minutes=1)


class Session(Table):
    """One signed-in browser."""

    token_hash = CharField(max_length=64, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE", backref="sessions")
    started_at = DateTimeField()
    seen_at = DateTimeField()
    address = CharField(max_length=45)
    browser = CharField(max_length=200)

    class Meta:
        table_name = "session"


def start(account: Account, address: str, browser: str) -> str:
    """Begin a session and return its token, 256 random bits, for the cookie. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction():
        Session.create(
            token_hash=_hash(token),
            account=account,
            started_at=now,
            seen_at=now,
            address=address,
            browser=browser[:200],
        )
    return token


def find(token: str, portal: str, plan: Plan) -> Session | None:
    """The live session of a token in a portal, its account joined; None when unknown, idle too long, too old,
    or the account is frozen."""
    session: Session | None = next(_live(token_hash=_hash(token), portal=portal), None)
    if session is None:
        return None
    now = clock.now()
    idle = now - session.seen_at > timedelta(minutes=plan["session"]["idle_minutes"])
    old = now - session.started_at > timedelta(hours=plan["session"]["longest_hours"])
    return None if idle or old else session


_live = Prepared(
    database,
    lambda: (
        Session.select(Session, Account)
        .join(Account)
        .where(
            Session.token_hash == slot("token_hash"),
            Account.portal == slot("portal"),
            Account.frozen_at.is_null(),
        )
    ),
)


def touch(session: Session) -> None:
    """Note that the person is still there."""
    now = clock.now()
    if now - session.seen_at >= _SEEN_GRAIN:
        with transaction():
            Session.update(seen_at=now).where(Session.token_hash == session.token_hash).execute()


def end(session: Session) -> None:
    """Sign out."""
    with transaction():
        Session.delete().where(Session.token_hash == session.token_hash).execute()


def sweep(plan: Plan) -> None:
    """Remove sessions that can no longer be used."""
    now = clock.now()
    idle = now - timedelta(minutes=plan["session"]["idle_minutes"])
    old = now - timedelta(hours=plan["session"]["longest_hours"])
    with transaction():
        Session.delete().where((Session.seen_at < idle) | (Session.started_at < old)).execute()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
