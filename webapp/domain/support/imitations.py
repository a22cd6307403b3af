"""Imitate Mode: support sees a portal as somebody does, to look and no more.

An imitation is no session of the person: it counts only together with the live session of the member of staff who began
it, ends by itself, and is written to the audit log at its start, for each page and at its end.
"""

import hashlib
import secrets
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, ModelSelect, TextField

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, Aside
from webapp.domain.db import Table, transaction
from webapp.domain.support import people, staff
from webapp.domain.support.people import PersonOpening

#: The portals that can be looked at, with the kind of person whose they are. Staff imitate no staff.
_KINDS = {"member": people.MEMBER, "provider": people.OFFICE}


class Imitation(Table):
    """One imitation, ended or not. session_hash: the session of the staff's account; reason: that of the opening."""

    token_hash = CharField(max_length=64, primary_key=True)
    session_hash = CharField(max_length=64, index=True)
    staff = ForeignKeyField(Account, on_delete="CASCADE", backref="+")
    account = ForeignKeyField(Account, on_delete="CASCADE", backref="+")
    reason = TextField()
    started_at = DateTimeField()
    ends_at = DateTimeField(index=True)
    ended_at = DateTimeField(null=True)

    class Meta:
        table_name = "imitation"

    @property
    def subject(self) -> str:
        """Whom it shows, as the audit log says it; the person's profile lists it by this."""
        account = self.account
        return f"member:{account.client_id}" if account.client_id else f"account:{account.id}"

    def actor(self, address: str) -> Actor:
        """Who really acts."""
        return Actor("support", address, self.staff_id)

    def stand_in(self) -> Session:
        """What views take for the person's session. It is in no table; keys that they make of it are this imitation's
        own, so they open nothing that belongs to a session of the person."""
        return Session(
            token_hash=self.token_hash,
            account=self.account,
            started_at=self.started_at,
            seen_at=self.started_at,
            address="",
            browser="",
        )


class CannotImitate(Exception):
    """The person has no open account of a portal, or the role does not reach it."""


def may_imitate(role: str | None, account: Account | None) -> bool:
    """Whether a role may see the portal as the account's person: its people, where it has the room."""
    if account is None or account.frozen_at is not None or not account.password_hash:
        return False
    return staff.may_enter(role, "imitate") and _KINDS.get(account.portal) in people.FINDERS.get(
        role or "", ()
    )


def begin(session: Session, row: PersonOpening, account: Account | None, actor: Actor, plan: Plan) -> str:
    """Begin one for an opened person, with the reason of the opening, and return its token. One of the same session
    that was begun before ends. Raises CannotImitate."""
    if account is None or not may_imitate(staff.role_of(session.account), account):
        raise CannotImitate
    token, now = secrets.token_urlsafe(32), clock.now()
    with transaction():
        for earlier in _open().where(Imitation.session_hash == session.token_hash):
            end(earlier, actor, "another one began")
        made = Imitation.create(
            token_hash=_hash(token),
            session_hash=session.token_hash,
            staff=session.account,
            account=account,
            reason=row.reason,
            started_at=now,
            ends_at=now + timedelta(minutes=plan["imitate"]["minutes"]),
        )
        audit.record(actor, "imitate", subject=made.subject, detail=row.reason)
    return token


def find(token: str, session: Session | None) -> Imitation | None:
    """The imitation of a token that has not ended, its account joined. session: the live session of staff in the same
    browser; without the one that it was begun in it does not count."""
    if session is None:
        return None
    found: Imitation | None = (
        Imitation.select(Imitation, Account)
        .join(Account, on=Imitation.account)
        .where(
            Imitation.token_hash == _hash(token),
            Imitation.session_hash == session.token_hash,
            Imitation.ended_at.is_null(),
            Imitation.ends_at > clock.now(),
        )
        .first()
    )
    return found if found and may_imitate(staff.role_of(session.account), found.account) else None


def end(row: Imitation, actor: Actor, how: str) -> None:
    """End one, and note how. Doing it twice changes nothing."""
    with transaction():
        ended = Imitation.update(ended_at=clock.now()).where(
            Imitation.token_hash == row.token_hash, Imitation.ended_at.is_null()
        )
        if ended.execute():
            audit.record(actor, "imitate-end", subject=row.subject, detail=how)


def end_of(session: Session, actor: Actor) -> None:
    """The member of staff leaves, or signs out; for other sessions there is nothing to end."""
    for row in _open().where(Imitation.session_hash == session.token_hash):
        end(row, actor, "left")


def note_page(row: Imitation, actor: Actor, endpoint: str, outcome: str = "done") -> None:
    """A page was asked for. outcome: 'done', or 'refused' for what Imitate Mode does not open."""
    with transaction():
        audit.record(actor, "imitate-page", outcome, subject=row.subject, detail=endpoint)


def write_down(entries: list[Aside], actor: Actor) -> None:
    """What the page itself recorded while its writes were undone: it was the member of staff who looked."""
    if entries:
        with transaction():
            for one in entries:
                audit.record(actor, one.action, one.outcome, subject=one.subject, detail=one.detail)


def sweep() -> None:
    """Note the end of those that time has ended. The rows stay: they say who looked at whom, and why."""
    for row in _open().where(Imitation.ends_at <= clock.now()):
        end(row, row.actor(""), "time was over")


def _open() -> ModelSelect:
    return (
        Imitation.select(Imitation, Account)
        .join(Account, on=Imitation.account)
        .where(Imitation.ended_at.is_null())
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
