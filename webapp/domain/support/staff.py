"""The plan's staff: who works in the support console, in which role, and which of its rooms a role opens.

A member of staff is added with an address that works once; the person chooses the rest there.
"""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.account import account_changes, accounts, passwords
from webapp.domain.account.account_changes import BadPassword
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction

MEMBER_SERVICES, PROVIDER_SERVICES = "member-services", "provider-services"
ELIGIBILITY, SUPERVISOR = "eligibility", "supervisor"
ROLES = {
    MEMBER_SERVICES: N_("Member services"),
    PROVIDER_SERVICES: N_("Provider services"),
    ELIGIBILITY: N_("Eligibility office"),
    SUPERVISOR: N_("Supervisor"),
}

#: The rooms of the console with the roles that they open to. Each view of the console names its room (web/audience.py).
ROOMS: dict[str, frozenset[str]] = {
    "desk": frozenset(ROLES),
    "callers": frozenset({MEMBER_SERVICES, ELIGIBILITY, SUPERVISOR}),
    "queues": frozenset(ROLES),
    "people": frozenset(ROLES),
    "forms": frozenset({MEMBER_SERVICES, SUPERVISOR}),
    "imitate": frozenset({MEMBER_SERVICES, PROVIDER_SERVICES, SUPERVISOR}),
    "access": frozenset({PROVIDER_SERVICES, SUPERVISOR}),
    "downloads": frozenset({PROVIDER_SERVICES, SUPERVISOR}),
    "existing": frozenset({PROVIDER_SERVICES, SUPERVISOR}),
    "data": frozenset({ELIGIBILITY, SUPERVISOR}),
    "publish": frozenset({SUPERVISOR}),
    "survey": frozenset({MEMBER_SERVICES, SUPERVISOR}),
    "audit": frozenset({SUPERVISOR}),
    "staff": frozenset({SUPERVISOR}),
}

GOOD_FOR = timedelta(days=7)
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Staff(Table):
    """A member of staff. Who is disabled keeps the row, as the audit log names the account."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    role = CharField(max_length=20)
    added_at = DateTimeField()
    disabled_at = DateTimeField(null=True)

    class Meta:
        table_name = "staff"


class StaffInvitation(Table):
    """An address to enroll at, known by the hash of its token. made_by: the supervisor's account; null: the command
    line."""

    token_hash = CharField(max_length=64, primary_key=True)
    email = CharField(max_length=254, index=True)
    role = CharField(max_length=20)
    made_at = DateTimeField()
    made_by = IntegerField(null=True)
    used_at = DateTimeField(null=True)

    class Meta:
        table_name = "staff_invitation"


class NoSuchRole(Exception):
    """The role is none of ROLES."""


class NotAnAddress(Exception):
    """What was given is no e-mail address."""


class AlreadyStaff(Exception):
    """Somebody with that address is a member of staff."""


class InvitationEnded(Exception):
    """The enrolment address is unknown, used or older than seven days."""


class OwnPlace(Exception):
    """Nobody changes their own place among the staff."""


def role_of(account: Account) -> str | None:
    """The account's role; None for one who is not, or no longer, staff."""
    found = Staff.get_or_none(Staff.account == account, Staff.disabled_at.is_null())
    return str(found.role) if found else None


def may_enter(role: str | None, room: str | None) -> bool:
    """Whether a role opens a room; a room that is not on the list opens to nobody."""
    return role in ROOMS.get(room or "", frozenset())


def invite(email: str, role: str, actor: Actor) -> str:
    """Make a one-time enrolment address for somebody; an earlier one of the same person dies. Returns its token, 256
    random bits, of which only the hash is kept. Raises NoSuchRole, NotAnAddress or AlreadyStaff."""
    email = email.strip()
    if role not in ROLES:
        raise NoSuchRole(role)
    if (
        not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", email)
        or len(email) > 254
        or not email.isprintable()
    ):
        raise NotAnAddress(email)
    if any(row.account.email.casefold() == email.casefold() for row in _working()):
        raise AlreadyStaff(email)
    token = secrets.token_urlsafe(32)
    with transaction():
        StaffInvitation.delete().where(
            StaffInvitation.email == email, StaffInvitation.used_at.is_null()
        ).execute()
        StaffInvitation.create(
            token_hash=_hash(token), email=email, role=role, made_at=clock.now(), made_by=actor.account_id
        )
        audit.record(actor, "staff-invite", detail=role)
    return token


