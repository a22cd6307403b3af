"""Passwords that are changed every so many days (guide 001: 90), and the mails that say so in time.

The days and the reminders are plan settings (`expires_days`, 0 turns it off; `reminder_days`).
"""

from collections.abc import Iterable
from datetime import date, timedelta

from peewee import JOIN, DateTimeField, ForeignKeyField, IntegerField

from reports.words import N_
from webapp import clock
from webapp.config import PasswordRules, Plan, Settings
from webapp.domain import mails
from webapp.domain.account.accounts import PORTALS, Account
from webapp.domain.db import Table, transaction
from webapp.domain.us_dates import us_date

_LOGIN = {"member": "/members/login", "provider": "/providers/login", "support": "/support/login"}
_NONE_YET = 10**6  # more days than any reminder is ahead

REMINDER = mails.Mail(
    N_("Change your password soon"),
    N_(
        "Hello %(first_name)s,\n\n"
        "The password of your %(plan)s account has to be changed by %(day)s. "
        "Sign in and change it on the page Profile:\n\n"
        "%(link)s\n\n"
        "After that day you can still sign in, but you will have to choose a new password before anything else.\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)


class PasswordReminder(Table):
    """The last reminder of an account: about which password, and how many days ahead it was due."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    password_changed_at = DateTimeField()
    days = IntegerField()

    class Meta:
        table_name = "password_reminder"


def expires_on(account: Account, plan: Plan) -> date | None:
    """The first day on which the password must be changed before anything else opens; None: it never must."""
    days = plan.password_rules(account.portal).expires_days
    return clock.current().local(account.password_changed_at).date() + timedelta(days=days) if days else None


def is_expired(account: Account, plan: Plan) -> bool:
    """Whether the password is too old today."""
    day = expires_on(account, plan)
    return day is not None and clock.today() >= day


def queue_reminders(settings: Settings) -> int:
    """Queue the mails that are due: one 14, one 7 and one 1 day before (reminder_days). Returns how many.

    However often it is called, and by however many workers, each goes out once. When no worker ran on the very day,
    the mail goes out on the next; two that are due by then are one.
    """
    queued = 0
    for portal in PORTALS:
        rules = settings.plan.password_rules(portal)
        for account in list(_ending(portal, rules)):
            queued += _remind(account, rules, settings)
    return queued


def _ending(portal: str, rules: PasswordRules) -> Iterable[Account]:
    """Accounts whose password may be near its end, or a day beside it: days are judged where the plan is."""
    if not (rules.expires_days and rules.reminder_days):
        return ()
    first = clock.now() - timedelta(days=rules.expires_days + 1)
    last = clock.now() - timedelta(days=rules.expires_days - max(rules.reminder_days) - 1)
    return (
        Account.select()
        .join(PasswordReminder, JOIN.LEFT_OUTER, on=(PasswordReminder.account == Account.id))
        .where(
            Account.portal == portal,
            Account.frozen_at.is_null(),
            Account.password_changed_at.between(first, last),
        )
        .order_by(Account.id)
    )


def _remind(account: Account, rules: PasswordRules, settings: Settings) -> bool:
    day = expires_on(account, settings.plan)
    left = (day - clock.today()).days if day else 0
    due = min((days for days in rules.reminder_days if days >= left), default=0)
    if day is None or left < 1 or not due:
        return False
    with transaction():
        if not _note(account, due):
            return False
        link = f"{settings.base_url}{_LOGIN[account.portal]}"
        mails.send(REMINDER, account, settings.plan, day=us_date(day), link=link)
    return True


def _note(account: Account, due: int) -> bool:
    """Write down that this reminder goes out; False when it, or a later one of this password, has."""
    changed_at = account.password_changed_at
    PasswordReminder.insert(
        account=account, password_changed_at=changed_at, days=_NONE_YET
    ).on_conflict_ignore().execute()
    new = (PasswordReminder.password_changed_at != changed_at) | (PasswordReminder.days > due)
    return bool(
        PasswordReminder.update(password_changed_at=changed_at, days=due)
        .where(PasswordReminder.account == account, new)
        .execute()
    )
