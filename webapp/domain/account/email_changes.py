"""Another e-mail address for an account: it counts once the code that was sent to it has been entered; the address
before is told."""

from datetime import timedelta

from peewee import CharField, DateTimeField, ForeignKeyField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails, throttle
from webapp.domain.account import account_changes, codes
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction

#: Seconds before the next mail with a code, after the first, the second …; the last repeats.
WAITS = (0, 30, 60, 300)
_PURPOSE = "change-email"
_SECOND_TAP = timedelta(seconds=20)

EMAIL_CODE = mails.Mail(
    N_("Your verification code"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your verification code is %(code)s. It is good for %(minutes)s minutes.\n\n"
        "Somebody asked to use this address for a %(plan)s account. If it was not you, do nothing: "
        "without the code the address is not used.\n"
    ),
)


class EmailChange(Table):
    """An address that waits for its code."""

    account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
    email = CharField(max_length=254)
    asked_at = DateTimeField()

    class Meta:
        table_name = "email_change"


class SameAddress(Exception):
    """It is the account's address already, and confirmed."""


class WrongCode(Exception):
    """The code is not the one that was sent last, is over ten minutes old, or was tried too often."""


def waiting(account: Account) -> str | None:
    """The address that waits for its code."""
    row = EmailChange.get_or_none(EmailChange.account == account)
    return row.email if row else None


def ask(account: Account, email: str, actor: Actor, plan: Plan, secret_key: str) -> None:
    """Send a code to a new address. The second of two taps sends no second one.

    Raises SameAddress, or throttle.MustWait when mails were asked for too fast.
    """
    email = email.strip()
    if account.email_confirmed_at and email.casefold() == account.email.casefold():
        raise SameAddress
    row = EmailChange.get_or_none(EmailChange.account == account)
    if row and row.email == email and row.asked_at > clock.now() - _SECOND_TAP:
        return
    send_again(account, actor, plan, secret_key, email=email)


def wait_for(account: Account, email: str) -> None:
    """Note an address that is to be confirmed. Its code is sent by `send_again`, when the person is signed in:
    signing in ends codes that were sent before."""
    now = clock.now()
    with transaction():
        EmailChange.insert(account=account, email=email, asked_at=now).on_conflict(
            conflict_target=[EmailChange.account],
            update={EmailChange.email: email, EmailChange.asked_at: now},
        ).execute()


def send_again(
    account: Account, actor: Actor, plan: Plan, secret_key: str, *, email: str | None = None
) -> None:
    """A new code to the address that waits (or to `email`, which waits from now on). Raises throttle.MustWait."""
    address = email or waiting(account)
    if address is None:
        return
    throttle.take_paced_try(_key(account, secret_key), WAITS)
    with transaction():
        wait_for(account, address)
        code = codes.issue(_PURPOSE, _bound(account, address), secret_key, plan, account_id=account.id)
        audit.record(actor, "ask-email", subject=f"account:{account.id}")
        minutes = plan["codes"]["minutes"]
        mails.send(EMAIL_CODE, account, plan, to=address, code=code, minutes=minutes)


def confirm(
    account: Account, typed: str, actor: Actor, plan: Plan, links: FreezeLinks, secret_key: str
) -> None:
    """Make the address that waits the account's own. Raises WrongCode. With nothing waiting nothing happens, so that
    the second of two taps ends as the first."""
    address = waiting(account)
    if address is None:
        return
    if not codes.redeem(_PURPOSE, _bound(account, address), typed, secret_key, plan):
        if waiting(account) is None:
            return
        audit.record(actor, "change-email", "refused", subject=f"account:{account.id}")
        raise WrongCode
    with transaction():
        account_changes.set_email(account, address, actor, plan, links)
        EmailChange.delete().where(EmailChange.account == account).execute()
    throttle.forget(_key(account, secret_key))


def give_up(account: Account) -> None:
    """The address stays as it is."""
    with transaction():
        EmailChange.delete().where(EmailChange.account == account).execute()


def _bound(account: Account, email: str) -> str:
    return f"{account.id}:{email}"


def _key(account: Account, secret_key: str) -> str:
    return throttle.key_of(secret_key, "email-code", str(account.id))
