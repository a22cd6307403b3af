"""Secure messages, the person's side: threads with a desk of the plan, kept in the portal. A mail only says that there
is one. The desks' side is in message_queue.py.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from reports.prepared import Prepared, slot
from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails, working_days
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import database, is_sqlite, transaction
from webapp.domain.messaging import attachments
from webapp.domain.messaging.message_tables import Message, MessageFile, MessageThread
from webapp.domain.text import one_line
from webapp.words import translate

MEMBER_ENGAGEMENT, WEB_SUPPORT = "member-engagement", "web-support"

#: Who answers, as people know them.
DESKS = {MEMBER_ENGAGEMENT: N_("Member Engagement Services"), WEB_SUPPORT: N_("Web Support")}


@dataclass(frozen=True)
class Topic:
    """What a thread is about, and the desk that answers it."""

    key: str
    label: str
    desk: str


#: What each portal offers, in the order of its list.
TOPICS: dict[str, tuple[Topic, ...]] = {
    "member": (
        Topic("coverage", N_("My coverage or renewal"), MEMBER_ENGAGEMENT),
        Topic("id-card", N_("My ID card"), MEMBER_ENGAGEMENT),
        Topic("doctor", N_("Finding or changing a doctor"), MEMBER_ENGAGEMENT),
        Topic("bill", N_("A bill I got"), MEMBER_ENGAGEMENT),
        Topic("ride", N_("A ride to a visit"), MEMBER_ENGAGEMENT),
        Topic("privacy", N_("My privacy and consents"), MEMBER_ENGAGEMENT),
        Topic("website", N_("Using this website"), WEB_SUPPORT),
        Topic("other", N_("Something else"), MEMBER_ENGAGEMENT),
    ),
    "provider": (
        Topic("report-access", N_("Access to patient reports"), WEB_SUPPORT),
        Topic("report-content", N_("What a report shows"), WEB_SUPPORT),
        Topic("practice", N_("My practice and its team"), WEB_SUPPORT),
        Topic("sign-in", N_("Signing in and my account"), WEB_SUPPORT),
        Topic("consolidation", N_("Consolidating accounts"), WEB_SUPPORT),
        Topic("other", N_("Something else"), WEB_SUPPORT),
    ),
}

LONGEST_SUBJECT = 120
LONGEST_BODY = 10_000
PER_PAGE = 20

#: How a thread stands, for both sides.
WAITING, ANSWERED, CLOSED = N_("Waiting for an answer"), N_("Answered"), N_("Closed")


class MessageRefused(Exception):
    """A message that cannot be sent. `problems`: pairs of a field ("topic", "subject", "body" or "files") and what is
    wrong with it ("missing", "long" or "many"), each field once."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(", ".join(": ".join(problem) for problem in problems))
        self.problems = problems


class TooManyMessages(Exception):
    """The account has sent its messages of the day. `again_at`: the moment (UTC) from which it may send another."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__("too many messages")
        self.again_at = again_at


class NoSuchThread(Exception):
    """There is no such thread, or it is another account's: the two are never told apart."""


@dataclass(frozen=True)
class Draft:
    """A message as it was typed. `once` is the random name of the form: sent again, it counts once."""

    body: str
    once: str
    files: Sequence[MessageFile] = ()
    topic: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Written:
    """One message as it is read: `by` is the desk's key for the plan's side, empty for the person's own."""

    by: str
    name: str
    body: str
    sent_at: datetime
    is_new: bool
    files: tuple[MessageFile, ...]


def topic_of(portal: str, key: str) -> Topic | None:
    """The topic of a portal by its key."""
    return next((topic for topic in TOPICS[portal] if topic.key == key), None)


def topic_label(thread: MessageThread, portal: str) -> str:
    """The msgid of a thread's topic; its key where the list has changed since."""
    found = topic_of(portal, thread.topic)
    return found.label if found else thread.topic


def state_of(thread: MessageThread) -> str:
    """The msgid that says how a thread stands."""
    if thread.closed_at is not None:
        return CLOSED
    return WAITING if thread.waiting_since is not None else ANSWERED


def check(account: Account, draft: Draft, plan: Plan, *, begins: bool) -> None:
    """Whether a message can be sent as it is. begins: it begins a thread, so it has a topic and a subject. Raises
    MessageRefused with all that is wrong."""
    found, body = [], several_lines(draft.body)
    if begins and topic_of(account.portal, draft.topic) is None:
        found.append(("topic", "missing"))
    subject = one_line(draft.subject)
    if begins and not 0 < len(subject) <= LONGEST_SUBJECT:
        found.append(("subject", "long" if subject else "missing"))
    if not 0 < len(body) <= LONGEST_BODY:
        found.append(("body", "long" if body else "missing"))
    if len(draft.files) > plan["messages"]["most_files"]:
        found.append(("files", "many"))
    if found:
        raise MessageRefused(*found)


def begin(account: Account, draft: Draft, actor: Actor, plan: Plan) -> MessageThread:
    """Send a message that begins a thread. Raises MessageRefused or TooManyMessages; then nothing was sent."""
    check(account, draft, plan, begins=True)
    topic = topic_of(account.portal, draft.topic)
    assert topic is not None
    subject, body = one_line(draft.subject), several_lines(draft.body)
    with transaction():
        once = once_of(account, draft, topic.key, subject, body)
        if earlier := _sent_before(once):
            return earlier
        _take_place(account, plan)
        now = clock.now()
        thread = MessageThread.create(
            key=secrets.token_urlsafe(16),
            account=account,
            desk=topic.desk,
            topic=topic.key,
            subject=subject,
            created_at=now,
            latest_at=now,
            waiting_since=now,
        )
        _add(thread, account, draft, body, once, actor, plan)
    return thread


