"""Secure messages, the desks' side: what waits, oldest first with its target time, and claim, answer, close.

The support console shows it; every command here is safe when two people press at once: the one conditional UPDATE that
finds the thread as its writer saw it wins, the other is told who was first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import JOIN, Expression, ModelSelect

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.member.eligibility import Member
from webapp.domain.messaging import attachments, messages
from webapp.domain.messaging.message_tables import Message, MessageThread
from webapp.domain.messaging.messages import Draft, NoSuchThread


class AlreadyClaimed(Exception):
    """Somebody else is answering. `name`: who."""

    def __init__(self, name: str) -> None:
        super().__init__("claimed by somebody else")
        self.name = name


class HasChanged(Exception):
    """The person wrote again, or somebody answered, since the writer of this answer looked."""


@dataclass(frozen=True)
class Waiting:
    """A thread that waits for a desk.

    target: when it should be answered; language: the account's code ("en", "es"); spoken: the member's language as the
    plan's file has it, empty where unknown and for offices; interpreter: whether one is needed, None where unknown.
    """

    key: str
    portal: str
    desk: str
    topic: str
    subject: str
    person: str
    waiting_since: datetime
    target: datetime
    is_over: bool
    claimed_by: str
    language: str
    spoken: str
    interpreter: bool | None
    claimer: int | None = None


def waiting_one(thread: MessageThread, plan: Plan) -> Waiting:
    """One thread that waits, as the list shows it."""
    return _waiting(_query().where(MessageThread.id == thread.id).get(), plan)


def waiting(plan: Plan, desks: Iterable[str] = tuple(messages.DESKS), limit: int = 200) -> list[Waiting]:
    """What waits for these desks, the oldest first."""
    query = (
        _query()
        .where(MessageThread.desk.in_(list(desks)), MessageThread.waiting_since.is_null(False))
        .order_by(MessageThread.waiting_since, MessageThread.id)
        .limit(limit)
    )
    return [_waiting(thread, plan) for thread in query]


def _query() -> ModelSelect:
    staff = Account.alias()
    return (
        MessageThread.select(MessageThread, Account, Member.language, Member.interpreter, staff)
        .join(Account, on=MessageThread.account)
        .join(Member, JOIN.LEFT_OUTER, on=(Account.client_id == Member.client_id), attr="member")
        .switch(MessageThread)
        .join(staff, JOIN.LEFT_OUTER, on=(MessageThread.claimed_by == staff.id), attr="claimer")
    )


def thread_for_staff(key: str, actor: Actor) -> MessageThread:
    """A thread, for a member of staff who opens it; that is written to the audit log first. Raises NoSuchThread."""
    thread = MessageThread.get_or_none(MessageThread.key == key)
    if thread is None:
        raise NoSuchThread
    audit.record(actor, "open-thread", subject=f"account:{thread.account_id}")
    return thread


def claim(thread: MessageThread, staff: Account, actor: Actor, plan: Plan) -> None:
    """Take a thread to answer it. Claiming one's own again renews it. Raises AlreadyClaimed."""
    with transaction():
        changed = (
            MessageThread.update(claimed_by=staff, claimed_at=clock.now())
            .where(MessageThread.id == thread.id, _is_free_for(staff, plan))
            .execute()
        )
        if not changed:
            raise AlreadyClaimed(_claimer(thread))
        audit.record(actor, "message-claimed", subject=f"account:{thread.account_id}")


def release(thread: MessageThread, staff: Account) -> None:
    """Give a claimed thread back to the queue."""
    with transaction():
        MessageThread.update(claimed_by=None, claimed_at=None).where(
            MessageThread.id == thread.id, MessageThread.claimed_by == staff
        ).execute()


