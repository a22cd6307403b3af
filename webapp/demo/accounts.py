"""The demo's fixed accounts: `accounts.toml`, and making them."""

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.domain.account import accounts, second_factor
from webapp.domain.account.accounts import Account
from webapp.domain.member.eligibility import get_member
from webapp.domain.practice import practices
from webapp.domain.support import staff

FILE = Path(__file__).with_name("accounts.toml")


@dataclass(frozen=True)
class Tie:
    """A provider account's practice; `report_access` is a word of practices.STATES. reason: with which it asked for the
    reports, where it did; answer: what support refused that with (demo/team.py)."""

    tin: str
    role: str
    report_access: str
    reason: str = ""
    answer: str = ""


@dataclass(frozen=True)
class DemoAccount:
    """One fixed account, as the file has it."""

    portal: str
    username: str
    password: str
    email: str
    language: str
    note: str
    client_id: str | None = None  # members; the name is the member's
    first_name: str = ""
    last_name: str = ""
    role: str | None = None  # staff: a role of domain/support/staff.py
    totp_secret: str | None = None  # base32; who has one signs in with a code too
    answers: tuple[tuple[str, str], ...] = ()  # (question, answer)
    ties: tuple[Tie, ...] = field(default_factory=tuple)


@lru_cache(maxsize=1)
def demo_accounts() -> tuple[DemoAccount, ...]:
    """The fixed accounts, in the order of the file."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(_account(entry) for entry in content["account"])


def _account(entry: dict[str, Any]) -> DemoAccount:
    own = {name: value for name, value in entry.items() if name not in ("answers", "practice")}
    return DemoAccount(
        **own,
        answers=tuple((question, answer) for question, answer in entry.get("answers", ())),
        ties=tuple(Tie(**tie) for tie in entry.get("practice", ())),
    )


def create_accounts() -> None:
    """Make every fixed account. The members and practices that the file names must be loaded."""
    for demo in demo_accounts():
        first_name, last_name = demo.first_name, demo.last_name
        if demo.client_id:
            member = get_member(demo.client_id)
            first_name, last_name = member.first_name, member.last_name
        account = accounts.create_account(
            portal=demo.portal,
            username=demo.username,
            password=demo.password,
            email=demo.email,
            first_name=first_name,
            last_name=last_name,
            client_id=demo.client_id,
            language=demo.language,
            answers=demo.answers,
        )
        accounts.confirm_email(account.id, demo.email)
        if demo.role:
            staff.appoint(account, demo.role)
        for tie in demo.ties:
            access = "none" if tie.reason else tie.report_access
            practices.join_practice(account, tie.tin, tie.role, access)


def account_called(username: str) -> Account:
    """A fixed account, once it is made; no two portals have one of the same name."""
    found: Account = Account.get(Account.username_key == accounts.username_key(username))
    return found


def turn_on_second_factors(secret_key: str) -> None:
    """Turn on the second factor of every account that the file gives a secret. secret_key: the portal's own."""
    for demo in demo_accounts():
        if demo.totp_secret:
            second_factor.install(account_called(demo.username), demo.totp_secret, secret_key)
