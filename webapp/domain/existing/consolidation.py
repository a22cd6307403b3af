"""Bringing accounts of an earlier system into one account of the provider portal, and taking them out again.

Source: guide 004. Who may do it is proven before, in consolidation_proof.py. Rows of
`existing_account` are never changed by it: what became of one is kept here.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import BooleanField, CharField, DateTimeField, ForeignKeyField, IntegerField, TextField, fn

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account import account_changes, accounts
from webapp.domain.account.accounts import Account, HashedAnswer
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.security_questions import PIN
from webapp.domain.audit import Actor
from webapp.domain.db import Table, database, is_sqlite, transaction
from webapp.domain.existing.consolidation_mails import BROUGHT_IN, MOVED, TAKEN_BACK, TAKEN_OUT
from webapp.domain.existing.consolidation_ties import Move, bring, loaded, take_back, together
from webapp.domain.existing.existing_accounts import ExistingAccount
from webapp.domain.practice import practices
from webapp.domain.practice.practices import PracticeAccess
from webapp.domain.text import fold

LOADED, CONSOLIDATED, UNDONE = "loaded", "consolidated", "undone"


class Consolidation(Table):
    """What became of an account of the earlier system. Without a row it is as it was loaded.

    made_account: whether the portal's account came to be by it. ties: JSON, the Move (consolidation_ties) of each
    Tax ID.
    """

    username_key = CharField(max_length=80, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE", backref="consolidations")
    state = CharField(max_length=12)
    at = DateTimeField()
    made_account = BooleanField()
    ties = TextField()
    undone_at = DateTimeField(null=True)
    undone_by = IntegerField(null=True)

    class Meta:
        table_name = "consolidation"


class AlreadyConsolidated(Exception):
    """The account is part of one of the portal already. `at`: since when; `into`: that account."""

    def __init__(self, at: datetime, into: Account) -> None:
        super().__init__(into.id)
        self.at, self.into = at, into


class DifferentPerson(Exception):
    """The portal's account with that e-mail address has another name on record."""


class AccountFrozen(Exception):
    """The portal's account with that e-mail address is frozen."""


class NotConsolidated(Exception):
    """There is nothing to undo: it is part of no account, or not of this one."""


class TooLate(Exception):
    """The time to undo it is over."""


@dataclass(frozen=True)
class Claim:
    """What a run of the wizard has proven. username, password_hash: for an account that is made by it."""

    existing: str
    email: str
    username: str
    password_hash: str


@dataclass(frozen=True)
class Held:
    """A Tax ID with what the account holds there. came: whether this run brings it."""

    tin: str
    role: str
    report_access: str
    came: bool = False


@dataclass(frozen=True)
class Brought:
    """An account of the earlier system that is part of one of the portal: since when, and with which Tax IDs."""

    username: str
    at: datetime
    tins: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """What Submit will do. into: the account it merges into, None where one is made. holds: what it will hold.
    taken: whether the username is another person's here, so that a new one is asked for."""

    existing: ExistingAccount
    into: Account | None
    holds: tuple[Held, ...]
    taken: bool


def existing_account(key: str) -> ExistingAccount:
    """The account of an earlier system. Raises ExistingAccount.DoesNotExist."""
    return ExistingAccount.get_by_id(key)


def check_open(key: str) -> None:
    """Raises AlreadyConsolidated."""
    row = _live(key)
    if row is not None:
        raise AlreadyConsolidated(row.at, row.account)


def account_for(existing: ExistingAccount, email: str) -> Account | None:
    """The portal's account to merge into, by its confirmed e-mail address; None where one is to be made.

    Raises DifferentPerson or AccountFrozen.
    """
    found = list(
        Account.select()
        .where(
            Account.portal == "provider",
            fn.LOWER(Account.email) == email.strip().lower(),
            Account.email_confirmed_at.is_null(False),
        )
        .order_by(Account.id)
    )
    own = [account for account in found if _same_name(account, existing)]
    if found and not own:
        raise DifferentPerson
    usable = [account for account in own if account.frozen_at is None]
    if own and not usable:
        raise AccountFrozen
    return usable[0] if usable else None


