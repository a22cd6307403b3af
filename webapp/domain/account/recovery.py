"""Getting back into an account whose username or password was forgotten: who may, how often, and what ends.

Source: guide 000, "Retrieving Your Username or Password". Nobody learns from it who has an account: an unknown person
costs the same work, reads the same answer and locks alike. Locks are of recovery alone, never of signing in.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from peewee import fn

from reports.words import N_
from webapp.config import Plan
from webapp.domain import audit, mails, throttle
from webapp.domain.account import account_changes, accounts, codes, passwords
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import database, transaction
from webapp.domain.mails import Mail
from webapp.domain.member import eligibility, lockouts
from webapp.domain.text import fold_id

#: How many of an account's security questions are asked: a member's two, where there are so many; an office's one.
ASKED = {"member": 2, "provider": 1}
_PURPOSE = "recover"

MEMBER_CODE = Mail(
    N_("Your identification code"),
    N_(
        "Hello %(first_name)s,\n\n"
        "Your identification code is %(code)s\n\n"
        "Enter it on the page where you asked for it. It is good for %(minutes)s minutes.\n\n"
        "If you did not ask for it, you need to do nothing. Give the code to nobody. "
        "Questions? Call %(telephone)s.\n"
    ),
)
PROVIDER_CODE = Mail(
    N_("Your username and verification code"),
    N_(
        "Hello,\n\n"
        "You asked for help to get back into the %(plan)s provider portal.\n\n"
        "Your username: %(usernames)s\n\n"
        "Your verification code: %(code)s\n\n"
        "Enter the code on the page where you asked for it. It is good for %(minutes)s minutes.\n\n"
        "If you did not ask for it, you need to do nothing. Give the code to nobody. "
        "Questions? Call %(telephone)s.\n"
    ),
)


class NotFound(Exception):
    """No account belongs to what was typed. What was wrong with it is never said."""


class WrongAnswer(Exception):
    """The security answers are not all right. Which was wrong is never said."""


class WrongCode(Exception):
    """The code is not the live one of this run."""


class TooManyMails(Exception):
    """Codes were asked for too often. `seconds`: how long until the next may be asked for."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Recovery:
    """One run of a portal's recovery, by somebody at a network address who is not known yet.

    run_key: what codes and tries are bound to. Every method that looks at a secret counts the try first, and raises
    throttle.MustWait instead when tries are locked, or when this wrong one locks them.
    """

    portal: str
    address: str
    run_key: str
    plan: Plan
    secret_key: str

    def find_member(self, client_id: str, first_name: str, last_name: str) -> Account:
        """The account of the member with this ID and name (step 1). Raises NotFound, also for a member who has no
        account, none that can be recovered, or a frozen one."""
        keys = self._keys("id", fold_id(client_id))
        pause = self._count(keys, self.plan["recovery"]["wrong_tries"])
        member = eligibility.match_names(client_id, first_name, last_name)
        account = accounts.account_of_member(member.client_id if member else "")
        known = _answers(account)
        if account is None or account.frozen_at is not None or not known:
            self._refuse("recover-identity", None, pause, keys, account)
            raise NotFound
        throttle.forget(*keys)
        self._record("recover-identity", account)
        return account

    def mail_code(self, account: Account) -> None:
        """Mail a code to the account's address; an earlier one of this run dies. Raises TooManyMails."""
        self._take_mail(str(account.id))
        with transaction():
            code = self._issue(account)
            mails.send(MEMBER_CODE, account, self.plan, code=code, minutes=self.plan["codes"]["minutes"])
            self._record("recover-mail", account)

    def mail_usernames(self, email: str) -> tuple[int, ...]:
        """Mail the usernames at an address, with one code; the ids of those accounts. An address that nobody has is
        not written to, which costs the same: its mail is taken back. Raises TooManyMails."""
        self._take_mail(folded_email(email))
        with transaction():
            found = accounts_at(self.portal, email)
            code = self._issue(found[0] if found else None)
            with database.savepoint() as sending:
                mails.send_to(
                    PROVIDER_CODE,
                    found[0].email if found else email,
                    found[0].language if found else "en",
                    self.plan,
                    usernames=", ".join(account.username for account in found),
                    code=code,
                    minutes=self.plan["codes"]["minutes"],
                )
                if not found:
                    sending.rollback()
            self._record("recover-mail", found[0] if found else None)
        return tuple(account.id for account in found)

    def take_code(self, whose: str, typed: str) -> None:
        """Accept the mailed code, once. whose: what tries are counted under beside the run, an account's id or an
        address. Raises WrongCode."""
        keys = self._keys("code", whose)
        pause = self._count(keys, self.plan["codes"]["tries"])
        if not codes.redeem(_PURPOSE, self.run_key, typed, self.secret_key, self.plan):
            self._refuse("recover-code", None, pause, keys)
            raise WrongCode
        throttle.forget(*keys, _key(self.secret_key, "mail", self.portal, whose))

    def may_answer(self, account: Account) -> bool:
        """Whether answers would be looked at now."""
        return not any(map(throttle.seconds_to_wait, self._keys("answer", str(account.id))))

    def take_answers(self, account: Account, right: bool) -> None:
        """Count answers and accept them when they are `right` (answers_hold, which is slow and so asked outside the
        transaction that the try is counted in; nobody learns it before). Raises WrongAnswer."""
        keys = self._keys("answer", str(account.id))
        pause = self._count(keys, self.plan["recovery"]["wrong_tries"])
        if not right:
            if pause:
                codes.forget(account.id)
            self._refuse("recover-answer", account, pause, keys, account)
            raise WrongAnswer
        throttle.forget(*keys)
        self._record("recover-answer", account)

    def _keys(self, what: str, whose: str) -> tuple[str, str]:
        return (
            _key(self.secret_key, what, self.portal, whose),
            throttle.key_of(self.secret_key, f"recover-{what}-run", self.run_key),
        )

    def _count(self, keys: Sequence[str], limit: int) -> int:
        """Count a try under each key; the seconds for which a wrong one locks, mostly 0."""
        if seconds := max(map(throttle.seconds_to_wait, keys)):
            raise throttle.MustWait(seconds)
        waits = lock_waits(self.plan, limit)
        return max(throttle.take_paced_try(key, waits) for key in keys)

    def _take_mail(self, whose: str) -> None:
        key = _key(self.secret_key, "mail", self.portal, whose)
        try:
            throttle.take_paced_try(key, self.plan["recovery"]["code_waits"])
        except throttle.MustWait as wait:
            raise TooManyMails(wait.seconds) from None

    def _issue(self, account: Account | None) -> str:
        account_id = account.id if account else None
        return codes.issue(_PURPOSE, self.run_key, self.secret_key, self.plan, account_id=account_id)

    def _refuse(
        self,
        action: str,
        account: Account | None,
        pause: int,
        keys: Sequence[str],
        whose: Account | None = None,
    ) -> None:
        """Say no. whose: the account that the tries were about, for support's list of locks alone."""
        self._record(action, account, "refused")
        if pause:
            self._record("recover-lock", account)
            lockouts.note(
                lockouts.RECOVERY,
                self.portal,
                keys,
                account_id=whose.id if whose else None,
                lasts=timedelta(seconds=pause),
            )
            raise throttle.MustWait(pause)

    def _record(self, action: str, account: Account | None, outcome: str = "done") -> None:
        who = Actor(self.portal, self.address)
        audit.record(who, action, outcome, subject=f"account:{account.id}" if account else "")


