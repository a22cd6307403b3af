"""What a signed-in person must do before anything else opens: change a password that is too old (guide 001), set up
the second step of signing in where the plan insists on it."""

from dataclasses import dataclass

from webapp.config import Plan
from webapp.domain.account import password_age, second_factor
from webapp.domain.account.accounts import Account


@dataclass(frozen=True)
class Duty:
    """start: the view to go to; opens: the views that open meanwhile, beside signing out and staying."""

    start: str
    opens: frozenset[str]


PASSWORD = Duty("profile_password", frozenset({"profile_password", "stay"}))
SECOND_FACTOR = Duty(
    "profile_second_factor",
    frozenset({"profile_second_factor", "profile_second_factor_code", "profile_recovery_codes", "stay"}),
)


def duty_of(account: Account, plan: Plan) -> Duty | None:
    """The account's first duty; None when everything is open."""
    if password_age.is_expired(account, plan):
        return PASSWORD
    if account.portal in plan["sign_in"]["second_factor_for"] and not second_factor.is_on(account):
        return SECOND_FACTOR
    return None
