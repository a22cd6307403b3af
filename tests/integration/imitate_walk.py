"""Steps that the tests of Imitate Mode share."""

from collections.abc import Callable
from urllib.parse import urljoin, urlsplit

from flask import Flask

from tests.harness.pages import Client, Page
from tests.harness.routes import filled, methods
from tests.integration.support_walk import at_work
from tests.integration.test_every_page import crawl, sign_in
from webapp.domain.account.accounts import Account
from webapp.domain.db import database
from webapp.domain.messaging.message_tables import MessageThread
from webapp.domain.support import staff

ROLES = {"member": staff.MEMBER_SERVICES, "provider": staff.PROVIDER_SERVICES}
HOMES = {"member": "/members/home", "provider": "/providers/home"}
BOX = "Number, username, email address, or “Last name, First name”"


def make_person(new_client: Callable[..., Client], portal: str) -> Client:
    """The browser of somebody who is signed in, with all that the portal can show and an answer not read yet."""
    own = new_client(address="198.51.100.7")
    sign_in(own, portal)
    MessageThread.update(unread=1).execute()
    return own


def account_of(portal: str) -> Account:
    """That person's account."""
    found: Account = Account.get(Account.portal == portal, Account.username == "ana")
    return found


def opened(client: Client) -> Page:
    """The person's page in the console, for somebody who is signed in there."""
    page = client.get("/support/people").fill({BOX: "ana"}).submit("Search").click("Ana Ortiz")
    return page.fill({"Reason": "Call, ticket 7"}).submit("Open")


def imitate(client: Client, portal: str) -> Page:
    """Sign in as staff and see the portal as the person does; its first page."""
    at_work(client, ROLES[portal], first_name="Max")
    return opened(client).submit("Start Imitate Mode")


def look_around(client: Client, portal: str) -> list[Page]:
    """Every page that links lead to, those that Imitate Mode keeps closed too."""
    return crawl(client, [HOMES[portal]], (200, 403, 404))


def contents() -> dict[str, list[str]]:
    """Every row of every table but the audit log."""
    return {
        table: sorted(map(repr, database.execute_sql(f'SELECT * FROM "{table}"').fetchall()))
        for table in database.get_tables()
        if table != "audit_entry"
    }


def changed(before: dict[str, list[str]]) -> list[str]:
    """The tables that are not as they were."""
    return [table for table, rows in contents().items() if rows != before[table]]


def addresses(app: Flask, portal: str) -> list[tuple[str, str]]:
    """Method and address of every route of a portal, public ones too, with made-up values in its gaps."""
    return [
        (method, filled(rule))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{portal}.")
        for method in methods(rule)
    ]


def send_everything(app: Flask, client: Client, portal: str) -> list[int]:
    """Post to every route, and every form that a page of the portal has with what stands in it; the answers."""
    token = client.csrf_token()
    answers = []
    for method, url in addresses(app, portal):
        for data in ({"csrf_token": token, "go": "next", "q": "x"}, {}) if method == "POST" else ():
            answers.append(client.open("POST", url, data=data, follow=False).status)
    for page in look_around(client, portal):
        for form in page.tree.xpath("//main//form[@method='post']"):
            url = urljoin(page.url, form.get("action") or page.url)
            sent = {key: value or "x" for key, value in form.form_values()} | {"csrf_token": token}
            if urlsplit(url).path.startswith(f"/{portal}s"):
                answers.append(client.open("POST", url, data=sent, follow=False).status)
    return answers
