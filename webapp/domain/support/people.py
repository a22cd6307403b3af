"""Finding a member, an office's account or a practice for support, and opening one.

Nothing of a person is shown before a reason is given, which is written to the audit log first. Numbers are masked; each
one that is revealed is written there too. An opening belongs to one session and ends by itself.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, ModelSelect, TextField, fn

from reports.words import N_
from webapp import clock
from webapp.config import Settings
from webapp.domain import audit
from webapp.domain.account import account_changes, recovery, second_factor
from webapp.domain.account.accounts import Account, account_of_member, username_key
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.find_a_doctor import directory
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member import eligibility, lockouts
from webapp.domain.member.eligibility import Member
from webapp.domain.practice import practices
from webapp.domain.support import staff
from webapp.domain.support.work_items import Words
from webapp.domain.text import after_prefix, digits, fold
from webapp.domain.us_dates import us_date, us_day

MEMBER, OFFICE, PRACTICE = "member", "office", "practice"
KINDS = {MEMBER: N_("Member"), OFFICE: N_("Account of an office"), PRACTICE: N_("Practice")}
#: Who finds whom, beside supervisors, who find all.
FINDERS = {
    staff.MEMBER_SERVICES: (MEMBER,),
    staff.ELIGIBILITY: (MEMBER,),
    staff.PROVIDER_SERVICES: (OFFICE, PRACTICE),
    staff.SUPERVISOR: (MEMBER, OFFICE, PRACTICE),
}
MOST = 25
OPEN_FOR = timedelta(minutes=30)


class PersonOpening(Table):
    """One opening. who: the Client ID Number, the account's number or the Tax ID; revealed: keys of what was shown in
    full, with spaces between."""

    token = CharField(max_length=22, primary_key=True)
    session = ForeignKeyField(Session, on_delete="CASCADE")
    kind = CharField(max_length=10)
    who = CharField(max_length=40)
    reason = TextField()
    opened_at = DateTimeField()
    revealed = TextField(default="")

    class Meta:
        table_name = "person_opening"


@dataclass(frozen=True)
class Hit:
    """Somebody who was found. hint: enough to tell two of one name apart, no more."""

    kind: str
    who: str
    name: str
    hint: str


@dataclass(frozen=True)
class Fact:
    """A line of a person's page. masked: the key under which the rest of it is revealed; '' where all is shown."""

    label: str
    value: str | Words
    masked: str = ""


@dataclass(frozen=True)
class Person:
    """An opened person. account: None for practices and for members without one."""

    kind: str
    name: str
    facts: Sequence[Fact]
    account: Account | None
    is_frozen: bool = False
    has_second_factor: bool = False
    is_locked: bool = False


def search(role: str | None, text: str) -> list[Hit]:
    """Whom a role finds by a number, a username, an e-mail address, or a last name (and a first name after a comma)."""
    text = text.strip()
    if len(text) < 2:
        return []
    kinds = FINDERS.get(role or "", ())
    found: list[Hit] = []
    if MEMBER in kinds:
        found += _members(text)
    if OFFICE in kinds:
        found += [_office(account) for account in _accounts("provider", text)]
    if PRACTICE in kinds:
        found += _practices(text)
    return found[:MOST]


def open_person(session: Session, hit: Hit, reason: str, actor: Actor) -> str:
    """Open somebody, with a reason that is written to the audit log first; returns the opening's token."""
    token = secrets.token_urlsafe(16)
    with transaction():
        audit.record(actor, "open-person", subject=_subject(hit.kind, hit.who), detail=reason)
        PersonOpening.create(
            token=token,
            session=session.token_hash,
            kind=hit.kind,
            who=hit.who,
            reason=reason,
            opened_at=clock.now(),
        )
    return token


