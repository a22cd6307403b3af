"""Provider accounts and the practices (Tax IDs) they work for, and who may read patient reports."""

from peewee import CharField, DateTimeField, ForeignKeyField

from reports.prepared import Prepared, slot
from webapp import clock
from webapp.domain.accounts import Account
from webapp.domain.db import Table, database, transaction

ROLES = ("Office Manager", "Office Staff", "Nurse/Medical Assistant", "Physician/Provider", "Other")
STATES = ("none", "requested", "approved", "refused", "expired")


class PracticeAccess(Table):
    """One account's tie to one Tax ID. Knowing a Tax ID proves nothing: reports open at 'approved' only."""

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="practices")
    tin = CharField(max_length=9, index=True)
    role = CharField(max_length=40)
    report_access = CharField(max_length=10, default="none")
    changed_at = DateTimeField()

    class Meta:
        table_name = "practice_access"
        indexes = ((("account", "tin"), True),)


def join_practice(account: Account, tin: str, role: str, report_access: str = "none") -> None:
    """Tie an account to a Tax ID, or change the tie that there is."""
    now = clock.now()
    with transaction():
        (
            PracticeAccess.insert(
                account=account, tin=tin, role=role, report_access=report_access, changed_at=now
            )
            .on_conflict(
                conflict_target=[PracticeAccess.account, PracticeAccess.tin],
                update={
                    PracticeAccess.role: role,
                    PracticeAccess.report_access: report_access,
                    PracticeAccess.changed_at: now,
                },
            )
            .execute()
        )


def grant_report_access(account: Account, tin: str, role: str) -> None:
    """Let an account read the reports of a Tax ID (support's approval)."""
    join_practice(account, tin, role, "approved")


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
