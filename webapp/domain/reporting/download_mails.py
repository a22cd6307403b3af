"""The mails of the download guard, and its code. They say nothing of a report, a patient, or who downloaded."""

from reports.words import N_
from webapp.config import Plan
from webapp.domain import audit, mails, throttle
from webapp.domain.account import codes
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.mails import Mail

#: Seconds before the next mail with a code, after the first, the second …; the last repeats.
WAITS = (0, 30, 60, 300)
_PURPOSE = "download"

UNUSUAL = Mail(
    N_("Unusual downloads in your practice"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Today somebody of your practice downloaded reports from a device that the account had not used before, or "
        "asked for more than on a usual day:\n\n"
        "%(practices)s\n\n"
        "Please sign in, choose Team and then “Who downloaded which report”. "
        "If you do not expect these downloads, call %(telephone)s at once.\n"
    ),
)
DOWNLOAD_CODE = Mail(
    N_("Your verification code"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your verification code is %(code)s. It is good for %(minutes)s minutes.\n\n"
        "Somebody signed in with your username %(username)s and wants to download more reports than on a usual day.\n\n"
        "This wasn't me: open this page, and nobody can use the account until you have spoken with us:\n\n"
        "%(link)s\n\n"
        "Questions? Call %(telephone)s.\n"
    ),
)


def send_code(
    account: Account, session_key: str, actor: Actor, plan: Plan, secret_key: str, links: FreezeLinks
) -> None:
    """Mail a code that is good for this sign-in session alone. Raises throttle.MustWait."""
    throttle.take_paced_try(_key(account, secret_key), WAITS)
    with transaction():
        bound = _bound(account, session_key)
        code = codes.issue(_PURPOSE, bound, secret_key, plan, account_id=account.id)
        audit.record(actor, "download-code", subject=f"account:{account.id}")
        minutes = plan["codes"]["minutes"]
        mails.send(DOWNLOAD_CODE, account, plan, code=code, minutes=minutes, link=links.link(account))


def is_right(
    account: Account, session_key: str, typed: str, actor: Actor, plan: Plan, secret_key: str
) -> bool:
    """Whether it is the code that this session was sent last; then it is used up. A wrong one is in the audit log."""
    right = codes.redeem(_PURPOSE, _bound(account, session_key), typed, secret_key, plan)
    audit.record(
        actor, "download-code-given", "done" if right else "refused", subject=f"account:{account.id}"
    )
    if right:
        throttle.forget(_key(account, secret_key))
    return right


def _bound(account: Account, session_key: str) -> str:
    return f"{account.id}:{session_key}"


def _key(account: Account, secret_key: str) -> str:
    return throttle.key_of(secret_key, "download-code", str(account.id))
