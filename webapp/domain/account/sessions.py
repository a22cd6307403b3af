"""Sign-in sessions: kept in the database, known by the hash of a random token, ended on the server."""

import hashlib
import secrets
from datetime import datetime, timedelta

from peewee import CharField, DateTimeField, ForeignKeyField

from reports.prepared import Prepared, slot
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.account import codes, devices
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, database, transaction

# How long an ended session is still known as somebody's: it opens nothing, but a form that comes late can be kept for
# its owner (kept_forms.py).
_REMEMBERED = timedelta(hours=12)

# Writing on every request would make each page wait for the disk; a minute's grain is fine for 15 minutes.
_SEEN_GRAIN = timedelta(minutes=1)
_SECOND_TAP = timedelta(seconds=20)


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
    """Begin a session and return its token, 256 random bits, for the cookie. Only its hash is kept.

    It is written to the audit log with the kind of browser, for the person's own list of sign-ins; unused codes die.
    """
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction():
        codes.forget(account.id)
        actor = Actor(account.portal, address, account.id)
        audit.record(actor, "sign-in", detail=devices.short_name(browser))
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
    session: Session | None = next(_known(token_hash=_hash(token), portal=portal), None)
    return session if session and clock.now() <= _ends_at(session, plan) else None


def find_ended(token: str, portal: str, plan: Plan) -> Session | None:
    """The session of a token that time has ended, its account joined. It proves nothing but whose it was. None for one
    that lives, that was ended on purpose (sign-out, a new password), or whose account is frozen."""
    session: Session | None = next(_known(token_hash=_hash(token), portal=portal), None)
    return session if session and clock.now() > _ends_at(session, plan) else None


def seconds_left(session: Session, plan: Plan) -> int:
    """How long a live session lives on if nothing is done; at least 1."""
    return max(1, int((_ends_at(session, plan) - clock.now()).total_seconds()))


def _ends_at(session: Session, plan: Plan) -> datetime:
    """The session's last moment: so long after the person was last seen, and never later than its longest time."""
    idle = session.seen_at + timedelta(minutes=plan["session"]["idle_minutes"])
    return min(idle, session.started_at + timedelta(hours=plan["session"]["longest_hours"]))


_known = Prepared(
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


def touch(session: Session, grain: timedelta = _SEEN_GRAIN) -> None:
    """Note that the person is still there. grain: how much may be lost of it to spare a write."""
    now = clock.now()
    if now - session.seen_at >= grain:
        with transaction():
            Session.update(seen_at=now).where(Session.token_hash == session.token_hash).execute()
        session.seen_at = now


def extend(session: Session) -> None:
    """The person asked to stay: the whole time begins anew."""
    touch(session, timedelta(0))


def renew(session: Session, plan: Plan) -> str:
    """Give a session another token, after the password was asked for again, and return it. The token before is good
    for a few seconds more, as the second of two taps comes with it. How long the session may last does not change."""
    token = secrets.token_urlsafe(32)
    now = clock.now()
    with transaction():
        Session.create(
            token_hash=_hash(token),
            account=session.account_id,
            started_at=session.started_at,
            seen_at=now,
            address=session.address,
            browser=session.browser,
        )
        ending = now - timedelta(hours=plan["session"]["longest_hours"]) + _SECOND_TAP
        Session.update(started_at=ending).where(
            Session.token_hash == session.token_hash, Session.started_at > ending
        ).execute()
    session.token_hash = _hash(token)
    return token


def end(session: Session) -> None:
    """Sign out."""
    with transaction():
        Session.delete().where(Session.token_hash == session.token_hash).execute()


def sweep(plan: Plan) -> None:
    """Remove sessions that can no longer be used, nor be known as somebody's."""
    idle = timedelta(minutes=plan["session"]["idle_minutes"])
    with transaction():
        Session.delete().where(Session.seen_at < clock.now() - idle - _REMEMBERED).execute()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
