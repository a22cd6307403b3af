"""What holds for every address of the portal, made from the URL map and the links of real pages: a form without its
token or from another site changes nothing, opening a page changes nothing, and every answer carries the header set.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from _pytest.outcomes import Failed
from flask import Flask
from werkzeug.routing import Rule

from tests.harness import page_checks
from tests.harness.database import handed_over
from tests.harness.pages import Client
from tests.harness.routes import filled, methods
from tests.integration import access_people as people
from tests.integration.imitate_walk import changed, contents
from tests.integration.support_walk import at_work
from tests.integration.support_work import lock_registration, report_mistake
from tests.integration.test_every_page import STARTS, crawl
from webapp.domain.account.accounts import Account
from webapp.domain.member.registration import IdCard
from webapp.domain.messaging.message_tables import MessageThread
from webapp.web import audience, security

NewClient = Callable[..., Client]
WHO = ("public", "member", "provider", "support")
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class Watching(Client):
    """A browser that notes which tables were written to while a page was opened."""

    def __init__(self, client: Client) -> None:
        super().__init__(client.app, address=client.address)
        self.browser = client.browser
        self.wrote: dict[str, str] = {}

    def _send(self, method: str, url: str, headers: Any, **options: Any) -> Any:
        if method != "GET" or (self.signed_in and url.startswith("/members/pages/")):
            return super()._send(method, url, headers, **options)  # the prose is opened by everybody alike
        before = contents()
        response = super()._send(method, url, headers, **options)
        self.wrote |= dict.fromkeys(changed(before), url)
        return response


def settled(app: Flask, client: Client, new_client: NewClient, who: str) -> Client:
    """Somebody with something on every page."""
    if who == "member":
        people.household()
        people.give_things("ana", people.ANA)
        people.sign_in_member(client, "ana")
    elif who == "provider":
        client.browser = people.offices(new_client)["manager"].browser
        client.address = "203.0.113.1"
    elif who == "support":
        people.household()
        people.give_things("ana", people.ANA)
        report_mistake(app.config["SETTINGS"])
        card = IdCard("001234567", "Ana", "Wrong", date(1990, 6, 15))
        lock_registration(app.config["SETTINGS"], card)
        at_work(client)
    MessageThread.update(unread=1).execute()
    return client


# --- opening a page changes nothing -------------------------------------------------------------------

#: What a page may write by being opened, and why that is no change that a link on another site could be used for.
#: The audit log is left out everywhere: that something was looked at is what it is for.
MAY_WRITE = {
    "message_thread": "an answer that was opened counts as read",
    "report_download": "a file is a plain link, and each is noted with its report ID",
    "download_day": "its rows are counted against the day's budget; beyond it a code is asked for",
}


@pytest.mark.parametrize("who", WHO)
def test_opening_any_page_changes_nothing(
    app: Flask, client: Client, new_client: NewClient, who: str
) -> None:
    watching = Watching(settled(app, client, new_client, who))
    pages = crawl(watching, starts(who))
    for rule in app.url_map.iter_rules():
        if "GET" in methods(rule) and rule.endpoint.startswith(f"{who}."):
            watching.open("GET", filled(rule), follow=False)
    assert len(pages) > 8
    needed = {"member": {"message_thread"}, "provider": set(MAY_WRITE)}.get(who, set())
    assert needed <= set(watching.wrote), "an exception that is no longer needed"
    assert {table: url for table, url in watching.wrote.items() if table not in MAY_WRITE} == {}


def starts(who: str) -> list[str]:
    return ["/support"] if who == "support" else STARTS[who]


def test_that_watch_finds_a_page_that_writes(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    people.household()

    def rename() -> str:
        Account.update(first_name="Eve").execute()
        return "done"

    app.add_url_rule("/rename", "public.rename", audience.public(rename))
    watching = Watching(Client(app))
    with pytest.raises(Failed):  # it is no page of ours in other ways too
        watching.get("/rename")
    assert watching.wrote == {"account": "/rename"}


# --- forms --------------------------------------------------------------------------------------------

CROSS = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
]


def rules(app: Flask, who: str) -> list[Rule]:
    """Of whoever is signed in nowhere: all; of others those of their portal."""
    return [one for one in app.url_map.iter_rules() if who == "public" or one.endpoint.startswith(f"{who}.")]


def unsafe(app: Flask, who: str) -> list[tuple[str, str]]:
    return [
        (method, filled(rule)) for rule in rules(app, who) for method in methods(rule) if method in UNSAFE
    ]


def taken(app: Flask, client: Client, who: str, data: dict[str, str], headers: dict[str, str]) -> list[str]:
    """Addresses at which such a form was not refused, and tables that changed all the same. Whoever is led elsewhere
    (to the login, to the form with what was typed) was refused if nothing changed."""
    found, before = [], contents()
    for method, url in unsafe(app, who):
        with handed_over():
            response = client.browser.open(
                url, method=method, data=data, headers=headers, environ_base={"REMOTE_ADDR": client.address}
            )
        if response.status_code not in (303, 400, 403, 404):
            found.append(f"{method} {url}: {response.status_code}")
    return found + [f"it wrote to {table}" for table in changed(before) if table not in KEPT]


#: A form that comes with a token of before is kept for its owner, who may send it again (web/kept.py).
KEPT = {"kept_form"}


@pytest.mark.parametrize("who", WHO)
def test_no_form_that_another_site_sends_is_taken(
    app: Flask, client: Client, new_client: NewClient, who: str
) -> None:
    client = settled(app, client, new_client, who)
    data = {"csrf_token": client.csrf_token(), "go": "next"}
    for headers in CROSS:
        assert taken(app, client, who, data, headers) == [], headers


@pytest.mark.parametrize("who", WHO)
def test_no_form_is_taken_without_its_token(
    app: Flask, client: Client, new_client: NewClient, who: str
) -> None:
    client = settled(app, client, new_client, who)
    assert taken(app, client, who, {}, {}) == []
    for token in ("made up", new_client().csrf_token()):
        assert taken(app, client, who, {"csrf_token": token}, {}) == []


def test_those_guards_find_forms_that_are_taken(app: Flask, client: Client, new_client: NewClient) -> None:
    client = settled(app, client, new_client, "member")
    found = taken(app, client, "member", {"csrf_token": client.csrf_token(), "chosen": "es"}, {})
    assert "it wrote to account" in found
    assert "POST /members/letter: 422" in found


# --- headers ------------------------------------------------------------------------------------------


PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def bare(app: Flask, client: Client, who: str = "public") -> list[str]:
    """Answers of any address, by any method, as a page and as a part, that lack a header of the set."""
    found = []
    signed_in = client.signed_in or any(client.browser.get_cookie(f"{who}_session") for who in WHO[1:])
    for rule in rules(app, who):
        for method in sorted(rule.methods or ()):
            for htmx in ({}, PART) if method in ("GET", "POST") else ({},):
                token = {"csrf_token": client.csrf_token()} if method == "POST" else None
                with handed_over():
                    response = client.browser.open(
                        filled(rule), method=method, headers=htmx, data=token, buffered=True,
                        environ_base={"REMOTE_ADDR": client.address},
                    )  # fmt: skip
                faults = list(page_checks.header_faults(response.headers, bool(signed_in)))
                faults += [
                    f"{name} is {response.headers.get(name)!r}"
                    for name, value in security.header_set(False).items()
                    if name != "Content-Security-Policy" and response.headers.get(name) != value
                ]
                if response.headers.get("Cache-Control") != "no-store":
                    faults.append("it may be stored")
                found += [f"{method} {rule} {response.status_code}: {fault}" for fault in faults]
    return found


@pytest.mark.parametrize("who", WHO)
def test_every_answer_carries_the_header_set(
    app: Flask, client: Client, new_client: NewClient, who: str
) -> None:
    assert bare(app, settled(app, client, new_client, who), who) == []


def test_that_look_finds_an_answer_without_it(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.after_request_funcs[None].insert(0, _without)
    client = Client(app)
    client._token = "made up"
    assert "GET / 200: no nosniff" in bare(app, client)


def _without(response: Any) -> Any:
    response.headers.pop("X-Content-Type-Options", None)
    return response
