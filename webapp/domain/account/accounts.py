"""Accounts of the three portals: making one, and signing in."""

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField, IntegrityError

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, throttle
from webapp.domain.account import passwords
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction

PORTALS = ("member", "provider", "support")


class Account(Table):
    """A person's way into one portal. A member account belongs to one member, who has at most one."""

    portal = CharField(max_length=10)
    username = CharField(max_length=80)
    username_key = CharField(max_length=80)
    password_hash = CharField(max_length=255)
    password_changed_at = DateTimeField()
    email = CharField(max_length=254)
    email_confirmed_at = DateTimeField(null=True)
    first_name = CharField(max_length=100)
    last_name = CharField(max_length=100)
    language = CharField(max_length=5)
    client_id = CharField(max_length=40, null=True, unique=True)
    created_at = DateTimeField()
    frozen_at = DateTimeField(null=True)

    class Meta:
        table_name = "account"
        indexes = ((("portal", "username_key"), True), (("portal", "email"), False))


class SecurityAnswer(Table):
    """A security question of an account; `question` is a key of the offered list or, for older accounts, its text."""

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="security_answers")
    position = IntegerField()
    question = CharField(max_length=200)
    answer_hash = CharField(max_length=255)

    class Meta:
        table_name = "security_answer"
        indexes = ((("account", "position"), True),)


class UsernameTaken(Exception):
    """Another account of this portal has that username (letter case aside)."""


class AlreadyRegistered(Exception):
    """The member has an account."""


class WrongPair(Exception):
    """No account of this portal has that username and password. Which was wrong is never said."""


@dataclass(frozen=True)
class HashedAnswer:
    """A security question with its answer hashed, as a wizard keeps it until Finish."""

    question: str
    answer_hash: str


def username_key(username: str) -> str:
    """The form in which usernames are compared: letter case does not tell two apart."""
    return username.strip().casefold()


def is_username_free(portal: str, username: str) -> bool:
    """Whether nobody in the portal has it."""
    taken = (Account.portal == portal) & (Account.username_key == username_key(username))
    return not Account.select().where(taken).exists()


def hash_answer(question: str, answer: str) -> HashedAnswer:
    """Hash a security answer in its normal form."""
    return HashedAnswer(question, passwords.hash_secret(passwords.normal_answer(answer)))


def create_account(
    *,
    portal: str,
    username: str,
    email: str,
    first_name: str,
    last_name: str,
    password: str | None = None,
    password_hash: str | None = None,
    client_id: str | None = None,
    language: str = "en",
    answers: Sequence[tuple[str, str]] = (),
    hashed_answers: Sequence[HashedAnswer] = (),
) -> Account:
    """Make an account, from a password or from its hash; answers likewise as (question, answer) or hashed.

    Raises UsernameTaken or AlreadyRegistered; then nothing was written.
    """
    hashed = password_hash or passwords.hash_secret(password or "")
    prepared = [*hashed_answers, *(hash_answer(question, answer) for question, answer in answers)]
    now = clock.now()
    try:
        with transaction():
            account = Account.create(
                portal=portal,
                username=username.strip(),
                username_key=username_key(username),
                password_hash=hashed,
                password_changed_at=now,
                email=email.strip(),
                first_name=first_name,
                last_name=last_name,
                language=language,
                client_id=client_id,
                created_at=now,
            )
            for position, answer in enumerate(prepared, start=1):
                SecurityAnswer.create(
                    account=account,
                    position=position,
                    question=answer.question,
                    answer_hash=answer.answer_hash,
                )
    except IntegrityError as clash:
        if client_id and account_of_member(client_id):
            raise AlreadyRegistered from clash
        raise UsernameTaken from clash
    return account


def account_of_member(client_id: str) -> Account | None:
    """The member's account, if there is one."""
    return Account.get_or_none(Account.client_id == client_id)


def authenticate(
    portal: str, username: str, password: str, actor: Actor, plan: Plan, secret_key: str, device: str = ""
) -> Account:
    """The account of a username and password. device: devices.short_name, for the audit log.

    Waits grow per username and network address together and end by themselves. Raises WrongPair, or
    throttle.MustWait before the password was looked at. Unknown usernames take as long as wrong passwords.
    """
    return _check_pair("sign-in", portal, username, password, actor, plan, secret_key, device)


def authenticate_again(
    account: Account, password: str, actor: Actor, plan: Plan, secret_key: str, device: str = ""
) -> None:
    """Whether whoever is signed in knows the password, asked before a change. Wrong ones count with those of sign-in,
    so that a session left open is no other way to guess. Raises WrongPair or throttle.MustWait."""
    _check_pair("ask-password", account.portal, account.username, password, actor, plan, secret_key, device)


def _check_pair(
    action: str,
    portal: str,
    username: str,
    password: str,
    actor: Actor,
    plan: Plan,
    secret_key: str,
    device: str,
) -> Account:
    key = throttle.key_of(secret_key, "sign-in", portal, username_key(username), actor.address)
    throttle.take_paced_try(key, plan["sign_in"]["waits"])
    account = Account.get_or_none(Account.portal == portal, Account.username_key == username_key(username))
    usable = account is not None and account.frozen_at is None
    right = passwords.check_secret(account.password_hash if usable else passwords.nobodys_hash(), password)
    if not (usable and right):
        subject = f"account:{account.id}" if account else ""
        audit.record(actor, action, "refused", subject=subject, detail=device)
        raise WrongPair
    throttle.forget(key)
    if passwords.is_outdated(account.password_hash):
        Account.update(password_hash=passwords.hash_secret(password)).where(
            Account.id == account.id
        ).execute()
    return account


def confirm_email(account_id: int, email: str) -> bool:
    """Note that the account's address is its owner's. False when the address has changed since."""
    with transaction():
        changed = (
            Account.update(email_confirmed_at=clock.now())
            .where(Account.id == account_id, Account.email == email, Account.email_confirmed_at.is_null())
            .execute()
        )
    return bool(changed) or bool(
        Account.select().where(Account.id == account_id, Account.email == email).exists()
    )