def answer(
    thread: MessageThread, staff: Account, draft: Draft, actor: Actor, plan: Plan, *, link: str
) -> None:
    """Send the desk's answer, and a mail that says there is one and no more.

    thread: as its writer saw it (`latest_id` says up to which message). link: the address of the person's messages.
    Raises MessageRefused, AlreadyClaimed, or HasChanged; then nothing was sent. Sent twice it counts once.
    """
    messages.check(staff, draft, plan, begins=False)
    body = messages.several_lines(draft.body)
    once = messages.once_of(staff, draft, thread.key, body)
    with transaction():
        if Message.select().where(Message.once == once).exists():
            return
        now = clock.now()
        _settle(thread, staff, plan, closed_at=None, latest_at=now, unread=MessageThread.unread + 1)
        sent = Message.create(
            thread=thread,
            from_desk=True,
            author=staff,
            author_name=staff.first_name,
            body=body,
            sent_at=now,
            once=once,
        )
        attachments.attach(draft.files, sent.id)
        MessageThread.update(latest_id=sent.id).where(MessageThread.id == thread.id).execute()
        audit.record(actor, "message-answered", subject=f"account:{thread.account_id}")
        mails.send(mails.NEW_MESSAGE, thread.account, plan, link=link)


def close(thread: MessageThread, staff: Account, actor: Actor, plan: Plan) -> None:
    """Close a thread that needs no answer any more; the person can open it again by writing. Raises AlreadyClaimed or
    HasChanged."""
    with transaction():
        _settle(thread, staff, plan, closed_at=clock.now())
        audit.record(actor, "message-closed", subject=f"account:{thread.account_id}")


def _settle(thread: MessageThread, staff: Account, plan: Plan, **values: Any) -> None:
    """Take a thread, as its writer saw it, out of the queue and set these values. Raises AlreadyClaimed, HasChanged."""
    changed = (
        MessageThread.update(waiting_since=None, claimed_by=None, claimed_at=None, **values)
        .where(
            MessageThread.id == thread.id,
            MessageThread.latest_id == thread.latest_id,
            _is_free_for(staff, plan),
        )
        .execute()
    )
    if not changed:
        raise _reason(thread, staff, plan)


def _is_free_for(staff: Account, plan: Plan) -> Expression:
    """Nobody's, one's own, or claimed so long ago that it was forgotten."""
    forgotten = clock.now() - timedelta(minutes=plan["messages"]["claim_minutes"])
    return (
        MessageThread.claimed_by.is_null()
        | (MessageThread.claimed_by == staff)
        | (MessageThread.claimed_at < forgotten)
    )


def _reason(thread: MessageThread, staff: Account, plan: Plan) -> AlreadyClaimed | HasChanged:
    """Why the thread was not as its writer saw it."""
    free = MessageThread.select().where(MessageThread.id == thread.id, _is_free_for(staff, plan)).exists()
    return HasChanged() if free else AlreadyClaimed(_claimer(thread))


def _claimer(thread: MessageThread) -> str:
    found = MessageThread.get_by_id(thread.id).claimed_by
    return f"{found.first_name} {found.last_name}".strip() if found else ""


def _waiting(thread: MessageThread, plan: Plan) -> Waiting:
    target = messages.answered_by(thread.waiting_since, plan)
    claimer = getattr(thread, "claimer", None)
    lapsed = thread.claimed_at is not None and clock.now() - thread.claimed_at > timedelta(
        minutes=plan["messages"]["claim_minutes"]
    )
    member = getattr(thread.account, "member", None)
    return Waiting(
        key=thread.key,
        portal=thread.account.portal,
        desk=thread.desk,
        topic=messages.topic_label(thread, thread.account.portal),
        subject=thread.subject,
        person=f"{thread.account.first_name} {thread.account.last_name}".strip(),
        waiting_since=thread.waiting_since,
        target=target,
        is_over=clock.now() > target,
        claimed_by="" if lapsed or claimer is None else f"{claimer.first_name} {claimer.last_name}".strip(),
        language=thread.account.language,
        spoken=(member.language or "") if member else "",
        interpreter=member.interpreter if member else None,
        claimer=None if lapsed or claimer is None else claimer.id,
    )
