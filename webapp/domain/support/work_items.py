"""What the support console works through: one shape for every kind of work, claims, and what can go wrong.

Two members of staff on one item are safe: a claim is one conditional write, and every decision is made by the rule of
its own area, which decides once. A claim that was forgotten ends by itself (plan setting [messages] claim_minutes).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import CharField, DateTimeField, ForeignKeyField

from webapp import clock
from webapp.config import Plan, Settings
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member.eligibility import Member
from webapp.domain.text import digits

#: Words that the page translates, as opposed to text that came from people or from the plan's files.
Words = tuple[str, ...]


class WorkClaim(Table):
    """Who works on an item of a kind that has no claims of its own. key: 'kind:number'."""

    key = CharField(max_length=60, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE")
    at = DateTimeField()

    class Meta:
        table_name = "work_claim"


class Gone(Exception):
    """Nobody waits for it any more: decided, taken back, or its account is gone."""


class ClaimedByOther(Exception):
    """Somebody else works on it. `name`: who."""

    def __init__(self, name: str) -> None:
        super().__init__("claimed by somebody else")
        self.name = name


class TextRefused(Exception):
    """The reason or answer cannot be taken. `why`: 'missing' or 'long'; `most`: how many characters it may have."""

    def __init__(self, why: str, most: int = 0) -> None:
        super().__init__(why)
        self.why, self.most = why, most


class DecisionRefused(Exception):
    """The rules of the area refuse the decision. `words`: why, and what to do, to be translated."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class HasChanged(Exception):
    """The person wrote again, or somebody answered, since the page was opened."""


@dataclass(frozen=True)
class Item:
    """One piece of work as the list shows it.

    person: a name, '' where nobody is known; about, about_words: what it is about, as text and as words to translate;
    target: when it should be done; claimed_by: a name, '' for nobody; claimer: the account of that name; language: of
    the account; spoken: the member's language as the plan's file has it; interpreter: None where unknown.
    """

    kind: str
    key: str
    person: str
    about: str
    about_words: Words
    since: datetime
    target: datetime
    claimed_by: str = ""
    claimer: int | None = None
    language: str = "en"
    spoken: str = ""
    interpreter: bool | None = None

    @property
    def is_over(self) -> bool:
        """Whether the target time has passed."""
        return clock.now() > self.target


@dataclass(frozen=True)
class Action:
    """What can be done with an item. takes: 'reason', 'answer' or '' for nothing; look: the button's kind."""

    name: str
    label: str
    takes: str = ""
    look: str = ""


@dataclass(frozen=True)
class Opened:
    """An item with what its page shows: facts as (label, text or Words); said: (who, when, text) of a conversation;
    seen: up to which message its reader has seen."""

    item: Item
    facts: Sequence[tuple[str, str | Words]]
    said: Sequence[tuple[str, datetime, str]] = ()
    seen: int = 0


@dataclass(frozen=True)
class Worker:
    """Who works, with what the rules need."""

    account: Account
    actor: Actor
    settings: Settings
    once: str = ""
    seen: int = 0

    @property
    def plan(self) -> Plan:
        """The plan file."""
        return self.settings.plan


def checked(text: str, most: int) -> str:
    """A reason or an answer as it is kept: line ends even, nothing unprintable. Raises TextRefused."""
    even = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in even if c == "\n" or c.isprintable()).strip()
    if not kept:
        raise TextRefused("missing")
    if len(kept) > most:
        raise TextRefused("long", most)
    return kept


def number_of(key: str) -> int:
    """The number of a row in an item's key; 0 for anything else, as keys come from addresses."""
    return int(digits(key)) if key.isascii() and key.isdigit() and len(key) < 10 else 0


def row_of(table: type[Any], key: str, still: object) -> Any:
    """The row of an item that is waiting still. Raises Gone."""
    row = table.get_or_none((table.id == number_of(key)) & still)
    if row is None:
        raise Gone
    return row


def claimer_of(held: Mapping[str, tuple[int, str]], number: int) -> tuple[str, int | None]:
    """Name and account of who works on an item, as Item has them."""
    claimer = held.get(str(number))
    return (claimer[1], claimer[0]) if claimer else ("", None)


def claims(kind: str, plan: Plan) -> dict[str, tuple[int, str]]:
    """Who works on what of a kind: account id and name by the item's key."""
    rows = (
        WorkClaim.select(WorkClaim, Account)
        .join(Account)
        .where(WorkClaim.key.startswith(f"{kind}:"), WorkClaim.at > _forgotten(plan))
    )
    return {row.key.partition(":")[2]: (row.account_id, name_of(row.account)) for row in rows}


def claim(kind: str, key: str, worker: Worker) -> None:
    """Take an item; claiming one's own again renews it. Raises ClaimedByOther."""
    full, now = f"{kind}:{key}", clock.now()
    with transaction():
        WorkClaim.insert(key=full, account=worker.account, at=now).on_conflict_ignore().execute()
        free = (WorkClaim.account == worker.account) | (WorkClaim.at <= _forgotten(worker.plan))
        taken = WorkClaim.update(account=worker.account, at=now).where(WorkClaim.key == full, free).execute()
        if not taken:
            raise ClaimedByOther(_claimer(full))
        audit.record(worker.actor, "work-claimed", subject=f"work:{full}")


def release(kind: str, key: str, worker: Worker) -> None:
    """Give one's own item back."""
    with transaction():
        WorkClaim.delete().where(
            WorkClaim.key == f"{kind}:{key}", WorkClaim.account == worker.account
        ).execute()


def check_mine(kind: str, key: str, worker: Worker) -> None:
    """Whether nobody else works on it. Raises ClaimedByOther."""
    row = WorkClaim.get_or_none(WorkClaim.key == f"{kind}:{key}", WorkClaim.at > _forgotten(worker.plan))
    if row and row.account_id != worker.account.id:
        raise ClaimedByOther(_claimer(row.key))


def done(kind: str, key: str) -> None:
    """Forget the claim of an item that is decided."""
    WorkClaim.delete().where(WorkClaim.key == f"{kind}:{key}").execute()


def name_of(account: Account | None) -> str:
    """First and last name."""
    return f"{account.first_name} {account.last_name}".strip() if account else ""


def speech_of(member: Member | None) -> dict[str, Any]:
    """What a member speaks and whether an interpreter is needed, as Item has them."""
    return {"spoken": member.language or "", "interpreter": member.interpreter} if member else {}


def members(client_ids: Iterable[str | None]) -> dict[str, Member]:
    """The members of these numbers, by number."""
    wanted = sorted({client_id for client_id in client_ids if client_id})
    return (
        {row.client_id: row for row in Member.select().where(Member.client_id.in_(wanted))} if wanted else {}
    )


def _claimer(full: str) -> str:
    row = WorkClaim.select(WorkClaim, Account).join(Account).where(WorkClaim.key == full).first()
    return name_of(row.account) if row else ""


def _forgotten(plan: Plan) -> datetime:
    return clock.now() - timedelta(minutes=plan["messages"]["claim_minutes"])