def preview(key: str, email: str) -> Preview:
    """What consolidating the account will do. Raises AlreadyConsolidated, DifferentPerson or AccountFrozen."""
    check_open(key)
    existing = existing_account(key)
    into = account_for(existing, email)
    holds = {tie.tin: Held(tie.tin, tie.role, tie.report_access) for tie in _ties(into)}
    for tin in existing.tins.split():
        held = holds.get(tin)
        role, access = together((held.role, held.report_access) if held else None, loaded(existing))
        holds[tin] = Held(tin, role, access, came=True)
    taken = into is None and not accounts.is_username_free("provider", existing.username)
    return Preview(existing, into, tuple(holds[tin] for tin in sorted(holds)), taken)


def holdings(account: Account) -> tuple[tuple[Held, ...], tuple[Brought, ...]]:
    """What the account holds, by Tax ID, and what was brought into it, in the order of time."""
    rows = consolidated_into(account)
    names = dict(
        ExistingAccount.select(ExistingAccount.username_key, ExistingAccount.username)
        .where(ExistingAccount.username_key.in_([row.username_key for row in rows]))
        .tuples()
    )
    held = tuple(Held(tie.tin, tie.role, tie.report_access) for tie in _ties(account))
    brought = tuple(
        Brought(names.get(row.username_key, row.username_key), row.at, tuple(sorted(json.loads(row.ties))))
        for row in rows
    )
    return held, brought


def complete(claim: Claim, language: str, actor: Actor, plan: Plan, links: FreezeLinks) -> Account:
    """Make the portal's account, or merge into the one with that e-mail address. Twice changes nothing.

    Raises AlreadyConsolidated, DifferentPerson, AccountFrozen or accounts.UsernameTaken; nothing was written then.
    """
    with transaction():
        existing = _held_fast(claim.existing, claim.email)
        check_open(existing.username_key)
        into = account_for(existing, claim.email)
        account = into or _make_account(existing, claim, language)
        moves = {
            tin: bring(account, tin, loaded(existing), _moves_of(account, tin))
            for tin in existing.tins.split()
        }
        row = {
            "account": account,
            "state": CONSOLIDATED,
            "at": clock.now(),
            "made_account": into is None,
            "ties": json.dumps(moves),
            "undone_at": None,
            "undone_by": None,
        }
        Consolidation.insert(username_key=existing.username_key, **row).on_conflict(
            conflict_target=[Consolidation.username_key],
            update={getattr(Consolidation, name): value for name, value in row.items()},
        ).execute()
        subject = f"existing:{existing.username_key}"
        audit.record(actor, "consolidate", subject=subject, detail=f"account:{account.id}")
        account_changes.announce(account, "consolidation", BROUGHT_IN, actor, plan, links)
        _tell_old_address(MOVED, existing, account, plan, links)
    return account


def undo(
    key: str,
    actor: Actor,
    plan: Plan,
    links: FreezeLinks,
    *,
    owner: Account | None = None,
    reason: str = "",
) -> Account:
    """Take the account of the earlier system out again; returns the portal's account.

    For support, or for the account's `owner`. Tax IDs and report access that came with it go, those of others stay.
    An account that was made by it and then holds nothing is closed, and its username is free again.
    Raises NotConsolidated or TooLate.
    """
    with transaction():
        row = _live(key)
        if row is None or (owner is not None and row.account_id != owner.id):
            raise NotConsolidated
        if clock.now() >= undo_until(row.at, plan):
            raise TooLate
        existing, account = _held_fast(key, row.account.email), row.account
        undone = Consolidation.update(state=UNDONE, undone_at=clock.now(), undone_by=actor.account_id)
        if not undone.where(Consolidation.username_key == key, Consolidation.state == CONSOLIDATED).execute():
            raise NotConsolidated
        for tin, move in json.loads(row.ties).items():
            take_back(account, tin, move, _moves_of(account, tin))
        audit.record(actor, "consolidate-undo", subject=f"existing:{key}", detail=reason)
        account_changes.announce(account, "consolidation-undone", TAKEN_OUT, actor, plan, links)
        _tell_old_address(TAKEN_BACK, existing, account, plan, links)
        if _made_here(account) and not _ties(account) and not consolidated_into(account):
            _close(account)
    return account


