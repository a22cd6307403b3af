"""Proving that an account of an earlier system is one's own (guide 004, steps 2 to 5).

Nobody learns from the first two steps which usernames and Tax IDs there are. A pair that is not on record is asked the
question of a stand-in, always the same one for the same pair; a wrong answer to either reads and lasts the same.
"""

import re
from dataclasses import dataclass
from datetime import timedelta

from webapp.config import Plan
from webapp.domain import audit, mails, throttle
from webapp.domain.account import codes, passwords
from webapp.domain.account.security_questions import QUESTIONS
from webapp.domain.audit import Actor
from webapp.domain.existing.consolidation_mails import CODE
from webapp.domain.existing.existing_accounts import ExistingAccount, username_key

CODE_PURPOSE = "consolidate"

#: Words of addresses that an office shares, as they stand before the @, without dots and dashes.
_SHARED = frozenset(
    "admin administration administrator appointments billing biller billings bookkeeping claims clinic contact "
    "desk doctors exchange fax feedback front frontdesk frontoffice group hello help helpdesk hr info inbox it "
    "mail mailbox medical medicalrecords nurse nurses nursing office officemanager officestaff our patient "
    "patients practice reception receptionist records referral referrals scheduling scheduler secretary shared "
    "staff support team the webmaster".split()
)


@dataclass(frozen=True)
class Asked:
    """What a username and a Tax ID lead to. existing: the account's username_key, "" where they are not on record.
    question: the text to show; "" asks for the PIN."""

    existing: str
    question: str


class WrongAnswer(Exception):
    """The answer or PIN is not that of an account with this username and Tax ID. Which is wrong is never said."""


class WrongPassword(Exception):
    """Not the username and password of the account that was looked up."""


def look_up(username: str, tin: str, secret_key: str) -> Asked:
    """What to ask whoever gives this username and Tax ID (step 2, Account Lookup)."""
    known, stand_in = _known(username, tin), _stand_in(username, tin, secret_key)
    asked = known or stand_in
    if asked is None:  # no accounts were loaded at all
        texts = list(QUESTIONS.values())
        question = texts[_draw(username, tin, secret_key) % len(texts)]
    else:
        question = asked.question if asked.asks == "question" else ""
    return Asked(known.username_key if known else "", question)


def is_right_answer(username: str, tin: str, typed: str, secret_key: str) -> bool:
    """Whether `typed` is the answer or PIN (step 3). Slow, like every look at a hash: call it outside transactions.

    A pair that is not on record costs as much, as the stand-in's own hash is looked at."""
    known, stand_in = _known(username, tin), _stand_in(username, tin, secret_key)
    asked = known or stand_in
    if asked is None:
        hashed = passwords.nobodys_hash()
    else:
        hashed = asked.answer_hash if asked.asks == "question" else asked.pin_hash
    return passwords.check_answer(hashed, typed) and known is not None


def judge_answer(username: str, right: bool, actor: Actor, plan: Plan, secret_key: str) -> None:
    """Count a try and let it pass or not. Raises WrongAnswer, or throttle.Locked whatever was typed.

    Tries are counted under the username, on record or not, and under the network address."""
    limits = _answer_limits(username, actor, plan, secret_key)
    lock = timedelta(minutes=plan["consolidation"]["lock_minutes"])
    if is_answer_locked(username, actor, plan, secret_key):
        raise throttle.Locked
    numbers = {key: throttle.take_counted_try(key, limit, lock) for key, limit in limits.items()}
    if right:
        throttle.forget(*limits)
        audit.record(actor, "consolidate-answer", subject=_subject(username))
        return
    audit.record(actor, "consolidate-answer", "refused")
    if any(numbers[key] >= limit for key, limit in limits.items()):
        audit.record(actor, "consolidate-lock")
        raise throttle.Locked
    raise WrongAnswer


def is_answer_locked(username: str, actor: Actor, plan: Plan, secret_key: str) -> bool:
    """Whether answers are not looked at for now."""
    lock = timedelta(minutes=plan["consolidation"]["lock_minutes"])
    limits = _answer_limits(username, actor, plan, secret_key)
    return any(throttle.is_locked(key, limit, lock) for key, limit in limits.items())


