"""People and steps that the tests of the profile share."""

import re
from datetime import UTC
from typing import Any

import pyotp

from tests.harness.application import SECRET_KEY
from tests.harness.page_checks import words
from tests.harness.pages import Client, Page
from tests.integration.registration_walk import CLIENT_ID, add_ana
from webapp import clock as portal_clock
from webapp.domain.account import accounts, second_factor
from webapp.domain.account.accounts import Account
from webapp.domain.outbox import OutboxMessage

PASSWORD = "Copper.Lantern.52"
NEW_PASSWORD = "Willow.Bridge.38"
WRONG = "That is not your present password. Try again."


def make_rosa(**given: Any) -> Account:
    """A practice's person."""
    values = {
        "portal": "provider",
        "username": "rosa",
        "password": PASSWORD,
        "email": "rosa@practice.example",
        "first_name": "Maria",
        "last_name": "Lake",
        "answers": [("first-pet", "Luna")],
        **given,
    }
    account = accounts.create_account(**values)
    accounts.confirm_email(account.id, values["email"])
    return account


def make_ana() -> Account:
    """A member."""
    add_ana()
    return make_rosa(portal="member", username="ana", email="ana@example.com", client_id=CLIENT_ID)


def sign_in(client: Client, portal: str = "provider", password: str = PASSWORD) -> Page:
    """Username and password."""
    username = "rosa" if portal == "provider" else "ana"
    page = client.get(f"/{portal}s/login")
    return page.fill({"Username": username, "Password": password}).submit("Login")


def turn_on(account: Account) -> pyotp.TOTP:
    """Give the account a second factor; returns the app on the telephone."""
    app = pyotp.TOTP(pyotp.random_base32())
    second_factor.install(account, app.secret, SECRET_KEY)
    return app


def shown(app: pyotp.TOTP) -> str:
    """What the app shows now."""
    return app.at(int(portal_clock.current().elsewhere().replace(tzinfo=UTC).timestamp()))


def last_mail() -> OutboxMessage:
    """The mail that was queued last."""
    return OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()


def mailed_code() -> str:
    """The code in the last mail."""
    found = re.search(r"\b\d{6}\b", last_mail().body)
    assert found
    return found[0]


def open_page(client: Client, portal: str, name: str, **options: Any) -> Page:
    return client.get(f"/{portal}s/profile/{name}", **options)


def change_password(page: Page, present: str = PASSWORD, new: str = NEW_PASSWORD) -> Page:
    typed = {"Your present password": present, "New Password": new, "Re-enter New Password": new}
    return page.fill(typed).submit("Change password")


def entries(page: Page) -> list[tuple[str, str]]:
    """The entries of a list of things that happened: what, and when and how."""
    return [(words(term), words(term.getnext())) for term in page.main.iter("dt")]


def fresh(account: Account) -> Account:
    return Account.get_by_id(account.id)


def ask_email(page: Page, email: str, present: str = PASSWORD, again: str | None = None) -> Page:
    typed = {
        "Your present password": present,
        "New email address": email,
        "Enter it again": email if again is None else again,
    }
    return page.fill(typed).submit("Send the code")
