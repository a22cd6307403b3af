"""Sessions under attack: a token planted before sign-in, one kept from before a sign-out, one read from the database,
and cookies as a browser gets them; in every portal."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration.profile_walk import PASSWORD, make_ana, make_rosa, sign_in
from tests.integration.support_walk import make_staff
from tests.integration.support_walk import sign_in as sign_in_staff
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.db import database as opened

HOMES = {"member": "/members/home", "provider": "/providers/home", "support": "/support"}
PLANTED = "planted-by-somebody-else-before-the-person-signed-in"


@pytest.fixture(params=HOMES)
def portal(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def enter(client: Client, portal: str) -> Account:
    """Make the account and sign in."""
    account = {"member": make_ana, "provider": make_rosa, "support": make_staff}[portal]()
    page = sign_in_staff(client, account) if portal == "support" else sign_in(client, portal)
    assert page.path == HOMES[portal], page.text
    return account


def token(client: Client, portal: str) -> str:
    cookie = client.browser.get_cookie(f"{portal}_session")
    assert cookie is not None
    return cookie.value


def is_in(client: Client, portal: str) -> bool:
    return client.get(HOMES[portal], status=None).path == HOMES[portal]


def test_a_token_planted_before_signing_in_is_worth_nothing_after(
    client: Client, new_client: Any, portal: str
) -> None:
    client.browser.set_cookie(f"{portal}_session", PLANTED)
    enter(client, portal)
    assert token(client, portal) != PLANTED
    thief = new_client()
    thief.browser.set_cookie(f"{portal}_session", PLANTED)
    assert not is_in(thief, portal)


def test_a_form_token_of_before_signing_in_is_worth_nothing_after(client: Client, portal: str) -> None:
    before = client.csrf_token()
    enter(client, portal)
    answer = client.post(
        f"{HOMES[portal].removesuffix('/home')}/logout", {"csrf_token": before}, follow=False
    )
    assert answer.status == 400
    assert is_in(client, portal)


def test_signing_in_again_makes_another_token(client: Client, portal: str) -> None:
    enter(client, "member" if portal == "support" else portal)
    portal = "member" if portal == "support" else portal
    first = token(client, portal)
    sign_in(client, portal)
    assert token(client, portal) != first


def test_every_cookie_of_before_opens_nothing_after_signing_out(
    client: Client, new_client: Any, portal: str
) -> None:
    enter(client, portal)
    kept = {name: client.browser.get_cookie(name) for name in ("portal", f"{portal}_session")}
    client.post(f"{HOMES[portal].removesuffix('/home')}/logout")
    thief = new_client()
    for name, cookie in kept.items():
        assert cookie is not None
        thief.browser.set_cookie(name, cookie.value)
    assert not is_in(thief, portal)


def test_the_database_holds_no_token_that_opens_anything(
    client: Client, new_client: Any, portal: str
) -> None:
    enter(client, portal)
    secret = token(client, portal)
    assert len(secret) >= 43, "256 bits"
    rows = [
        str(row)
        for table in opened.get_tables()
        for row in opened.execute_sql(f'SELECT * FROM "{table}"').fetchall()
    ]
    assert not [row for row in rows if secret in row or PASSWORD in row]
    thief = new_client()
    thief.browser.set_cookie(f"{portal}_session", Session.get().token_hash)
    assert not is_in(thief, portal)


@pytest.mark.parametrize("way", ["frozen", "deleted", "idle", "too long"])
def test_what_ends_a_session_ends_it_at_the_next_request(
    client: Client, clock: Hands, portal: str, way: str
) -> None:
    account = enter(client, portal)
    if way == "frozen":
        Account.update(frozen_at=clock.now()).where(Account.id == account.id).execute()
    elif way == "deleted":
        Session.delete().execute()
    elif way == "idle":
        clock.advance(minutes=15, seconds=1)
    else:
        for _ in range(73):
            clock.advance(minutes=10)
            client.open("GET", HOMES[portal], follow=False)
    assert not is_in(client, portal)


def test_asking_how_long_there_is_extends_nothing(client: Client, clock: Hands, portal: str) -> None:
    enter(client, portal)
    for _ in range(15):
        clock.advance(minutes=1)
        client.open("GET", f"{HOMES[portal].removesuffix('/home')}/stay", follow=False)
    clock.advance(seconds=1)
    assert not is_in(client, portal)


def test_on_tls_every_cookie_is_tied_to_the_host(make_app: Callable[..., Flask], portal: str) -> None:
    client = Client(make_app(PORTAL_BASE_URL="https://portal.example"))
    given = Given(client)
    client.get(f"{HOMES[portal].removesuffix('/home')}/login?lang=es")
    account = {"member": make_ana, "provider": make_rosa, "support": make_staff}[portal]()
    page = client.get(f"{HOMES[portal].removesuffix('/home')}/login?lang=en")
    page.fill({"Username": account.username, "Password": PASSWORD}).submit("Login")
    assert {cookie.partition("=")[0].removeprefix("__Host-") for cookie in given.cookies} >= {"portal"}
    for cookie in given.cookies:
        assert loose(cookie) == [], cookie


def test_that_look_finds_a_cookie_that_is_not() -> None:
    assert loose("member_session=x; Path=/members; SameSite=None; Domain=portal.example") == [
        "no __Host-", "no Secure", "no HttpOnly", "no SameSite=Lax", "no Path=/", "a Domain",
    ]  # fmt: skip


class Given:
    """The cookies that the server gives to a client from now on, as they stand in its answers."""

    def __init__(self, client: Client) -> None:
        self.cookies: list[str] = []
        plain = client._send

        def noting(method: str, url: str, headers: Any, **options: Any) -> Any:
            response = plain(method, url, headers, **{**options, "base_url": "https://portal.example"})
            self.cookies += response.headers.getlist("Set-Cookie")
            return response

        client._send = noting  # type: ignore[method-assign]


def loose(cookie: str) -> list[str]:
    """What a cookie lacks. The language's is no secret, and keeps its name on TLS."""
    name, *flags = re.split(r";\s*", cookie)
    wanted = {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}
    faults = [] if name.startswith(("__Host-", "lang=")) else ["no __Host-"]
    faults += [
        f"no {flag}"
        for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/")
        if flag in wanted - set(flags)
    ]
    return faults + ["a Domain" for flag in flags if flag.startswith("Domain")]
