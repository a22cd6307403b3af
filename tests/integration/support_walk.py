"""People and steps that the tests of the support console share."""

from typing import Any

import pyotp

from tests.harness.pages import Client, Page
from tests.integration.profile_walk import PASSWORD, make_rosa, shown, turn_on
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.support import staff


def make_staff(role: str = staff.SUPERVISOR, username: str = "max", **given: Any) -> Account:
    """A member of staff, the second step not set up yet."""
    values = {"portal": "support", "username": username, "email": f"{username}@plan.example", "answers": []}
    account = make_rosa(**{**values, **given})
    staff.appoint(account, role)
    return account


def sign_in(client: Client, account: Account, app: pyotp.TOTP | None = None) -> Page:
    """Username, password and code; the page after them."""
    app = app or turn_on(account)
    page = client.get("/support/login")
    page = page.fill({"Username": account.username, "Password": PASSWORD}).submit("Login")
    return page.fill({"Code": shown(app)}).submit("Login")


def at_work(client: Client, role: str = staff.SUPERVISOR, username: str = "max", **given: Any) -> Account:
    """Somebody of the staff, signed in."""
    account = make_staff(role, username, **given)
    page = sign_in(client, account)
    assert page.path == "/support", page.text
    return account


def acting(account: Account) -> Actor:
    """Who acts, for calls of the rules themselves."""
    return Actor("support", "127.0.0.1", account.id)
