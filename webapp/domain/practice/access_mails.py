"""The mails about report access and the places people have in practices. They name practices and the last digits of
their Tax IDs, never a patient; what support wrote is read on the page only."""

from collections.abc import Sequence
from datetime import datetime

from reports.words import N_
from webapp.config import Settings
from webapp.domain import mails
from webapp.domain.account.accounts import Account
from webapp.domain.find_a_doctor.directory import practice_names
from webapp.domain.mails import Mail
from webapp.domain.practice.practices import masked
from webapp.domain.us_dates import us_day
from webapp.words import translate

ASKED = Mail(
    N_("We have your request for report access"),
    N_(
        "Hello %(first_name)s,\n\n"
        "You asked to read the patient reports of:\n\n"
        "%(practices)s\n\n"
        "We look at each request. You will get an email when yours is decided. "
        "Until then its state is shown here:\n\n"
        "%(link)s\n\n"
        "If you did not ask, call %(telephone)s.\n"
    ),
)
APPROVED = Mail(
    N_("You can read patient reports now"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your request was approved. You can read the patient reports of:\n\n"
        "%(practices)s\n\n"
        "Sign in and choose Reports/Data:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)
REFUSED = Mail(
    N_("Your request for report access was not approved"),
    N_(
        "Hello %(first_name)s,\n\n"
        "We could not approve your request to read the patient reports of:\n\n"
        "%(practices)s\n\n"
        "The page Patient Reports says why, and lets you ask again:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)
ENDED = Mail(
    N_("Your report access has ended"),
    N_(
        "Hello %(first_name)s,\n\n"
        "We ended your access to the patient reports of:\n\n"
        "%(practices)s\n\n"
        "The page Patient Reports says why, and lets you ask again:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)
ENDS_SOON = Mail(
    N_("Renew your report access"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Report access is confirmed once a year. On %(day)s yours ends for:\n\n"
        "%(practices)s\n\n"
        "Do you still need the reports? Ask again now, and nothing stops in between:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)
EXPIRED = Mail(
    N_("Your report access has come to its end"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Report access is confirmed once a year. The year is over for:\n\n"
        "%(practices)s\n\n"
        "To read the reports again, ask here:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)
REMOVED = Mail(
    N_("You no longer work for a practice in the portal"),
    N_(
        "Hello %(first_name)s,\n\n"
        "An Office Manager removed you from:\n\n"
        "%(practices)s\n\n"
        "You no longer see its reports. If this is a mistake, ask your Office Manager, or call %(telephone)s.\n"
    ),
)
LEFT = Mail(
    N_("You removed a practice from your account"),
    N_(
        "Hello %(first_name)s,\n\n"
        "You removed this practice from your account and no longer see its reports:\n\n"
        "%(practices)s\n\n"
        "If you did not do this, call %(telephone)s.\n"
    ),
)
ROLE_CHANGED = Mail(
    N_("Your role in a practice was changed"),
    N_(
        "Hello %(first_name)s,\n\n"
        "An Office Manager changed your role. It is now %(role)s in:\n\n"
        "%(practices)s\n\n"
        "Questions? Ask your Office Manager, or call %(telephone)s.\n"
    ),
)

JOIN = Mail(
    N_("You are invited to join a practice"),
    N_(
        "Hello,\n\n"
        "You are invited to work in the portal for:\n\n"
        "%(practices)s\n\n"
        "This address has an account already, so you need no new one. Sign in, open this page, and enter the "
        "registration code from our other email:\n\n"
        "%(link)s\n\n"
        "If you did not expect this, you can ignore it. Questions? Call %(telephone)s.\n"
    ),
)


def send(
    mail: Mail,
    account: Account,
    tins: Sequence[str],
    settings: Settings,
    day: datetime | None = None,
    role: str = "",
) -> None:
    """Queue one of these mails to the account, about the practices with these Tax IDs. `day` as stored, in UTC."""
    mails.send(
        mail,
        account,
        settings.plan,
        practices=_lines(tins),
        link=f"{settings.base_url}/providers/access",
        day=us_day(day),
        role=translate(account.language, role) if role else "",
    )


def send_to_invited(address: str, language: str, tins: Sequence[str], settings: Settings) -> None:
    """Queue the mail to an invited address that has an account."""
    link = f"{settings.base_url}/providers/practices/join"
    mails.send_to(JOIN, address, language, settings.plan, practices=_lines(tins), link=link)


def _lines(tins: Sequence[str]) -> str:
    names = practice_names(list(tins))
    return "\n".join(f"{names.get(tin, '')} (TIN {masked(tin)})".strip() for tin in tins)
