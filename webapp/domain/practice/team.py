"""The people of a practice, and what its Office Manager may do about them.

An Office Manager's powers begin with support's approval of that Tax ID and end with it. Whatever is done here holds at
once: each request reads the ties anew.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from webapp import clock
from webapp.config import Settings
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import is_sqlite, transaction
from webapp.domain.practice import access_mails, access_requests, practices
from webapp.domain.practice.practices import ROLES, FormerPractice, PracticeAccess

MANAGER = "Office Manager"


class NotManager(Exception):
    """The account is not an approved Office Manager of that practice, or there is no such person in it."""


class OwnPlace(Exception):
    """Nobody changes their own role, or removes themselves from the list of the team."""


class LastManager(Exception):
    """Who leaves is the only Office Manager, others stay, and the person has not been told so yet."""


def managed_tins(account: Account) -> list[str]:
    """The Tax IDs in which the account is an approved Office Manager."""
    return [tie.tin for tie in practices.practices_of(account) if _is_manager(tie)]


def require_manager(account: Account, tin: str, actor: Actor) -> None:
    """Raises NotManager, noted in the audit log, unless the account manages the practice."""
    if tin not in managed_tins(account):
        cut = "".join(c for c in tin if c.isascii() and c.isalnum())[:20]
        audit.record(actor, "team", "refused", detail=f"tin {cut}")
        raise NotManager


def people(tin: str) -> list[PracticeAccess]:
    """Everybody who says to work for the practice, their accounts joined, by name."""
    ties = PracticeAccess.select(PracticeAccess, Account).join(Account).where(PracticeAccess.tin == tin)
    return list(ties.order_by(Account.last_name, Account.first_name, Account.id))


def managers(tins: Sequence[str]) -> list[PracticeAccess]:
    """The approved Office Managers of these practices, their accounts joined, by name. A practice that has only one is
    urged to name a second."""
    ties = PracticeAccess.select(PracticeAccess, Account).join(Account)
    approved = ties.where(
        PracticeAccess.tin.in_(list(tins)),
        PracticeAccess.role == MANAGER,
        PracticeAccess.report_access == "approved",
    )
    return list(approved.order_by(Account.last_name, Account.first_name, Account.id))


def person(manager: Account, tie_id: int, actor: Actor) -> PracticeAccess:
    """One person of a practice that the account manages. Raises NotManager."""
    tie = PracticeAccess.get_or_none(PracticeAccess.id == tie_id)
    require_manager(manager, tie.tin if tie else "", actor)
    return tie


def change_role(manager: Account, tie_id: int, role: str, actor: Actor, settings: Settings) -> PracticeAccess:
    """Give a person of the practice another role (one of practices.ROLES); the person is told by mail. The same role
    again changes nothing. Raises NotManager or OwnPlace."""
    if role not in ROLES:
        raise ValueError(role)
    with _held(manager, tie_id, actor) as tie:
        if tie.role != role:
            PracticeAccess.update(role=role).where(PracticeAccess.id == tie.id).execute()
            subject, detail = f"account:{tie.account_id}", f"tin {tie.tin}, {tie.role} to {role}"
            audit.record(actor, "team-role", subject=subject, detail=detail)
            access_mails.send(access_mails.ROLE_CHANGED, tie.account, [tie.tin], settings, role=role)
    return tie


def remove(manager: Account, tie_id: int, actor: Actor, settings: Settings) -> PracticeAccess:
    """End a person's place in the practice at once; the person is told by mail. Raises NotManager or OwnPlace."""
    with _held(manager, tie_id, actor) as tie:
        _end(tie, by_self=False)
        subject = f"account:{tie.account_id}"
        audit.record(actor, "team-remove", subject=subject, detail=f"tin {tie.tin}")
        access_mails.send(access_mails.REMOVED, tie.account, [tie.tin], settings)
    return tie


def leave(account: Account, tin: str, actor: Actor, settings: Settings, *, told: bool = False) -> None:
    """Take a practice off the own account; its reports close at once. told: the person knows that nobody will manage
    the practice afterwards. Raises NotManager where it is not the account's, or LastManager."""
    with transaction():
        _lock(tin)
        tie = practices.tie_of(account, tin)
        if tie is None:
            raise NotManager
        if not told and is_last_manager(tie):
            raise LastManager
        _end(tie, by_self=True)
        audit.record(actor, "practice-leave", subject=f"account:{account.id}", detail=f"tin {tin}")
        access_mails.send(access_mails.LEFT, account, [tin], settings)


def is_last_manager(tie: PracticeAccess) -> bool:
    """Whether the practice has no other approved Office Manager, while others work there."""
    if not _is_manager(tie):
        return False
    others = [one for one in people(tie.tin) if one.id != tie.id]
    return bool(others) and not any(_is_manager(one) for one in others)


@contextmanager
def _held(manager: Account, tie_id: int, actor: Actor) -> Iterator[PracticeAccess]:
    """A transaction in which the account is still the practice's manager and the person still of it: of two managers
    who remove each other at once, one comes first."""
    found = person(manager, tie_id, actor)
    if found.account_id == manager.id:
        raise OwnPlace
    with transaction():
        held = {tie.id: tie for tie in _lock(found.tin)}
        mine = [tie for tie in held.values() if tie.account_id == manager.id]
        if tie_id not in held or not any(_is_manager(tie) for tie in mine):
            raise NotManager
        yield held[tie_id]


def _lock(tin: str) -> list[PracticeAccess]:
    """The practice's ties, held until the transaction ends. (On SQLite the transaction holds everything.)"""
    ties = PracticeAccess.select().where(PracticeAccess.tin == tin).order_by(PracticeAccess.id)
    return list(ties if is_sqlite() else ties.for_update())


def _end(tie: PracticeAccess, *, by_self: bool) -> None:
    now = clock.now()
    access_requests.withdraw(tie.account, tie.tin)
    tie.delete_instance()
    (
        FormerPractice.insert(account=tie.account, tin=tie.tin, ended_at=now, by_self=by_self)
        .on_conflict(
            conflict_target=[FormerPractice.account, FormerPractice.tin],
            update={FormerPractice.ended_at: now, FormerPractice.by_self: by_self},
        )
        .execute()
    )


def _is_manager(tie: PracticeAccess) -> bool:
    return tie.role == MANAGER and tie.report_access == "approved"
