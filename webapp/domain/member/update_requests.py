"""Update My Personal Information: a member's new address, telephones or e-mail go to the eligibility office as a
request whose status the member sees. The record itself changes with the office's next file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from peewee import AutoField, CharField, DateTimeField, IntegerField, TextField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member.eligibility import Member

#: What can be asked for, with the column of the member's record that holds it now (None: the record has none).
FIELDS: dict[str, str | None] = {
    "address": "address",
    "city": "city",
    "state": "state",
    "zip_code": "zip_code",
    "phone": "phone",
    "other_phone": None,
    "email": "email",
}

RECEIVED, IN_WORK, DONE, REFUSED, WITHDRAWN = "received", "in-work", "done", "refused", "withdrawn"
OPEN = (RECEIVED, IN_WORK)

#: What a member is told of a request's state.
STATE_WORDS = {
    RECEIVED: N_("Received"),
    IN_WORK: N_("Being worked on"),
    DONE: N_("Done"),
    REFUSED: N_("Not changed"),
    WITHDRAWN: N_("Taken back"),
}

_RECEIVED_MAIL = mails.Mail(
    N_("We received your change"),
    N_(
        "Hello %(first_name)s,\n\n"
        "We received the change to your personal information. The eligibility office looks at it within "
        "%(days)s working days. You can see how far it is in your %(plan)s account, under “Update My Personal "
        "Information”.\n\n"
        "If you did not ask for a change, call %(telephone)s.\n"
    ),
)
_DECIDED_MAIL = mails.Mail(
    N_("News about your change"),
    N_(
        "Hello %(first_name)s,\n\n"
        "The eligibility office has looked at the change to your personal information. To read what it says, sign in "
        "to your %(plan)s account and open “Update My Personal Information”.\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)


class UpdateRequest(Table):
    """One request. `asked`: JSON, the new value by the keys of FIELDS, only where it differs from the record.
    `for_household`: the same holds for everybody of the household. `answer`: the office's words to the member."""

    id = AutoField()
    client_id = CharField(max_length=40, index=True)
    account_id = IntegerField()
    asked = TextField()
    for_household = CharField(max_length=3, default="no")
    state = CharField(max_length=10, default=RECEIVED)
    made_at = DateTimeField()
    claimed_by = IntegerField(null=True)
    decided_at = DateTimeField(null=True)
    answer = TextField(default="")

    class Meta:
        table_name = "update_request"
        indexes = ((("state", "made_at"), False),)

    @property
    def changes(self) -> dict[str, str]:
        """The new value by field."""
        return json.loads(self.asked)


class NothingToChange(Exception):
    """What was typed is what the record already says."""


class NotOpen(Exception):
    """The request was decided or taken back meanwhile."""


@dataclass(frozen=True)
class Status:
    """A request as its member sees it."""

    made_at: datetime
    state: str
    changes: Mapping[str, str]
    answer: str


def on_record(member: Member) -> dict[str, str]:
    """What the record says now, by the keys of FIELDS; '' where it says nothing."""
    return {key: (getattr(member, column) or "") if column else "" for key, column in FIELDS.items()}


def ask(
    account: Account,
    member: Member,
    typed: Mapping[str, str],
    whole_household: bool,
    actor: Actor,
    plan: Plan,
) -> None:
    """Send a request. One that nobody has begun to work on is replaced. Raises NothingToChange."""
    record = on_record(member)
    changes = {key: typed[key].strip() for key in FIELDS if typed.get(key, "").strip() != record[key].strip()}
    if not changes:
        raise NothingToChange
    with transaction():
        UpdateRequest.update(state=WITHDRAWN, decided_at=clock.now()).where(
            UpdateRequest.client_id == member.client_id, UpdateRequest.state == RECEIVED
        ).execute()
        UpdateRequest.create(
            client_id=member.client_id,
            account_id=account.id,
            asked=json.dumps(changes),
            for_household="yes" if whole_household else "no",
            made_at=clock.now(),
        )
        audit.record(
            actor, "ask-update", subject=f"member:{member.client_id}", detail=" ".join(sorted(changes))
        )
        mails.send(_RECEIVED_MAIL, account, plan, days=plan["queues"]["update_days"])


def of_member(client_id: str, limit: int = 5) -> list[Status]:
    """The member's last requests, the newest first."""
    rows = UpdateRequest.select().where(UpdateRequest.client_id == client_id)
    return [
        Status(row.made_at, row.state, row.changes, row.answer)
        for row in rows.order_by(UpdateRequest.id.desc()).limit(limit)
    ]


def take_back(client_id: str, actor: Actor) -> bool:
    """The member takes back the request that nobody has begun to work on. False when there is none."""
    with transaction():
        gone = (
            UpdateRequest.update(state=WITHDRAWN, decided_at=clock.now())
            .where(UpdateRequest.client_id == client_id, UpdateRequest.state == RECEIVED)
            .execute()
        )
        if gone:
            audit.record(actor, "withdraw-update", subject=f"member:{client_id}")
    return bool(gone)


def waiting(limit: int = 200) -> list[UpdateRequest]:
    """Open requests for the eligibility office, the oldest first."""
    rows = UpdateRequest.select().where(UpdateRequest.state.in_(OPEN))
    return list(rows.order_by(UpdateRequest.made_at, UpdateRequest.id).limit(limit))


def claim(request_id: int, actor: Actor) -> UpdateRequest:
    """Begin to work on a request. Raises NotOpen when it is not waiting (any more)."""
    with transaction():
        claimed = (
            UpdateRequest.update(state=IN_WORK, claimed_by=actor.account_id)
            .where(UpdateRequest.id == request_id, UpdateRequest.state == RECEIVED)
            .execute()
        )
        if not claimed:
            raise NotOpen
        return UpdateRequest.get_by_id(request_id)


def decide(request_id: int, state: str, answer: str, actor: Actor, plan: Plan) -> None:
    """Close a request as DONE or REFUSED with words for the member, who gets a mail. Raises NotOpen."""
    with transaction():
        decided = (
            UpdateRequest.update(state=state, answer=answer, decided_at=clock.now())
            .where(UpdateRequest.id == request_id, UpdateRequest.state.in_(OPEN))
            .execute()
        )
        if not decided:
            raise NotOpen
        row = UpdateRequest.get_by_id(request_id)
        audit.record(actor, f"update-{state}", subject=f"member:{row.client_id}")
        account = Account.get_or_none(Account.id == row.account_id)
        if account:
            mails.send(_DECIDED_MAIL, account, plan)