def opening(session: Session, token: str) -> PersonOpening | None:
    """An opening of this session that has not ended. Whose role has changed meanwhile sees what the new one finds."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", token):
        return None
    return PersonOpening.get_or_none(
        PersonOpening.token == token,
        PersonOpening.session == session.token_hash,
        PersonOpening.opened_at > clock.now() - OPEN_FOR,
        PersonOpening.kind.in_(FINDERS.get(staff.role_of(session.account) or "", ())),
    )


def reveal(row: PersonOpening, key: str, actor: Actor) -> None:
    """Show a masked number in full from now on, and note that."""
    if key in row.revealed.split():
        return
    with transaction():
        audit.record(actor, "reveal", subject=_subject(row.kind, row.who), detail=key)
        row.revealed = f"{row.revealed} {key}".strip()
        row.save(only=[PersonOpening.revealed])


def person(row: PersonOpening, settings: Settings, secret_key: str) -> Person | None:
    """Whom an opening shows; None when the person is gone."""
    shown = frozenset(row.revealed.split())
    if row.kind == MEMBER:
        return _member_page(row.who, shown, settings, secret_key)
    if row.kind == OFFICE:
        return _office_page(int(row.who), shown, secret_key)
    return _practice_page(row.who)


def unlock(found: Person, row: PersonOpening, reason: str, actor: Actor, secret_key: str) -> None:
    """End every lock of registration and recovery of the person."""
    client_id = row.who if row.kind == MEMBER else None
    account_id = found.account.id if found.account else None
    for lock in lockouts.of_person(client_id, account_id):
        lockouts.unlock(lock.id, actor, reason)
    portal, named = _recovers_as(row.kind, row.who, found.account)
    recovery.unlock(portal, named, actor, reason, secret_key)


def thaw(found: Person, reason: str, actor: Actor) -> None:
    """Open a frozen account again."""
    if found.account:
        account_changes.thaw(found.account, actor, reason)


def reset_second_factor(
    found: Person, reason: str, actor: Actor, settings: Settings, links: FreezeLinks
) -> None:
    """Take the second step of signing in off for somebody who lost telephone and recovery codes."""
    if found.account:
        second_factor.reset(found.account, actor, reason, settings.plan, links)


def name_of_member(client_id: str) -> str:
    """The member's name; '' for one who is gone."""
    member = Member.get_or_none(Member.client_id == client_id)
    return member.name if member else ""


def masked(text: str) -> str:
    """The last three characters; how many are hidden is not told."""
    return f"••••••{text[-3:]}" if text else ""


def _members(text: str) -> list[Hit]:
    numbered = eligibility.find_by_number(text)
    if numbered:
        return [_member(numbered)]
    ids = [account.client_id for account in _accounts("member", text) if account.client_id]
    own = list(Member.select().where(Member.client_id.in_(ids))) if ids else []
    last, _comma, first = text.partition(",")
    found = list(named(last, first))
    words = text.split()
    if not found and "," not in text and len(words) > 1:
        found = list(named(" ".join(words[1:]), words[0]))  # typed as people say it: first name, last name
    return [_member(row) for row in {row.client_id: row for row in [*own, *found]}.values()]


def named(last: str, first: str = "") -> ModelSelect:
    """Members whose names begin so, by last and first name; letter case, accents and hyphens aside."""
    last, first = fold(last), fold(first)
    begins = (Member.last_key >= last) & Member.last_key.startswith(last)
    if after := after_prefix(last):
        begins &= Member.last_key < after
    if first:
        begins &= Member.first_key.startswith(first)
    in_order = Member.select().where(begins).order_by(Member.last_key, Member.first_key, Member.client_id)
    return in_order.limit(MOST if last else 0)


def _accounts(portal: str, text: str) -> list[Account]:
    last = fn.LOWER(Account.last_name).startswith(text.lower()) & (Account.portal == "provider")
    known = (Account.username_key == username_key(text)) | (fn.LOWER(Account.email) == text.lower()) | last
    query = Account.select().where(Account.portal == portal, known, Account.password_hash != "")
    return list(query.order_by(Account.last_name, Account.first_name, Account.id).limit(MOST))


def _practices(text: str) -> list[Hit]:
    tin = digits(text)
    begins = fn.LOWER(Provider.practice_name).startswith(text.lower())
    query = Provider.select(Provider.tin, fn.MIN(Provider.practice_name)).where(
        (Provider.tin == tin) if len(tin) == 9 else begins
    )
    rows = query.group_by(Provider.tin).order_by(Provider.tin).limit(MOST).tuples()
    return [Hit(PRACTICE, found, name, practices.masked(found)) for found, name in rows]


def _member(row: Member) -> Hit:
    return Hit(MEMBER, row.client_id, row.name, f"{row.city} · {masked(row.client_id)}")


