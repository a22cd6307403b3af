"""Inviting people into a practice by registration code, and joining with one.

Whoever has no account signs up with the code; whoever has one signs in and enters it. The Office Manager who invites
is told the same in both cases.
"""

from peewee import fn

from webapp import clock
from webapp.config import Settings
from webapp.domain import audit, throttle
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.practice import access_mails, access_requests, practices, registration_codes, team
from webapp.domain.practice.registration_codes import RegistrationCode

#: The newest invitations, as the team's page lists them.
LISTED = 30


class AlreadyHere(Exception):
    """The person works for the practice, with report access."""


class AlreadyInvited(Exception):
    """An invitation of that address is open."""


class TooManyInvitations(Exception):
    """One person's invitations of a day are used up."""


class OwnInvitation(Exception):
    """Nobody takes up an invitation of their own."""


def listed(tin: str) -> list[RegistrationCode]:
    """The newest invitations to a practice, of everybody."""
    return registration_codes.of_practice(tin)[:LISTED]


def invite(
    manager: Account,
    tin: str,
    email: str,
    role: str,
    language: str,
    actor: Actor,
    settings: Settings,
    secret_key: str,
) -> RegistrationCode:
    """Send a registration code for the practice and the role to `email`, in that language. An address that has an
    account is told besides that no new one is needed.

    Raises team.NotManager, AlreadyHere, AlreadyInvited or TooManyInvitations; then nothing was sent.
    """
    team.require_manager(manager, tin, actor)
    key = _key(email)
    if any(tie.report_access == "approved" and _key(tie.account.email) == key for tie in team.people(tin)):
        raise AlreadyHere
    if any(row.state == "open" and _key(row.email) == key for row in registration_codes.of_practice(tin)):
        raise AlreadyInvited
    _count(manager, actor, settings, secret_key)
    with transaction():
        row = registration_codes.issue(
            manager, [tin], role, email.strip(), language, actor, settings.plan, settings.base_url
        )
        _tell_account(row, settings)
    return row


def resend(
    manager: Account, code_id: int, actor: Actor, settings: Settings, secret_key: str
) -> RegistrationCode:
    """Send a new code in place of an invitation that is open or has expired; it now speaks for who sends it again.

    Raises team.NotManager, TooManyInvitations, or registration_codes.CodeNotLive.
    """
    row = _managed(manager, code_id, actor)
    _count(manager, actor, settings, secret_key)
    with transaction():
        row = registration_codes.resend(row, actor, settings.plan, settings.base_url)
        RegistrationCode.update(issuer=manager).where(RegistrationCode.id == row.id).execute()
        _tell_account(row, settings)
    return row


def withdraw(manager: Account, code_id: int, actor: Actor) -> RegistrationCode:
    """Make an invitation worthless. Raises team.NotManager."""
    row = _managed(manager, code_id, actor)
    registration_codes.withdraw(row, actor)
    return row


def join(code: RegistrationCode, account: Account, actor: Actor) -> None:
    """Take up an invitation with the account that is signed in.

    Raises OwnInvitation, AlreadyHere (the code stays good), or registration_codes.CodeNotLive.
    """
    if code.issuer_id == account.id:
        raise OwnInvitation
    ties = {tie.tin: tie for tie in practices.practices_of(account)}
    if all(tin in ties and ties[tin].report_access == "approved" for tin in code.tin_list):
        raise AlreadyHere
    with transaction():
        open_tins = [tin for tin in code.tin_list if tin not in ties or ties[tin].report_access != "approved"]
        registration_codes.redeem(code.id, account, open_tins, actor)
        for tin in open_tins:
            access_requests.withdraw(account, tin)


def _managed(manager: Account, code_id: int, actor: Actor) -> RegistrationCode:
    """An invitation that an Office Manager of all its practices may act on. Support's are support's."""
    row = registration_codes.get(code_id)
    tins = row.tin_list if row and not row.by_support else [""]
    for tin in tins:
        team.require_manager(manager, tin, actor)
    assert row is not None
    return row


def _count(manager: Account, actor: Actor, settings: Settings, secret_key: str) -> None:
    """Count a mail before it is sent; the count of a day."""
    day = clock.today().isoformat()
    key = throttle.key_of(secret_key, "invitations", str(manager.id), day)
    try:
        throttle.take_counted_try(key, settings.plan["team"]["invitations_a_day"])
    except throttle.Locked:
        audit.record(actor, "registration-code-issue", "refused", detail="too many")
        raise TooManyInvitations from None


def _tell_account(row: RegistrationCode, settings: Settings) -> None:
    has_account = Account.select().where(
        Account.portal == "provider", fn.LOWER(Account.email) == row.email.lower()
    )
    if has_account.exists():
        access_mails.send_to_invited(row.email, row.language, row.tin_list, settings)


def _key(email: str) -> str:
    return email.strip().casefold()
