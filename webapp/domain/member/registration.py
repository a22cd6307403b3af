"""How a member makes an account: the ID card is matched, tries are counted, the account is made once.

Source: guide 000, steps 1 to 4.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from webapp import clock
from webapp.config import Plan, keys_of
from webapp.domain import audit, mails, throttle
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account, HashedAnswer
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.member import eligibility, lockouts
from webapp.domain.member.eligibility import Member, Registration
from webapp.domain.text import fold_id

_CONFIRM_WITHIN = timedelta(days=7)


class EligibilityNotFound(Exception):
    """No member has these four. Which of them was wrong is never said."""


class RegistrationLocked(throttle.Locked):
    """Three wrong tries in a row. `reference`: the number under which support finds the lock."""

    def __init__(self, reference: str) -> None:
        super().__init__()
        self.reference = reference


class MayNotRegister(Exception):
    """A member, matched in full, who cannot make an account; `reason` says why."""

    def __init__(self, reason: Registration) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class IdCard:
    """What a person typed from the ID card."""

    client_id: str
    first_name: str
    last_name: str
    birth_date: date


@dataclass(frozen=True)
class ChosenAccount:
    """What step 3 asks for, its secrets hashed."""

    username: str
    email: str
    password_hash: str
    answers: tuple[HashedAnswer, ...]


def identify(card: IdCard, run_key: str, actor: Actor, plan: Plan, secret_key: str) -> Member:
    """The member whose card this is, free to make an account (step 2).

    Each try is counted under the submitted Client ID, known or not, and under the browser's run; three wrong
    ones in a row lock (RegistrationLocked). Raises EligibilityNotFound; after a full match only: MayNotRegister,
    accounts.AlreadyRegistered.
    """
    keys = _try_keys(card.client_id, run_key, secret_key)
    limit, unlock = _limit(plan)
    for key in keys:
        if throttle.is_locked(key, limit, unlock):
            raise RegistrationLocked(_note_lock(card, keys, plan))
    number = max(throttle.take_counted_try(key, limit, unlock) for key in keys)
    member = eligibility.match(card.client_id, card.first_name, card.last_name, card.birth_date)
    if member is None:
        audit.record(actor, "register-match", "refused", detail=f"try {number}")
        if number >= limit:
            audit.record(actor, "register-lock")
            raise RegistrationLocked(_note_lock(card, keys, plan))
        raise EligibilityNotFound
    throttle.forget(*keys)
    _check_free(member, plan)
    audit.record(actor, "register-match", subject=f"member:{member.client_id}")
    return member


def lock_of(client_id: str, run_key: str, secret_key: str) -> lockouts.Lockout | None:
    """The lock that this number or this browser's run has met, if it holds still."""
    return lockouts.held(lockouts.REGISTRATION, _try_keys(client_id, run_key, secret_key))


def allow_again(client_id: str, run_key: str, actor: Actor, secret_key: str, reason: str) -> None:
    """End all locks of registration of a member, and of the browser that showed it may."""
    lockouts.end_all_of(lockouts.REGISTRATION, client_id, actor, reason)
    throttle.forget(*_try_keys(client_id, run_key, secret_key))


def still_free(client_id: str, plan: Plan) -> bool:
    """Whether the matched member may still make an account, asked again at Finish."""
    try:
        _check_free(eligibility.get_member(client_id), plan)
    except (eligibility.MemberNotFound, MayNotRegister, accounts.AlreadyRegistered):
        return False
    return True


def complete(
    client_id: str, chosen: ChosenAccount, language: str, actor: Actor, plan: Plan, link_of: "LinkMaker"
) -> Account:
    """Make the account and queue the mail that asks to confirm its address (step 4, Finish).

    Raises accounts.UsernameTaken or accounts.AlreadyRegistered; then nothing was written.
    """
    member = eligibility.get_member(client_id)
    with transaction():
        account = accounts.create_account(
            portal="member",
            username=chosen.username,
            email=chosen.email,
            first_name=member.first_name,
            last_name=member.last_name,
            password_hash=chosen.password_hash,
            client_id=client_id,
            language=language,
            hashed_answers=chosen.answers,
        )
        mails.send(mails.CONFIRM_EMAIL, account, plan, link=link_of(account))
        audit.record(
            Actor(actor.portal, actor.address, account.id), "register", subject=f"member:{client_id}"
        )
    return account


@dataclass(frozen=True)
class LinkMaker:
    """Makes and reads the links that confirm an address, of one portal."""

    base_url: str
    secret_key: str
    portal: str = "member"

    def __call__(self, account: Account) -> str:
        token = self._signer().dumps([account.id, account.email])
        return f"{self.base_url}/{self.portal}s/confirm/{token}"

    def read(self, token: str) -> tuple[int, str] | None:
        """The account's id and the address that a link confirms; None when it is not ours or too old."""
        try:
            account_id, email = self._signer().loads(token, max_age=int(_CONFIRM_WITHIN.total_seconds()))
        except (BadData, ValueError, TypeError):
            return None
        return account_id, email

    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(
            list(reversed(keys_of(self.secret_key))), salt=f"confirm-email-{self.portal}"
        )


def _check_free(member: Member, plan: Plan) -> None:
    if accounts.account_of_member(member.client_id):
        raise accounts.AlreadyRegistered
    reason = eligibility.may_register(member, clock.today(), plan)
    if reason is not Registration.OK:
        raise MayNotRegister(reason)


def _note_lock(card: IdCard, keys: tuple[str, str], plan: Plan) -> str:
    """The reference number of the lock. Which fields differed is for support alone."""
    member, differed = eligibility.differing(card.client_id, card.first_name, card.last_name, card.birth_date)
    client_id = member.client_id if member else None
    lasts = _limit(plan)[1]
    return lockouts.note(
        lockouts.REGISTRATION, "member", keys, client_id=client_id, differed=differed, lasts=lasts
    )


def _try_keys(client_id: str, run_key: str, secret_key: str) -> tuple[str, str]:
    return (
        throttle.key_of(secret_key, "register-id", fold_id(client_id)),
        throttle.key_of(secret_key, "register-run", run_key),
    )


def _limit(plan: Plan) -> tuple[int, timedelta | None]:
    rules = plan["registration"]
    minutes = rules["unlock_after_minutes"]
    return rules["wrong_tries"], timedelta(minutes=minutes) if minutes else None