def reply(thread: MessageThread, draft: Draft, actor: Actor, plan: Plan) -> None:
    """Write again in one's own thread; a closed one opens anew. Raises MessageRefused or TooManyMessages."""
    account = thread.account
    check(account, draft, plan, begins=False)
    body = several_lines(draft.body)
    with transaction():
        once = once_of(account, draft, thread.key, body)
        if _sent_before(once):
            return
        _take_place(account, plan)
        now = clock.now()
        MessageThread.update(
            waiting_since=fn.COALESCE(MessageThread.waiting_since, now), latest_at=now, closed_at=None
        ).where(MessageThread.id == thread.id).execute()
        _add(thread, account, draft, body, once, actor, plan)


def own_thread(account: Account, key: str) -> MessageThread:
    """A thread of the account's own. Raises NoSuchThread."""
    found = MessageThread.get_or_none(MessageThread.key == key, MessageThread.account == account)
    if found is None:
        raise NoSuchThread
    found.account = account
    return found


def own_file(thread: MessageThread, key: str) -> MessageFile:
    """A file that was sent in the thread. Raises NoSuchThread."""
    found = MessageFile.select().join(Message).where(MessageFile.key == key, Message.thread == thread).first()
    if found is None:
        raise NoSuchThread
    return found


def threads_of(account: Account, page: int = 1) -> tuple[list[MessageThread], int]:
    """One page of the account's threads, the latest first, and how many there are."""
    mine = MessageThread.select().where(MessageThread.account == account)
    ordered = mine.order_by(MessageThread.latest_at.desc(), MessageThread.id.desc())
    return list(ordered.paginate(page, PER_PAGE)), mine.count()


def written_in(thread: MessageThread) -> list[Written]:
    """Every message of a thread, the oldest first."""
    listed = list(Message.select().where(Message.thread == thread).order_by(Message.id))
    files = attachments.of_messages([message.id for message in listed])
    return [
        Written(
            by=thread.desk if message.from_desk else "",
            name=message.author_name,
            body=message.body,
            sent_at=message.sent_at,
            is_new=message.from_desk and message.read_at is None,
            files=tuple(files.get(message.id, ())),
        )
        for message in listed
    ]


def note_read(thread: MessageThread) -> None:
    """Note that the person has seen what is in the thread. (Not called for support staff who look at it.)"""
    if not thread.unread:
        return
    with transaction():
        Message.update(read_at=clock.now()).where(
            Message.thread == thread, Message.from_desk, Message.read_at.is_null()
        ).execute()
        MessageThread.update(unread=0).where(MessageThread.id == thread.id).execute()


def unread(account: Account) -> int:
    """How many messages of the plan the account has not opened. Every page asks: it stands in the menu."""
    return next(_unread(account=account.id), (0,))[0] or 0


_unread = Prepared(
    database,
    lambda: (
        MessageThread.select(fn.SUM(MessageThread.unread))
        .where(MessageThread.account == slot("account"))
        .tuples()
    ),
)


def answered_by(moment: datetime, plan: Plan) -> datetime:
    """When a message that came at `moment` should have its answer: so many working days later (plan setting), at the
    same hour where the plan is. Saturdays and Sundays do not count."""
    return working_days.after(moment, plan["messages"]["answer_days"])


def several_lines(text: str) -> str:
    """The text with its lines, without what cannot be printed."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    plain = ("".join(c if c.isprintable() else " " for c in line).rstrip() for line in lines)
    return "\n".join(plain).strip()


def once_of(account: Account, draft: Draft, *parts: str) -> str:
    """Names one sending of one form by one account. The files do not count: the second of two taps finds them sent."""
    return hashlib.sha256(repr((account.id, draft.once, parts)).encode()).hexdigest()


def _sent_before(once: str) -> MessageThread | None:
    found = Message.select(Message, MessageThread).join(MessageThread).where(Message.once == once).first()
    return found.thread if found else None


def _take_place(account: Account, plan: Plan) -> None:
    """Count the account's messages of the last 24 hours, in the transaction that adds one. Raises TooManyMessages.

    Two at once take turns: on SQLite by the transaction, on PostgreSQL by the account's row.
    """
    if not is_sqlite():
        Account.select(Account.id).where(Account.id == account.id).for_update().execute()
    since = clock.now() - timedelta(days=1)
    recent = (
        Message.select(Message.sent_at)
        .join(MessageThread)
        .where(MessageThread.account == account, ~Message.from_desk, Message.sent_at > since)
        .order_by(Message.sent_at.desc())
    )
    limit = plan["messages"]["per_day"]
    times = [sent_at for (sent_at,) in recent.limit(limit).tuples()]
    if len(times) >= limit:
        raise TooManyMessages(times[-1] + timedelta(days=1))


def _add(
    thread: MessageThread, account: Account, draft: Draft, body: str, once: str, actor: Actor, plan: Plan
) -> None:
    message = Message.create(
        thread=thread,
        from_desk=False,
        author=account,
        author_name=f"{account.first_name} {account.last_name}".strip(),
        body=body,
        sent_at=clock.now(),
        once=once,
    )
    attachments.attach(draft.files, message.id)
    MessageThread.update(latest_id=message.id).where(MessageThread.id == thread.id).execute()
    audit.record(actor, "message-sent", subject=f"account:{account.id}", detail=f"desk {thread.desk}")
    _tell_desk(thread.desk, plan)


def _tell_desk(desk: str, plan: Plan) -> None:
    """Mail the desk's own address, where the plan sets one."""
    address = plan["messages"][f"{desk.replace('-', '_')}_address"]
    if address:
        language = plan["plan"]["default_language"]
        mails.send_to(mails.MESSAGE_WAITS, address, language, plan, desk=translate(language, DESKS[desk]))
