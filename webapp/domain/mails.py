"""The mails we send, in the account's own language. None holds health information."""

from dataclasses import dataclass

from reports.words import N_
from webapp.config import Plan
from webapp.domain import outbox
from webapp.domain.accounts import Account
from webapp.words import translate


@dataclass(frozen=True)
class Mail:
    """A kind of mail: msgids with `%(name)s` to fill in."""

    subject: str
    body: str


CONFIRM_EMAIL = Mail(
    N_("Please confirm your email address"),
    N_(
        "Hello %(first_name)s,\n\n"
        "You made a %(plan)s account with the username %(username)s. "
        "Please open this page to confirm that this is your email address:\n\n"
        "%(link)s\n\n"
        "If you did not make this account, call us at %(telephone)s.\n"
    ),
)


def send(mail: Mail, account: Account, plan: Plan, **values: object) -> None:
    """Queue a mail to the account's address."""
    known = {
        "first_name": account.first_name,
        "username": account.username,
        "plan": plan["plan"]["name"],
        "telephone": plan["telephones"]["technical_support"],
        **values,
    }
    outbox.queue(
        sender=plan["mail"]["from_address"],
        recipient=account.email,
        subject=translate(account.language, mail.subject, **known),
        body=translate(account.language, mail.body, **known),
        language=account.language,
    )
