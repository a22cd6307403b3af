"""How somebody of an office makes an account (guide 001, step 6, Finish): all of it in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, mails, throttle
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account, HashedAnswer
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.member.registration import LinkMaker
from webapp.domain.practice import office_contacts, practices, provider_picks, registration_codes
from webapp.domain.practice.office_contacts import Contact


@dataclass(frozen=True)
class NewAccount:
    """What the six steps asked for, its secrets hashed.

    added: the NPIs added under each Tax ID. code_id: of the registration code, if the person came with one.
    """

    username: str
    email: str
    password_hash: str
    answer: HashedAnswer
    first_name: str
    last_name: str
    role: str
    contact: Contact
    added: Mapping[str, Sequence[str]]
    code_id: int | None = None


class TooManySignUps(Exception):
    """So many accounts were made from one network address within an hour that it has to wait."""


def count(actor: Actor, plan: Plan, secret_key: str) -> None:
    """Count a press of Finish by its network address and hour: each account sends a mail to an address that may be
    anybody's. Raises TooManySignUps."""
    key = throttle.key_of(secret_key, "sign-up-from", actor.address, f"{clock.now():%Y-%m-%d %H}")
    try:
        throttle.take_counted_try(key, plan["provider_signup"]["an_hour"])
    except throttle.Locked:
        audit.record(actor, "sign-up", "refused", detail="too many")
        raise TooManySignUps from None


def complete(new: NewAccount, language: str, actor: Actor, plan: Plan, link_of: LinkMaker) -> Account:
    """Make the account with its office and its practices, and queue the mail that asks to confirm its address.

    Its practices are joined without report access, those that a registration code names apart
    (registration_codes.redeem). Raises accounts.UsernameTaken or registration_codes.CodeNotLive; then nothing was
    written.
    """
    with transaction():
        account = accounts.create_account(
            portal="provider",
            username=new.username,
            email=new.email,
            first_name=new.first_name,
            last_name=new.last_name,
            password_hash=new.password_hash,
            language=language,
            hashed_answers=[new.answer],
        )
        person = Actor(actor.portal, actor.address, account.id)
        office_contacts.keep(account, new.contact)
        if new.code_id is not None:
            registration_codes.redeem(new.code_id, account, new.added.keys(), person)
        for tin in new.added:
            practices.join_practice(account, tin, new.role)  # leaves a tie that the code made as it is
        provider_picks.keep_added(account, new.added)
        mails.send(mails.CONFIRM_EMAIL, account, plan, link=link_of(account))
        audit.record(person, "sign-up", subject=f"account:{account.id}", detail=f"role {new.role}")
    return account