def undo_closes(account: Account, key: str) -> bool:
    """Whether nothing would be left in the account after undoing this one, so that it closes."""
    rows = consolidated_into(account)
    others = [row for row in rows if row.username_key != key]
    came = {tin for row in rows for tin, move in json.loads(row.ties).items() if move["own"] is None}
    return _made_here(account) and not others and all(tie.tin in came for tie in _ties(account))


def undo_until(at: datetime, plan: Plan) -> datetime:
    """The moment from which it cannot be undone any more."""
    return at + timedelta(days=plan["consolidation"]["undo_days"])


def consolidated_into(account: Account) -> list[Consolidation]:
    """What was brought into the account and not taken out, in the order of time."""
    rows = Consolidation.select().where(Consolidation.account == account, Consolidation.state == CONSOLIDATED)
    return list(rows.order_by(Consolidation.at, Consolidation.username_key))


def _made_here(account: Account) -> bool:
    """Whether a consolidation made the account, not sign-up."""
    made = (Consolidation.account == account) & (Consolidation.made_account == True)  # noqa: E712
    return Consolidation.select().where(made).exists()


def _live(key: str) -> Consolidation | None:
    return Consolidation.get_or_none(Consolidation.username_key == key, Consolidation.state == CONSOLIDATED)


def _held_fast(key: str, email: str) -> ExistingAccount:
    """The row, read so that two browsers take turns: over the same account, and over the same e-mail address, of
    which the first makes the account and the second merges into it. On SQLite the transaction itself sees to it."""
    if is_sqlite():
        return existing_account(key)
    database.execute_sql("SELECT pg_advisory_xact_lock(hashtext(%s))", (f"consolidate {email.lower()}",))
    return ExistingAccount.select().where(ExistingAccount.username_key == key).for_update().get()


def _make_account(existing: ExistingAccount, claim: Claim, language: str) -> Account:
    answers = []
    if existing.asks:
        asked = existing.asks == "question"
        answers = [
            HashedAnswer(existing.question[:200], existing.answer_hash)
            if asked
            else HashedAnswer(PIN, existing.pin_hash)
        ]
    account = accounts.create_account(
        portal="provider",
        username=claim.username,
        email=claim.email,
        first_name=existing.first_name[:100],
        last_name=existing.last_name[:100],
        password_hash=claim.password_hash,
        language=language,
        hashed_answers=answers,
    )
    accounts.confirm_email(account.id, account.email)
    return account


def _same_name(account: Account, existing: ExistingAccount) -> bool:
    """Letter case, accents, spaces and punctuation apart."""
    return (fold(account.first_name), fold(account.last_name)) == (
        fold(existing.first_name[:100]),
        fold(existing.last_name[:100]),
    )


def _ties(account: Account | None) -> list[PracticeAccess]:
    return practices.practices_of(account) if account else []


def _moves_of(account: Account, tin: str) -> list[Move]:
    """What else is consolidated into the account and brought the same Tax ID, in the order of time."""
    told = (json.loads(row.ties) for row in consolidated_into(account))
    return [moves[tin] for moves in told if tin in moves]


def _tell_old_address(
    mail: mails.Mail, existing: ExistingAccount, account: Account, plan: Plan, links: FreezeLinks
) -> None:
    """Tell the address that the older portal had, unless it is the account's own."""
    old = existing.email
    if "@" not in old or len(old) > 254 or old.casefold() == account.email.casefold():
        return
    mails.send_to(
        mail,
        old,
        account.language,
        plan,
        first_name=existing.first_name,
        existing=existing.username,
        link=links.link(account),
        days=plan["consolidation"]["undo_days"],
    )


def _close(account: Account) -> None:
    """Nobody signs in any more; username and address are free for the next time."""
    account_changes.end_sessions(account)
    name = f"undone:{account.id}"
    Account.update(frozen_at=clock.now(), username=name, username_key=name, email="").where(
        Account.id == account.id
    ).execute()
