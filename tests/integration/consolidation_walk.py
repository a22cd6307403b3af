"""An office's way through consolidation (guide 004), for tests that need a part of it."""

import re

import bcrypt

from tests.harness.pages import Client, Page
from webapp.domain.account.passwords import hash_secret
from webapp.domain.existing.existing_accounts import ExistingAccount, place_of, username_key
from webapp.domain.outbox import OutboxMessage

START = "/providers/consolidate/start"
PASSWORD = "Lantern-Quay-47!"
QUESTION, ANSWER = "What's your maiden name?", "Beecher Road"
EMAIL = "joan.smith@elmstreet.example.org"
#: Slow to make, so made once: as older portals hashed them, with letter case and runs of spaces evened out.
_HASHES: dict[str, str] = {}


def hashed(secret: str) -> str:
    """bcrypt, at its lowest cost."""
    if secret not in _HASHES:
        _HASHES[secret] = bcrypt.hashpw(secret.encode(), bcrypt.gensalt(4)).decode()
    return _HASHES[secret]


def add_existing(username: str = "jsmith.elm", **given: object) -> ExistingAccount:
    """An account of the older portal: Joan Smith's at Elm Street, with a question."""
    values = {
        "username": username,
        "username_key": username_key(username),
        "password_hash": hashed(PASSWORD),
        "first_name": "Joan",
        "last_name": "Smith",
        "role": "Office Manager",
        "tins": "061110001",
        "report_access": True,
        "question": QUESTION,
        "answer_hash": hashed(ANSWER.casefold()),
        "pin_hash": "",
        "email": "frontdesk@elmstreet.example.org",
        "place": place_of(username_key(username)),
        **given,
    }
    return ExistingAccount.create(**values)


def add_with_pin(username: str = "jsmith.fair", **given: object) -> ExistingAccount:
    """Joan Smith's other account, at Fair Harbor, with a PIN and an Argon2 hash."""
    values = {
        "password_hash": hash_secret(PASSWORD),
        "role": "Office Staff",
        "tins": "061110002",
        "report_access": False,
        "question": "",
        "answer_hash": "",
        "pin_hash": hashed("4821"),
        "email": "frontdesk@fairharbor.example.org",
    }
    return add_existing(username, **{**values, **given})


def look_up(client: Client, username: str = "jsmith.elm", tin: str = "061110001") -> Page:
    """Account Verification, where whatever was given leads."""
    page = client.get(START)
    return page.fill({"Username": username, "Tax ID Number": tin}).submit("Next")


def verify(client: Client, username: str = "jsmith.elm", tin: str = "061110001", **given: str) -> Page:
    """Email Address Verification. pin=… answers with the PIN, answer=… to another question."""
    page = look_up(client, username, tin)
    if "pin" in given:
        return page.fill({"PIN": given["pin"]}).submit("Next")
    return page.fill({given.get("question", QUESTION): given.get("answer", ANSWER)}).submit("Next")


def give_email(page: Page, email: str = EMAIL) -> Page:
    """Security Code Verification."""
    return page.fill({"Email": email, "Verify Email": email}).submit("Next")


def code_of(email: str = EMAIL) -> str:
    """The code of the newest mail to an address that has one."""
    rows = OutboxMessage.select().where(OutboxMessage.recipient == email).order_by(OutboxMessage.id.desc())
    return next(found[0] for row in rows if (found := re.findall(r"\b\d{6}\b", row.body)))


def enter_code(page: Page, email: str = EMAIL) -> Page:
    """Verify Username and Password."""
    return page.fill({"Verification Code": code_of(email)}).submit("Next")


def to_password(client: Client, username: str = "jsmith.elm", email: str = EMAIL, **given: str) -> Page:
    """Verify Username and Password, from the login page on."""
    return enter_code(give_email(verify(client, username, **given), email), email)


def consolidate(client: Client, username: str = "jsmith.elm", email: str = EMAIL, **given: str) -> Page:
    """Thank You."""
    page = to_password(client, username, email, **given)
    return page.fill({"Username": username, "Password": PASSWORD}).submit("Submit")