def lock_waits(plan: Plan, limit: int) -> tuple[int, ...]:
    """The pause after each wrong try in a row, in seconds: none until the `limit`th, then half an hour, and each
    further lock twice as long as the one before."""
    rules = plan["recovery"]
    waits: list[int] = []
    minutes, longest = max(1, rules["lock_minutes"]), rules["longest_lock_minutes"]
    while minutes < longest:
        waits += [*[0] * (limit - 1), minutes * 60]
        minutes *= 2
    return (*waits, *[0] * (limit - 1), longest * 60)


def accounts_at(portal: str, email: str) -> list[Account]:
    """A portal's accounts with this address, letter case aside, in order of their usernames; frozen ones left out."""
    same = (fn.LOWER(Account.email) == folded_email(email)) | (Account.email == email.strip())
    usable = (Account.portal == portal) & Account.frozen_at.is_null()
    return list(Account.select().where(usable & same).order_by(Account.username_key))


def folded_email(email: str) -> str:
    """An address as it is compared: letter case aside."""
    return email.strip().lower()


def asked_of(account: Account, secret_key: str) -> tuple[SecurityAnswer, ...]:
    """The questions to ask: the same ones until the password is set, so that nobody goes on asking for easier ones."""
    rows = _answers(account)
    if len(rows) <= ASKED[account.portal]:
        return tuple(rows)

    def place(row: SecurityAnswer) -> str:
        changed = account.password_changed_at.isoformat()
        return throttle.key_of(secret_key, "recover-asked", str(account.id), changed, str(row.position))

    chosen = sorted(rows, key=place)[: ASKED[account.portal]]
    return tuple(sorted(chosen, key=lambda row: row.position))


