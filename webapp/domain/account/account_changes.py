"""Changes to what keeps an account safe. Each is one transaction: the change itself, an audit entry, the death of
unused codes, and a mail to the address that the account had before, with the link that freezes it."""

from collections.abc import Sequence

from peewee import CharField, DateTimeField, ForeignKeyField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails
from webapp.domain.account import codes, passwords
from webapp.domain.account.accounts import Account, HashedAnswer, SecurityAnswer
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.words import translate

PASSWORD = N_("The password was changed.")
EMAIL = N_("The email address was changed.")
ANSWERS = N_("The security questions or their answers were changed.")


class PastPassword(Table):
    """A password that the account had, so that it is not taken again too soon."""

    account = ForeignKeyField(Account, on_delete="CASCADE", backref="past_passwords")
    password_hash = CharField(max_length=255)
    replaced_at = DateTimeField()

    class Meta:
        table_name = "past_password"


class BadPassword(Exception):
    """A new password breaks the plan's rules; `codes` are those of passwords.problems."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class PasswordUsedBefore(Exception):
    """A new password is one of the last few of the account (guide 001: ten)."""


def check_new_password(account: Account, password: str, plan: Plan) -> None:
    """Whether the account may take this password. Raises BadPassword or PasswordUsedBefore.

    Takes about 20 ms for each password remembered: call it outside transactions.
    """
    rules = plan.password_rules(account.portal)
    personal = (account.username, account.first_name, account.last_name, plan["plan"]["program_prefix"])
    if found := passwords.problems(password, rules, personal):
        raise BadPassword(found)
    if rules.history and any(
        passwords.check_secret(hashed, password) for hashed in _remembered(account, rules.history)
    ):
        raise PasswordUsedBefore


def set_password(
    account: Account,
    password: str,
    actor: Actor,
    plan: Plan,
    links: FreezeLinks,
    *,
    keep_session: str | None = None,
) -> None:
    """Check and set a password. keep_session: the token hash of the one session that stays; all others end.

    Raises BadPassword or PasswordUsedBefore; then nothing was changed.
    """
    check_new_password(account, password, plan)
    set_password_hash(account, passwords.hash_secret(password), actor, plan, links, keep_session=keep_session)


def set_password_hash(
    account: Account,
    password_hash: str,
    actor: Actor,
    plan: Plan,
    links: FreezeLinks,
    *,
    keep_session: str | None = None,
) -> None:
    """Set a password that `check_new_password` has accepted, given its hash."""
    now = clock.now()
    with transaction():
        PastPassword.create(account=account, password_hash=account.password_hash, replaced_at=now)
        _forget_oldest(account, plan.password_rules(account.portal).history)
        account.password_hash, account.password_changed_at = password_hash, now
        account.save(only=[Account.password_hash, Account.password_changed_at])
        end_sessions(account, but=keep_session)
        announce(account, "password", PASSWORD, actor, plan, links)


def set_email(account: Account, email: str, actor: Actor, plan: Plan, links: FreezeLinks) -> None:
    """Set an address whose code was entered, so that it counts as confirmed. The old one is told."""
    with transaction():
        old = account.email
        account.email, account.email_confirmed_at = email.strip(), clock.now()
        account.save(only=[Account.email, Account.email_confirmed_at])
        announce(account, "email", EMAIL, actor, plan, links, to=old)


def set_answers(
    account: Account, answers: Sequence[HashedAnswer], actor: Actor, plan: Plan, links: FreezeLinks
) -> None:
    """Replace the account's security questions."""
    with transaction():
        SecurityAnswer.delete().where(SecurityAnswer.account == account).execute()
        for position, answer in enumerate(answers, start=1):
            SecurityAnswer.create(
                account=account,
                position=position,
                question=answer.question,
                answer_hash=answer.answer_hash,
            )
        announce(account, "security-questions", ANSWERS, actor, plan, links)


def set_language(account: Account, language: str, actor: Actor) -> None:
    """The language of the account's mail and printed sheets."""
    with transaction():
        account.language = language
        account.save(only=[Account.language])
        audit.record(actor, "change-language", subject=f"account:{account.id}", detail=language)


def freeze(account: Account, actor: Actor, plan: Plan) -> None:
    """*This wasn't me*: nobody signs in until support has spoken with the owner. Doing it twice changes nothing."""
    with transaction():
        frozen = (
            Account.update(frozen_at=clock.now())
            .where(Account.id == account.id, Account.frozen_at.is_null())
            .execute()
        )
        if frozen:
            end_sessions(account)
            codes.forget(account.id)
            audit.record(actor, "freeze", subject=f"account:{account.id}")
            mails.send(mails.ACCOUNT_FROZEN, account, plan)


def thaw(account: Account, actor: Actor, reason: str) -> None:
    """Support opens a frozen account again."""
    with transaction():
        Account.update(frozen_at=None).where(Account.id == account.id).execute()
        audit.record(actor, "thaw", subject=f"account:{account.id}", detail=reason)


def announce(
    account: Account,
    change: str,
    what: str,
    actor: Actor,
    plan: Plan,
    links: FreezeLinks,
    *,
    to: str | None = None,
) -> None:
    """What belongs to every security change, to be called in its transaction: unused codes die, the change is
    audited as `change-…`, and the mail goes out. what: a msgid that says it; to: the address before the change."""
    codes.forget(account.id)
    audit.record(actor, f"change-{change}", subject=f"account:{account.id}")
    mails.send(
        mails.ACCOUNT_CHANGED,
        account,
        plan,
        to=to,
        what=translate(account.language, what),
        link=links.link(account),
    )


def end_sessions(account: Account, but: str | None = None) -> None:
    """Sign the account out everywhere, `but` in the session of that token hash."""
    with transaction():
        ended = Session.delete().where(Session.account == account)
        (ended.where(Session.token_hash != but) if but else ended).execute()


def _remembered(account: Account, count: int) -> list[str]:
    """Hashes of the account's last passwords, the present one among them, newest first."""
    past = (
        PastPassword.select(PastPassword.password_hash)
        .where(PastPassword.account == account)
        .order_by(PastPassword.id.desc())
        .limit(count - 1)
    )
    return [account.password_hash, *(row.password_hash for row in past)]


def _forget_oldest(account: Account, count: int) -> None:
    kept = (
        PastPassword.select(PastPassword.id)
        .where(PastPassword.account == account)
        .order_by(PastPassword.id.desc())
        .limit(max(count - 1, 0))
    )
    ids = [row.id for row in kept]
    PastPassword.delete().where(PastPassword.account == account, PastPassword.id.not_in(ids)).execute()
