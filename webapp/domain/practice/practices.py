"""Provider accounts and the practices (Tax IDs) they work for, and who may read patient reports."""

from datetime import timedelta

from peewee import BooleanField, Case, CharField, DateTimeField, ForeignKeyField, TextField

from reports.prepared import Prepared, slot
from webapp import clock
from webapp.domain.account.accounts import Account
from webapp.domain.db import Table, database, transaction

ROLES = ("Office Manager", "Office Staff", "Nurse/Medical Assistant", "Physician/Provider", "Other")
STATES = ("none", "requested", "approved", "refused", "expired")


class PracticeAccess(Table):
    """One account's tie to one Tax ID. Knowing a Tax ID proves nothing: reports open at 'approved' only.

    changed_at: since when `report_access` is what it is. reason: what support said to it. reminded_at: when the mail
    went out that an approval comes to its end.
    """

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="practices")
    tin = CharField(max_length=9, index=True)
    role = CharField(max_length=40)
    report_access = CharField(max_length=10, default="none")
    changed_at = DateTimeField()
    reason = TextField(null=True)
    reminded_at = DateTimeField(null=True)

    class Meta:
        table_name = "practice_access"
        indexes = ((("account", "tin"), True),)


class FormerPractice(Table):
    """A Tax ID that an account no longer works for, so that the person can be told since when. It is kept until its
    reports are opened to the account again: nothing from before may open them."""

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="former_practices")
    tin = CharField(max_length=9)
    ended_at = DateTimeField()
    by_self = BooleanField()

    class Meta:
        table_name = "former_practice"
        indexes = ((("account", "tin"), True),)


def join_practice(account: Account, tin: str, role: str, report_access: str = "none") -> None:
    """Tie an account to a Tax ID. A tie that is there already keeps its role and its report access, unless report
    access is given with the call: joining again must not make anybody an Office Manager, nor take anything away."""
    now = clock.now()
    tie = PracticeAccess.insert(
        account=account, tin=tin, role=role, report_access=report_access, changed_at=now
    )
    with transaction():
        if report_access == "none":
            tie.on_conflict_ignore().execute()
            return
        if report_access == "approved":
            forget_leaving(account, tin)
        same = PracticeAccess.report_access == report_access
        tie.on_conflict(
            conflict_target=[PracticeAccess.account, PracticeAccess.tin],
            update={
                PracticeAccess.role: role,
                PracticeAccess.report_access: report_access,
                PracticeAccess.changed_at: Case(None, [(same, PracticeAccess.changed_at)], now),
            },
        ).execute()


def practices_of(account: Account) -> list[PracticeAccess]:
    """The account's ties, by Tax ID."""
    return list(_ties(account=account.id))


_ties = Prepared(
    database,
    lambda: (
        PracticeAccess.select().where(PracticeAccess.account == slot("account")).order_by(PracticeAccess.tin)
    ),
)


def reportable_tins(account: Account) -> tuple[str, ...]:
    """The Tax IDs whose patient reports the account may read, in order."""
    return tuple(tie.tin for tie in practices_of(account) if tie.report_access == "approved")


def tie_of(account: Account | int, tin: str) -> PracticeAccess | None:
    """The account's tie to a Tax ID."""
    return PracticeAccess.get_or_none(PracticeAccess.account == account, PracticeAccess.tin == tin)


def has_left(account: Account | int, tin: str) -> bool:
    """Whether the account left the practice, or was removed, and has not been approved for it since. What an older
    portal granted counts no more then."""
    left = FormerPractice.select().where(FormerPractice.account == account, FormerPractice.tin == tin)
    return bool(left.exists())


def forget_leaving(account: Account | int, tin: str) -> None:
    """The account has been approved for the practice again."""
    FormerPractice.delete().where(FormerPractice.account == account, FormerPractice.tin == tin).execute()


def recently_lost(account: Account, within: timedelta) -> list[FormerPractice]:
    """The Tax IDs that others took from the account in this time, the last first; those it has again are left out."""
    mine = PracticeAccess.select(PracticeAccess.tin).where(PracticeAccess.account == account)
    return list(
        FormerPractice.select()
        .where(
            FormerPractice.account == account,
            FormerPractice.by_self == False,  # noqa: E712 - a condition for the database
            FormerPractice.ended_at > clock.now() - within,
            FormerPractice.tin.not_in(mine),
        )
        .order_by(FormerPractice.ended_at.desc(), FormerPractice.tin)
    )


def masked(tin: str) -> str:
    """A Tax ID as screens and mails show it where its last digits will do: xxxxx7230 (guide 001, step 3)."""
    return f"xxxxx{tin[-4:]}"
