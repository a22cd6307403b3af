"""Registration codes: an Office Manager or support invites somebody to make an account for named practices.

One use, seven days, for named Tax IDs and a role; report access is granted on Finish, and no more of it than the code's
issuer holds at that moment. The code itself stands in the mail alone; 80 random bits, of which a hash is stored, leave
nothing to guess.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import timedelta

from peewee import AutoField, BooleanField, CharField, DateTimeField, ForeignKeyField, TextField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.mails import Mail
from webapp.domain.practice import practices
from webapp.domain.practice.practices import PracticeAccess

GOOD_FOR = timedelta(days=7)
STATES = ("open", "used", "expired", "withdrawn")
#: Who may let others read a practice's reports.
MANAGER = "Office Manager"

# No letter that is taken for another: I, L, O and U are not there, and are read as what they look like.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})
_LENGTH, _GROUP = 16, 4

INVITATION = Mail(
    N_("Your registration code for the %(plan)s provider portal"),
    N_(
        "Hello,\n\n"
        "You are invited to make a %(plan)s provider portal account. Please open this page to sign up:\n\n"
        "%(link)s\n\n"
        "Or choose Register on the login page and type this registration code:\n\n"
        "%(code)s\n\n"
        "The code works once and for %(days)s days. It is for you alone: do not pass this mail on.\n\n"
        "If you did not expect this mail, you can ignore it. Questions? Call %(telephone)s.\n"
    ),
)


class RegistrationCode(Table):
    """One invitation. issuer: None for support. tins: the Tax IDs, separated by spaces. language: of the mail."""

    id = AutoField()
    code_hash = CharField(max_length=64, unique=True)
    issuer = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="issued_codes")
    by_support = BooleanField()  # said apart: an issuer whose account is gone is not taken for support
    tins = TextField()
    role = CharField(max_length=40)
    email = CharField(max_length=254)
    language = CharField(max_length=5)
    issued_at = DateTimeField()
    expires_at = DateTimeField()
    used_at = DateTimeField(null=True)
    used_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="used_codes")
    withdrawn_at = DateTimeField(null=True)

    class Meta:
        table_name = "registration_code"

    @property
    def tin_list(self) -> list[str]:
        """The Tax IDs that the code is for."""
        return str(self.tins).split()

    @property
    def state(self) -> str:
        """A word of STATES."""
        if self.used_at is not None:
            return "used"
        if self.withdrawn_at is not None:
            return "withdrawn"
        return "open" if self.expires_at > clock.now() else "expired"


class CodeNotLive(Exception):
    """The code was used, withdrawn or has expired meanwhile; `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def new_code() -> str:
    """80 random bits, as people type them: XXXX-XXXX-XXXX-XXXX."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(drawn[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))


def issue(
    issuer: Account | None,
    tins: Sequence[str],
    role: str,
    email: str,
    language: str,
    actor: Actor,
    plan: Plan,
    base_url: str,
    *,
    code: str | None = None,
) -> RegistrationCode:
    """Make a code and queue the mail that carries it to `email`, in that language.

    issuer: the Office Manager who invites, whose ties the caller has checked; None for support. base_url: of the
    portal, for the mail's link. code: given by the demo alone, whose codes everybody may know.
    """
    code = code or new_code()
    now = clock.now()
    with transaction():
        row = RegistrationCode.create(
            code_hash=_hash(code),
            issuer=issuer,
            by_support=issuer is None,
            tins=" ".join(tins),
            role=role,
            email=email.strip(),
            language=language,
            issued_at=now,
            expires_at=now + GOOD_FOR,
        )
        _mail(row, code, plan, base_url)
        audit.record(actor, "registration-code-issue", subject=f"code:{row.id}", detail=f"role {role}")
    return row


def resend(row: RegistrationCode, actor: Actor, plan: Plan, base_url: str) -> RegistrationCode:
    """Send a new code in place of this one, good for seven days from now; the old one is dead.

    Raises CodeNotLive when it was used or withdrawn.
    """
    code = new_code()
    now = clock.now()
    unused = (RegistrationCode.id == row.id) & RegistrationCode.used_at.is_null()
    with transaction():
        changed = (
            RegistrationCode.update(code_hash=_hash(code), issued_at=now, expires_at=now + GOOD_FOR)
            .where(unused, RegistrationCode.withdrawn_at.is_null())
            .execute()
        )
        row = RegistrationCode.get_by_id(row.id)
        if not changed:
            raise CodeNotLive(row.state)
        _mail(row, code, plan, base_url)
        audit.record(actor, "registration-code-resend", subject=f"code:{row.id}")
    return row


def withdraw(row: RegistrationCode, actor: Actor) -> None:
    """Let the code be used no more. One that was used stays used."""
    with transaction():
        changed = (
            RegistrationCode.update(withdrawn_at=clock.now())
            .where(
                RegistrationCode.id == row.id,
                RegistrationCode.used_at.is_null(),
                RegistrationCode.withdrawn_at.is_null(),
            )
            .execute()
        )
        if changed:
            audit.record(actor, "registration-code-withdraw", subject=f"code:{row.id}")


def look_up(typed: str | None) -> RegistrationCode | None:
    """The code as it was typed, in whatever state; None where there is none. Letter case, spaces and dashes do not
    matter."""
    code = _plain(typed or "")
    if len(code) != _LENGTH:
        return None
    return RegistrationCode.get_or_none(RegistrationCode.code_hash == _hash(code))


def find(typed: str | None) -> RegistrationCode | None:
    """The live code as it was typed, or None."""
    row = look_up(typed)
    return row if row is not None and row.state == "open" else None


def get(code_id: int | None) -> RegistrationCode | None:
    """The code with this id, in whatever state."""
    return RegistrationCode.get_or_none(RegistrationCode.id == code_id) if code_id else None


def of_practice(tin: str) -> list[RegistrationCode]:
    """The codes for a Tax ID, newest first."""
    rows = RegistrationCode.select().where(RegistrationCode.tins.contains(tin))
    return [row for row in rows.order_by(RegistrationCode.id.desc()) if tin in row.tin_list]


def redeem(code_id: int, account: Account, tins: Collection[str], actor: Actor) -> None:
    """Use the code up for a new account: in Finish, inside its transaction.

    tins: those the person kept in step 3. Each of them that the code names is joined with the code's role; with
    report access where the issuer may still let others read its reports, else without. Raises CodeNotLive.
    """
    live = (
        (RegistrationCode.id == code_id)
        & RegistrationCode.used_at.is_null()
        & RegistrationCode.withdrawn_at.is_null()
        & (RegistrationCode.expires_at > clock.now())
    )
    with transaction():
        used = RegistrationCode.update(used_at=clock.now(), used_by=account).where(live).execute()
        row = get(code_id)
        if not used or row is None:
            raise CodeNotLive(row.state if row else "withdrawn")
        for tin in row.tin_list:
            if tin in tins:
                access = "approved" if _may_grant(row, tin) else "none"
                practices.join_practice(account, tin, row.role, access)
        audit.record(actor, "registration-code-use", subject=f"code:{row.id}")


def _may_grant(row: RegistrationCode, tin: str) -> bool:
    """Whether the issuer still holds what the code promises: support always, an Office Manager while the tie is
    approved and the account is not frozen."""
    if row.by_support:
        return True
    return (
        PracticeAccess.select()
        .join(Account)
        .where(
            PracticeAccess.account == row.issuer_id,
            PracticeAccess.tin == tin,
            PracticeAccess.role == MANAGER,
            PracticeAccess.report_access == "approved",
            Account.frozen_at.is_null(),
        )
        .exists()
    )


def _mail(row: RegistrationCode, code: str, plan: Plan, base_url: str) -> None:
    link = f"{base_url}/providers/signup/license-agreement?code={code}"
    mails.send_to(INVITATION, row.email, row.language, plan, link=link, code=code, days=GOOD_FOR.days)


def _plain(typed: str) -> str:
    letters = "".join(c for c in typed[:200].upper() if c.isascii() and c.isalnum())
    return letters.translate(_READ_AS)


def _hash(code: str) -> str:
    return hashlib.sha256(_plain(code).encode()).hexdigest()