def invitation(token: str) -> StaffInvitation:
    """The live invitation of a token. Raises InvitationEnded."""
    found = StaffInvitation.get_or_none(_live(token)) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise InvitationEnded
    return found


def enroll(
    token: str,
    *,
    username: str,
    first_name: str,
    last_name: str,
    password: str,
    language: str,
    actor: Actor,
    plan: Plan,
) -> Account:
    """Make the account of an invitation, once. It opens nothing before the second step of signing in is set up
    (web/duties.py). Raises InvitationEnded, BadPassword or accounts.UsernameTaken; then nothing was written."""
    invited = invitation(token)
    personal = (username, first_name, last_name, plan["plan"]["program_prefix"])
    if found := passwords.problems(password, plan.password_rules("support"), personal):
        raise BadPassword(found)
    hashed = passwords.hash_secret(password)
    with transaction():
        if not StaffInvitation.update(used_at=clock.now()).where(_live(token)).execute():
            raise InvitationEnded
        account = accounts.create_account(
            portal="support",
            username=username,
            email=invited.email,
            first_name=first_name,
            last_name=last_name,
            password_hash=hashed,
            language=language,
        )
        accounts.confirm_email(account.id, invited.email)
        appoint(account, invited.role)
        who = Actor(actor.portal, actor.address, account.id)
        audit.record(who, "staff-enroll", subject=f"account:{account.id}", detail=invited.role)
    return account


def appoint(account: Account, role: str) -> None:
    """Make an account staff (enrolment, and the demo's fixed accounts)."""
    if role not in ROLES:
        raise NoSuchRole(role)
    Staff.create(account=account, role=role, added_at=clock.now())


def find(account_id: int) -> Staff | None:
    """A member of staff with the account, disabled or not."""
    return Staff.select(Staff, Account).join(Account).where(Staff.account == account_id).first()


def everybody() -> list[Staff]:
    """All staff with their accounts, those who work first, by name."""
    rows = Staff.select(Staff, Account).join(Account)
    return sorted(
        rows, key=lambda row: (row.disabled_at is not None, row.account.last_name, row.account.first_name)
    )


def waiting_invitations() -> list[StaffInvitation]:
    """The enrolment addresses that still work, the newest first."""
    live = StaffInvitation.select().where(
        StaffInvitation.used_at.is_null(), StaffInvitation.made_at > clock.now() - GOOD_FOR
    )
    return list(live.order_by(StaffInvitation.made_at.desc()))


def disable(account: Account, actor: Actor, reason: str) -> None:
    """Nobody signs in with the account any more, and its sessions end at once. Raises OwnPlace."""
    _set_disabled(account, clock.now(), actor, "staff-disable", reason)


def enable(account: Account, actor: Actor, reason: str) -> None:
    """Let a disabled member of staff work again. Raises OwnPlace."""
    _set_disabled(account, None, actor, "staff-enable", reason)


def change_role(account: Account, role: str, actor: Actor) -> None:
    """Give somebody else another role. Raises OwnPlace or NoSuchRole."""
    if role not in ROLES:
        raise NoSuchRole(role)
    _not_oneself(account, actor)
    with transaction():
        if Staff.update(role=role).where(Staff.account == account, Staff.role != role).execute():
            audit.record(actor, "staff-role", subject=f"account:{account.id}", detail=role)


def _set_disabled(account: Account, at: datetime | None, actor: Actor, action: str, reason: str) -> None:
    _not_oneself(account, actor)
    with transaction():
        other = Staff.disabled_at.is_null(at is not None)
        if Staff.update(disabled_at=at).where(Staff.account == account, other).execute():
            Account.update(frozen_at=at).where(Account.id == account.id).execute()
            account_changes.end_sessions(account)
            audit.record(actor, action, subject=f"account:{account.id}", detail=reason)


def _not_oneself(account: Account, actor: Actor) -> None:
    if account.id == actor.account_id:
        raise OwnPlace


def _working() -> list[Staff]:
    return list(Staff.select(Staff, Account).join(Account).where(Staff.disabled_at.is_null()))


def _live(token: str) -> object:
    return (
        (StaffInvitation.token_hash == _hash(token))
        & StaffInvitation.used_at.is_null()
        & (StaffInvitation.made_at > clock.now() - GOOD_FOR)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
