"""What a profile shows beside the account itself, and its ends: recent sign-ins, who looked at the record, signing out
everywhere, closing the account. Both lists are read from the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account import account_changes, codes
from webapp.domain.account.account_changes import PastPassword
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import transaction
from webapp.domain.find_a_doctor import directory

MOST = 20
#: What support does that is a look at an account.
LOOKS = ("open-person", "reveal", "imitate")
#: What Imitate Mode writes beside its start: each page would push all other looks off the list.
PARTS_OF_A_LOOK = ("imitate-page", "imitate-end")

ACCOUNT_CLOSED = mails.Mail(
    N_("Your account is closed"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your %(plan)s account with the username %(username)s is closed, as you asked. "
        "Your health coverage stays as it is.\n\n"
        "You can register again at any time.\n\n"
        "If you did not close it, call us at %(telephone)s.\n"
    ),
)


@dataclass(frozen=True)
class SignIn:
    """A sign-in or a try. outcome: 'done', 'password' (refused, wrong password) or 'code' (refused, wrong code);
    device: devices.short_name, may be empty; at: UTC."""

    at: datetime
    outcome: str
    device: str
    address: str


@dataclass(frozen=True)
class Look:
    """Somebody else opened the record. portal: where they work or are signed in; practice: its name, for offices;
    action: the audit log's word; at: UTC. Never a person's name."""

    at: datetime
    portal: str
    practice: str
    action: str


def recent_sign_ins(account: Account, most: int = MOST) -> list[SignIn]:
    """The last sign-ins and refused tries, the newest first."""
    own = (AuditEntry.account_id == account.id) | (AuditEntry.subject == f"account:{account.id}")
    rows = (
        AuditEntry.select()
        .where(AuditEntry.action.in_(("sign-in", "second-factor")), own)
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    return [SignIn(row.at, _outcome(row), row.detail, row.address) for row in rows]


def looks_at_record(client_id: str, own_account: int | None, most: int = MOST) -> list[Look]:
    """Who other than the member has looked at the member's record, the newest first: practices, the head of the
    household, the plan's staff. own_account: the member's account, whose own visits are left out."""
    others = AuditEntry.account_id.is_null(False) & (AuditEntry.account_id != (own_account or 0))
    rows = list(
        AuditEntry.select()
        .where(
            AuditEntry.subject == f"member:{client_id}",
            AuditEntry.outcome == "done",
            AuditEntry.portal.in_(("member", "provider", "support")),
            AuditEntry.action.not_in(PARTS_OF_A_LOOK),
            others,
        )
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    names = _practices(rows)
    return [Look(row.at, row.portal, names.get(_tin(row), ""), row.action) for row in rows]


def looks_at_account(account: Account, most: int = MOST) -> list[Look]:
    """When the plan's staff has looked at an office's account, the newest first."""
    rows = (
        AuditEntry.select()
        .where(
            AuditEntry.subject == f"account:{account.id}",
            AuditEntry.outcome == "done",
            AuditEntry.portal == "support",
            AuditEntry.action.in_(LOOKS),
        )
        .order_by(AuditEntry.id.desc())
        .limit(most)
    )
    return [Look(row.at, row.portal, "", row.action) for row in rows]


def sign_out_everywhere(account: Account, actor: Actor) -> None:
    """End every session of the account."""
    with transaction():
        account_changes.end_sessions(account)
        audit.record(actor, "sign-out-everywhere", subject=f"account:{account.id}")


def close_account(account: Account, actor: Actor, plan: Plan) -> None:
    """End an account for good: nobody signs in with it, its secrets and address go, its username and its member are
    free for a new one. The row stays, as the audit log names it. Doing it twice changes nothing."""
    with transaction():
        closed = (
            Account.update(
                username_key=f"closed {account.id}",  # no username has a space in it
                password_hash="",
                email="",
                email_confirmed_at=None,
                client_id=None,
                frozen_at=clock.now(),
            )
            .where(Account.id == account.id, Account.password_hash != "")
            .execute()
        )
        if not closed:
            return
        SecurityAnswer.delete().where(SecurityAnswer.account == account).execute()
        PastPassword.delete().where(PastPassword.account == account).execute()
        account_changes.end_sessions(account)
        codes.forget(account.id)
        audit.record(actor, "close-account", subject=f"account:{account.id}")
        mails.send(ACCOUNT_CLOSED, account, plan)


def _outcome(row: AuditEntry) -> str:
    if row.outcome == "done":
        return "done"
    return "code" if row.action == "second-factor" else "password"


def _tin(row: AuditEntry) -> str:
    """The practice for which an entry was made: its detail begins with 'tin …'."""
    words = row.detail.split()
    return words[1] if len(words) > 1 and words[0] == "tin" else ""


def _practices(rows: Sequence[AuditEntry]) -> dict[str, str]:
    tins = sorted({tin for row in rows if (tin := _tin(row))})
    return directory.practice_names(tins) if tins else {}