def answers_hold(asked: Sequence[SecurityAnswer], typed: Sequence[str]) -> bool:
    """Whether all answers are right. Every one is checked, whatever the first gave. About 40 ms each: call it
    outside transactions."""
    held = [passwords.check_answer(row.answer_hash, text) for row, text in zip(asked, typed, strict=True)]
    return bool(held) and all(held)


def mark(account: Account) -> str:
    """Stands for what keeps the account safe as it is now: a run that began before a change must begin anew."""
    kept = [
        account.password_changed_at.isoformat(),
        account.email,
        *(row.answer_hash for row in _answers(account)),
    ]
    return hashlib.sha256("\x1f".join(kept).encode()).hexdigest()[:32]


def marks(account_ids: Sequence[int]) -> dict[str, str]:
    """The `mark` of each of these accounts, by its number as text. For none of them the same work as for one."""
    found = list(Account.select().where(Account.id.in_(account_ids)))
    if not found:
        _answers(None)
    return {str(account.id): mark(account) for account in found}


def is_unchanged(account_id: int, marked: str) -> bool:
    """Whether the account is there, open, and as `mark` knew it."""
    account: Account | None = Account.get_or_none(Account.id == account_id, Account.frozen_at.is_null())
    return account is not None and mark(account) == marked


def complete(account: Account, password_hash: str, actor: Actor, plan: Plan, links: FreezeLinks) -> None:
    """Set the new password, which was checked before. All sessions end and the account's address is told."""
    with transaction():
        account_changes.set_password_hash(account, password_hash, actor, plan, links)
        audit.record(actor, "recover", subject=f"account:{account.id}")


def masked(text: str) -> str:
    """A username or an e-mail address with its middle hidden: caxxx@example.org (guide 000)."""
    name, at, rest = text.partition("@")
    return f"{name[: 2 if len(name) > 3 else 1]}xxx{at}{rest}"


def lock_ends_in(portal: str, named: str, secret_key: str) -> int:
    """For support: seconds until recovery opens again for a Client ID Number or an office's address; 0 when it is
    open."""
    return max(map(throttle.seconds_to_wait, _lock_keys(portal, named, secret_key)))


def unlock(portal: str, named: str, actor: Actor, reason: str, secret_key: str) -> None:
    """Support opens recovery before its lock ends, for a Client ID Number or an office's address, known or not."""
    found = _named(portal, named)
    with transaction():
        throttle.forget(*_lock_keys(portal, named, secret_key))
        subject = f"account:{found[0].id}" if found else ""
        audit.record(actor, "recover-unlock", subject=subject, detail=reason)


def _lock_keys(portal: str, named: str, secret_key: str) -> list[str]:
    whose = [fold_id(named) if portal == "member" else folded_email(named)]
    whose += [str(account.id) for account in _named(portal, named)]
    return [_key(secret_key, what, portal, one) for what in ("id", "mail", "code", "answer") for one in whose]


def _named(portal: str, named: str) -> list[Account]:
    if portal != "member":
        return accounts_at(portal, named)
    member = eligibility.find_by_number(named)
    account = accounts.account_of_member(member.client_id) if member else None
    return [account] if account else []


def _key(secret_key: str, what: str, portal: str, whose: str) -> str:
    return throttle.key_of(secret_key, f"recover-{what}", portal, whose)


def _answers(account: Account | None) -> list[SecurityAnswer]:
    """The account's questions in order; none, for the same work, of nobody."""
    whose = account.id if account else 0
    return list(
        SecurityAnswer.select().where(SecurityAnswer.account == whose).order_by(SecurityAnswer.position)
    )
