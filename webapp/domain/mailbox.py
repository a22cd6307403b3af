"""The demo's mailbox: what the outbox holds, newest first, with the codes in it found for scripts."""

import re
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.outbox import OutboxMessage


@dataclass(frozen=True)
class Letter:
    """A mail of the demo. `codes`: numbers of six digits in it; `links`: addresses in it."""

    to: str
    subject: str
    body: str
    at: datetime
    sent: bool
    codes: tuple[str, ...]
    links: tuple[str, ...]


def latest(to: str | None = None, limit: int = 50) -> list[Letter]:
    """The newest mails, to one address or to all."""
    query = OutboxMessage.select().order_by(OutboxMessage.id.desc()).limit(limit)
    if to:
        query = query.where(OutboxMessage.recipient == to)
    return [
        Letter(
            to=row.recipient,
            subject=row.subject,
            body=row.body,
            at=row.created_at,
            sent=row.sent_at is not None,
            codes=tuple(re.findall(r"\b\d{6}\b", row.body)),
            links=tuple(re.findall(r"https?://\S+", row.body)),
        )
        for row in query
    ]