def _office(account: Account) -> Hit:
    return Hit(OFFICE, str(account.id), _name(account), account.username)


def _member_page(client_id: str, shown: frozenset[str], settings: Settings, secret_key: str) -> Person | None:
    member = Member.get_or_none(Member.client_id == client_id)
    if member is None:
        return None
    account = account_of_member(client_id)
    today = eligibility.eligibility_of(member, clock.today())
    born = us_date(member.birth_date)
    address = ", ".join(
        one for one in (member.address, member.city, f"{member.state} {member.zip_code}".strip()) if one
    )
    facts = [
        _hidden(N_("Client ID Number"), "client_id", client_id, shown),
        _hidden(N_("Date of Birth"), "birth_date", born, shown),
        _hidden(N_("Telephone"), "phone", member.phone, shown),
        _hidden(N_("Address"), "address", address, shown),
        Fact(N_("Status"), (today.status.value,)),
        Fact(N_("Program"), settings.plan.program_name(today.program)),
        Fact(N_("Language"), member.language),
        Fact(N_("Interpreter"), _said(member.interpreter)),
    ]
    return _with_account(MEMBER, member.name, client_id, facts, account, shown, secret_key)


def _office_page(account_id: int, shown: frozenset[str], secret_key: str) -> Person | None:
    account = Account.get_or_none(Account.id == account_id, Account.portal == "provider")
    if account is None:
        return None
    ties = practices.practices_of(account)
    names = directory.practice_names([tie.tin for tie in ties]) if ties else {}
    facts = [
        Fact(N_("Practice"), f"{names.get(tie.tin, '')} – {tie.tin}: {tie.role}, {tie.report_access}")
        for tie in ties
    ]
    return _with_account(OFFICE, _name(account), str(account_id), facts, account, shown, secret_key)


def _practice_page(tin: str) -> Person | None:
    doctors = directory.providers_of(tin)
    if not doctors:
        return None
    ties = practices.PracticeAccess.select(practices.PracticeAccess, Account).join(Account)
    people = ties.where(practices.PracticeAccess.tin == tin).order_by(Account.last_name, Account.id)
    facts = [Fact(N_("Tax ID Number (TIN)"), tin), Fact(N_("Providers"), str(len(doctors)))]
    facts += [
        Fact(N_("Person"), f"{_name(tie.account)} ({tie.account.username}): {tie.role}, {tie.report_access}")
        for tie in people
    ]
    return Person(PRACTICE, directory.practice_name(tin) or tin, facts, None)


def _with_account(
    kind: str,
    name: str,
    who: str,
    facts: list[Fact],
    account: Account | None,
    shown: frozenset[str],
    secret_key: str,
) -> Person:
    portal, named = _recovers_as(kind, who, account)
    locks = lockouts.of_person(who if kind == MEMBER else None, account.id if account else None)
    is_locked = bool(locks) or bool(recovery.lock_ends_in(portal, named, secret_key))
    if account is None:
        return Person(kind, name, [*facts, Fact(N_("Account"), (N_("None yet"),))], None, is_locked=is_locked)
    told = [
        Fact(N_("Username"), account.username),
        _hidden(N_("Email"), "email", account.email, shown),
        Fact(N_("Account since"), us_day(account.created_at)),
        Fact(N_("Account"), (N_("Frozen") if account.frozen_at else N_("Open"),)),
    ]
    is_on = second_factor.is_on(account)
    return Person(kind, name, [*facts, *told], account, account.frozen_at is not None, is_on, is_locked)


def _recovers_as(kind: str, who: str, account: Account | None) -> tuple[str, str]:
    """The portal, and what the person types there to get back into the account."""
    return ("member", who) if kind == MEMBER else ("provider", account.email if account else "")


def _hidden(label: str, key: str, text: str, shown: frozenset[str]) -> Fact:
    return Fact(label, text) if key in shown or not text else Fact(label, masked(text), key)


def _said(yes: bool | None) -> str | Words:
    return "" if yes is None else (N_("Yes") if yes else N_("No"),)


def _name(account: Account) -> str:
    return f"{account.first_name} {account.last_name}".strip()


def _subject(kind: str, who: str) -> str:
    return {MEMBER: f"member:{who}", OFFICE: f"account:{who}"}.get(kind, f"practice:{who}")
