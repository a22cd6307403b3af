"""Mail leaves through this table: written in the command's transaction, sent later by a worker, none lost.

A message is stored whole, with its Message-ID, so that a repeat after a crash is identical.
"""

import logging
import smtplib
import socket
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from peewee import AutoField, CharField, DateTimeField, IntegerField, TextField

from webapp import clock
from webapp.domain.db import Table, transaction

log = logging.getLogger("portal.outbox")

_CLAIM = timedelta(minutes=2)
_RETRY_SECONDS = (30, 60, 300, 900, 3600)

# The server is away or hangs up, which says nothing of the message. (SMTPException is an OSError too.)
_AWAY = (
    ConnectionError,
    TimeoutError,
    socket.gaierror,
    smtplib.SMTPConnectError,
    smtplib.SMTPServerDisconnected,
)

Send = Callable[[EmailMessage], None]


class OutboxMessage(Table):
    """One mail. No health information goes into one."""

    id = AutoField()
    message_id = CharField(max_length=120, unique=True)
    sender = CharField(max_length=254)
    recipient = CharField(max_length=254, index=True)
    subject = CharField(max_length=200)
    body = TextField()
    language = CharField(max_length=5)
    created_at = DateTimeField()
    due_at = DateTimeField()
    attempts = IntegerField(default=0)
    sent_at = DateTimeField(null=True, index=True)

    class Meta:
        table_name = "outbox_message"
        indexes = ((("sent_at", "due_at"), False),)


def queue(*, sender: str, recipient: str, subject: str, body: str, language: str) -> None:
    """Put a mail into the outbox, in the transaction that is open."""
    now = clock.now()
    domain = sender.rpartition("@")[2].rstrip(">")
    OutboxMessage.create(
        message_id=f"<{uuid4().hex}@{domain}>",
        sender=sender,
        recipient=recipient,
        subject=subject,
        body=body,
        language=language,
        created_at=now,
        due_at=now,
    )


def deliver_due(send: Send, limit: int = 50) -> int:
    """Send what is due and return how many went out. A failure is tried again, later and later.

    Each message is claimed by a conditional update first, so that two workers do not send it twice at once. While the
    mail server cannot be reached, one message at a time finds that out; the others wait as they are, and go as soon
    as it is back.
    """
    sent = 0
    now = clock.now()
    due = (OutboxMessage.sent_at.is_null()) & (OutboxMessage.due_at <= now)
    for message in list(OutboxMessage.select().where(due).order_by(OutboxMessage.id).limit(limit)):
        if not _claim(message):
            continue
        try:
            send(as_email(message))
        except (OSError, smtplib.SMTPException) as fault:
            _postpone(message)
            if isinstance(fault, _AWAY):
                break
        except Exception:
            # Of this message alone, such as an address that no header can hold: those behind it do not wait for it.
            log.exception("a mail cannot be made")
            _postpone(message)
        else:
            with transaction():
                OutboxMessage.update(sent_at=clock.now()).where(OutboxMessage.id == message.id).execute()
            sent += 1
    return sent


def as_email(message: OutboxMessage) -> EmailMessage:
    """The mail as it goes over the wire."""
    email = EmailMessage()
    email["Message-ID"] = message.message_id
    email["Date"] = format_datetime(message.created_at)
    email["From"] = message.sender
    email["To"] = message.recipient
    email["Subject"] = message.subject
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(message.body)  # which removes every Content-… set before
    email["Content-Language"] = message.language
    return email


def smtp_sender(address: str) -> Send:
    """A sender over `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`."""
    parts = urlsplit(address)
    host, secure = parts.hostname or "localhost", parts.scheme == "smtps"

    def send(email: EmailMessage) -> None:
        connect = smtplib.SMTP_SSL if secure else smtplib.SMTP
        with connect(host, parts.port or (465 if secure else 25), timeout=20) as server:
            if not secure and server.has_extn("starttls"):
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(email)

    return send


def keep_in_mailbox(email: EmailMessage) -> None:
    """The demo's way to send: the mailbox page reads the outbox itself."""


def _claim(message: OutboxMessage) -> bool:
    with transaction():
        return bool(
            OutboxMessage.update(due_at=clock.now() + _CLAIM, attempts=message.attempts + 1)
            .where(
                OutboxMessage.id == message.id,
                OutboxMessage.sent_at.is_null(),
                OutboxMessage.attempts == message.attempts,
            )
            .execute()
        )


def _postpone(message: OutboxMessage) -> None:
    pause = _RETRY_SECONDS[min(message.attempts, len(_RETRY_SECONDS) - 1)]
    with transaction():
        later = clock.now() + timedelta(seconds=pause)
        OutboxMessage.update(due_at=later).where(OutboxMessage.id == message.id).execute()