def unlock(username: str, secret_key: str) -> None:
    """Support lets the person try again at once."""
    throttle.forget(throttle.key_of(secret_key, "consolidate-answer", username_key(username)))


def is_right_password(existing: ExistingAccount, username: str, password: str) -> bool:
    """Whether these are the account's own (step 6). Slow: call it outside transactions."""
    own = username_key(username) == existing.username_key
    return passwords.check_secret(existing.password_hash, password) and own


def judge_password(existing: ExistingAccount, right: bool, actor: Actor, plan: Plan, secret_key: str) -> None:
    """Count a try and let it pass or not. Raises WrongPassword, or throttle.MustWait whatever was typed."""
    key = throttle.key_of(secret_key, "consolidate-password", existing.username_key, actor.address)
    throttle.take_paced_try(key, plan["sign_in"]["waits"])
    if not right:
        audit.record(actor, "consolidate-password", "refused", subject=_subject(existing.username_key))
        raise WrongPassword
    throttle.forget(key)


def looks_shared(email: str) -> bool:
    """Whether an address reads like one of an office, not of a person: frontdesk@, info@, billing.team@ …

    Codes and the links that change a password go there, so that all who read it could use the account."""
    local = email.strip().casefold().partition("@")[0].partition("+")[0]
    parts = [part for part in re.split(r"[^a-z]+", local) if part]
    return bool(parts) and ("".join(parts) in _SHARED or all(part in _SHARED for part in parts))


def send_code(email: str, run_key: str, language: str, plan: Plan, secret_key: str) -> None:
    """Mail a new code for this run; the one before it is dead. Call it in the transaction that keeps the address.

    Raises throttle.Locked when too many went to that address of late."""
    rules = plan["consolidation"]
    throttle.take_counted_try(
        _mail_key(email, secret_key), rules["code_mails"], timedelta(minutes=rules["lock_minutes"])
    )
    code = codes.issue(CODE_PURPOSE, run_key, secret_key, plan)
    mails.send_to(CODE, email, language, plan, code=code, minutes=plan["codes"]["minutes"])


def redeem_code(email: str, run_key: str, typed: str, actor: Actor, plan: Plan, secret_key: str) -> bool:
    """Whether `typed` is the code that was mailed last for this run."""
    if not codes.redeem(CODE_PURPOSE, run_key, typed, secret_key, plan):
        audit.record(actor, "consolidate-code", "refused")
        return False
    throttle.forget(_mail_key(email, secret_key))
    return True


def _known(username: str, tin: str) -> ExistingAccount | None:
    """The account on record with both, if it has something to ask for."""
    key = username_key(username)
    # A name that nobody can have is still looked for, under a key that nobody has.
    row = ExistingAccount.get_or_none(ExistingAccount.username_key == (key if _possible(key) else ""))
    return row if row is not None and tin in row.tins.split() and row.asks else None


def _possible(key: str) -> bool:
    return len(key) <= 80 and key.isprintable()


def _draw(username: str, tin: str, secret_key: str) -> int:
    return int(throttle.key_of(secret_key, "consolidate-stand-in", username_key(username), tin)[:16], 16)


def _stand_in(username: str, tin: str, secret_key: str) -> ExistingAccount | None:
    """The account whose question is shown for a pair that is not on record. Drawn from those there are, so that
    such questions are as frequent, and their hashes as slow, as true ones."""
    able = ((ExistingAccount.question != "") & (ExistingAccount.answer_hash != "")) | (
        ExistingAccount.pin_hash != ""
    )
    rows = ExistingAccount.select().where(able).order_by(ExistingAccount.place)
    from_here = f"{_draw(username, tin, secret_key):016x}"
    return rows.where(ExistingAccount.place >= from_here).first() or rows.first()


def _answer_limits(username: str, actor: Actor, plan: Plan, secret_key: str) -> dict[str, int]:
    rules = plan["consolidation"]
    return {
        throttle.key_of(secret_key, "consolidate-answer", username_key(username)): rules["wrong_tries"],
        throttle.key_of(secret_key, "consolidate-address", actor.address): rules["wrong_tries_of_address"],
    }


def _mail_key(email: str, secret_key: str) -> str:
    return throttle.key_of(secret_key, "consolidate-mail", email.strip().casefold())


def _subject(username: str) -> str:
    return f"existing:{username_key(username)}"
