"""The mails we send, in the account's own language. None holds health information."""

from dataclasses import dataclass

from reports.words import N_
from webapp.config import Plan
from webapp.domain import outbox
from webapp.domain.account.accounts import Account
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


ACCOUNT_CHANGED = Mail(
    N_("Your account was changed"),
    N_(
        "Hello %(first_name)s,\n\n"
        "%(what)s This is about your %(plan)s account with the username %(username)s.\n\n"
        "If you did this, you need to do nothing more.\n\n"
        "This wasn't me: open this page within 10 days, and nobody can use the account "
        "until you have spoken with us:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)

ACCOUNT_FROZEN = Mail(
    N_("Nobody can use your account now"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Somebody opened the link “This wasn't me” in a mail about your %(plan)s account with the username "
        "%(username)s. So we closed the account for everybody.\n\n"
        "To use it again, call %(telephone)s.\n"
    ),
)

NEW_MESSAGE = Mail(
    N_("You have a new message"),
    N_(
        "Hello %(first_name)s,\n\n"
        "You have a new message from %(plan)s. To keep it private, you read it after signing in:\n\n"
        "%(link)s\n\n"
        "Do you need help? Call %(telephone)s.\n"
    ),
)

MESSAGE_WAITS = Mail(
    N_("A secure message is waiting"),
    N_("A secure message for %(desk)s is waiting. It is read and answered in the portal.\n"),
)


def send(mail: Mail, account: Account, plan: Plan, *, to: str | None = None, **values: object) -> None:
    """Queue a mail to the account's address, or to another (`to`)."""
    known = {"first_name": account.first_name, "username": account.username, **values}
    send_to(mail, to or account.email, account.language, plan, **known)


def send_to(mail: Mail, address: str, language: str, plan: Plan, **values: object) -> None:
    """Queue a mail to an address whose owner need not have an account. An account that was closed has no address: then
    there is nobody to write to."""
    if not address:
        return
    known = {
        "plan": plan["plan"]["name"],
        "telephone": plan["telephones"]["technical_support"],
        **values,
    }
    outbox.queue(
        sender=plan["mail"]["from_address"],
        recipient=address,
        subject=translate(language, mail.subject, **known),
        body=translate(language, mail.body, **known),
        language=language,
    )
