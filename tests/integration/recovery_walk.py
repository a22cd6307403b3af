"""People who forgot their password, and their way through recovery, for tests that need a part of it."""

import re
from collections.abc import Sequence
from typing import Any

from tests.harness.pages import Client, Page
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.registration_walk import add_ana
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.outbox import OutboxMessage
from webapp.web.texts import forget_kept

OLD, NEW = "Naranja7lago", "Granito8mesa"
IDENTITY = {"Member ID": "001234567", "First Name": "Ana", "Last Name": "Ortiz"}
ANSWERS = {
    "In what city were you born? (Enter full name of city only)": "Ponce",
    "What was the name of your first pet?": "Luna",
    "What is the first name of your oldest niece?": "Sofía",
}
NEW_PASSWORD = {"New Password": NEW, "Re-enter New Password": NEW}
OFFICE_OLD, OFFICE_NEW = "Copper-Lantern-52", "Willow-Bridge-38"
OFFICE_PASSWORD = {"New Password": OFFICE_NEW, "Re-enter New Password": OFFICE_NEW}


def add_ana_account(*, questions: int = 3, **given: Any) -> Account:
    """The member Ana with an account, which asks so many security questions."""
    add_ana()
    keys = (("city-born", "Ponce"), ("first-pet", "Luna"), ("oldest-niece", "Sofía"))
    made: dict[str, Any] = {
        "portal": "member",
        "username": "ana.ortiz",
        "password": OLD,
        "email": "ana.ortiz@example.com",
        "first_name": "Ana",
        "last_name": "Ortiz",
        "client_id": "001234567",
        "answers": keys[:questions],
    }
    return accounts.create_account(**{**made, **given})


def add_office_account(username: str = "nadia", **given: Any) -> Account:
    """An office's account with one secret question."""
    made: dict[str, Any] = {
        "portal": "provider",
        "username": username,
        "password": OFFICE_OLD,
        "email": "nadia@example.com",
        "first_name": "Nadia",
        "last_name": "Brandt",
        "answers": [("first-pet", "Luna")],
    }
    return accounts.create_account(**{**made, **given})


def identify(client: Client, **wrong: str) -> Page:
    """Step 1 of a member's recovery."""
    page = client.get("/members/recover/identity")
    return page.fill({**IDENTITY, **wrong}).submit("Next")


def give_answers(page: Page, **wrong: str) -> Page:
    """Answer the two questions that are asked; `wrong` gives another answer for both."""
    asked = [label for label in page.form("Next").labels() if label in ANSWERS]
    return page.fill({label: wrong.get("answer", ANSWERS[label]) for label in asked}).submit("Next")


def ask_for_mail(client: Client, email: str = "nadia@example.com") -> Page:
    """Step 1 of an office's recovery."""
    return client.get("/providers/recover/email").fill({"E-mail Address": email}).submit("Next")


def mails(to: str | None = None) -> list[OutboxMessage]:
    """What was mailed, the newest last."""
    rows = OutboxMessage.select().order_by(OutboxMessage.id)
    return [row for row in rows if to in (None, row.recipient)]


def mailed_code(to: str | None = None) -> str:
    """The code in the newest mail that has one."""
    return [found[0] for mail in mails(to) if (found := re.findall(r"\b\d{6}\b", mail.body))][-1]


def another(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06}"


def give_code(page: Page, code: str | None = None) -> Page:
    """Enter the mailed code, or another."""
    label = next(one for one in page.form("Next").labels() if one.endswith(" Code"))
    return page.fill({label: mailed_code() if code is None else code}).submit("Next")


def untranslated(client: Client, paths: Sequence[str]) -> dict[str, list[str]]:
    """The words on these pages that no catalogue has: none, where all is well. Usernames and addresses are data."""
    found = {}
    forget_kept()
    with pseudo_locale():
        for path in paths:
            page = client.get(path)
            assert page.path == path
            for value in page.main.xpath(".//dd | .//input[@type='radio']/following-sibling::label"):
                value.drop_tree()
            if words := bypassing(page.main, ["WebSupport@chnct.org"]):
                found[path] = words
    forget_kept()
    return found
