"""A mail when new reports are there. It names no practice, no number and nobody: only that there is something new."""

from collections.abc import Iterable
from datetime import date

from peewee import JOIN, BooleanField, DateField, ForeignKeyField, fn

from reports.words import N_
from webapp import clock
from webapp.config import Settings
from webapp.domain import mails
from webapp.domain.account.accounts import Account
from webapp.domain.db import Table, transaction
from webapp.domain.practice.practices import PracticeAccess

NEW_REPORTS = mails.Mail(
    N_("New reports are ready"),
    N_(
        "Hello %(first_name)s,\n\n"
        "There are new reports in the %(plan)s provider portal. Sign in to read them:\n\n"
        "%(link)s\n\n"
        "You can turn this mail off on the page Profile.\n"
    ),
)


class ReportMail(Table):
    """Whether an account wants that mail (who never said so does), and the day of the last one."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    wanted = BooleanField(default=True)
    sent_on = DateField(null=True)

    class Meta:
        table_name = "report_mail"


def is_wanted(account: Account) -> bool:
    """Whether the account gets the mail."""
    row = ReportMail.get_or_none(ReportMail.account == account.id)
    return row is None or bool(row.wanted)


def choose(account: Account, wanted: bool) -> None:
    """Switch the mail on or off."""
    with transaction():
        ReportMail.insert(account=account.id, wanted=wanted).on_conflict(
            conflict_target=[ReportMail.account], update={ReportMail.wanted: wanted}
        ).execute()


def queue_new_reports(settings: Settings) -> int:
    """Queue the mail to every provider account that may read reports, has a confirmed e-mail address, has not switched
    it off and had none today; all in one transaction. Returns how many were queued."""
    today = clock.today()
    with transaction():
        accounts = list(_to_tell(today))
        for account in accounts:
            mails.send(NEW_REPORTS, account, settings.plan, link=f"{settings.base_url}/providers/login")
            ReportMail.insert(account=account.id, sent_on=today).on_conflict(
                conflict_target=[ReportMail.account], update={ReportMail.sent_on: today}
            ).execute()
    return len(accounts)


def _to_tell(today: date) -> Iterable[Account]:
    readers = PracticeAccess.select(PracticeAccess.account).where(
        PracticeAccess.report_access == "approved", PracticeAccess.account == Account.id
    )
    return (
        Account.select()
        .join(ReportMail, JOIN.LEFT_OUTER, on=(ReportMail.account == Account.id))
        .where(
            Account.portal == "provider",
            Account.email_confirmed_at.is_null(False),
            Account.frozen_at.is_null(),
            fn.EXISTS(readers),
            fn.COALESCE(ReportMail.wanted, True),
            ReportMail.sent_on.is_null() | (ReportMail.sent_on != today),
        )
        .order_by(Account.id)
    )
