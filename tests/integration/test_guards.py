"""Guards in front of every address: who may open it, what a form must carry, which headers go out."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.harness.pages import Client
from webapp.domain.audit import AuditEntry
from webapp.web.audience import AUDIENCES

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def undeclared(app: Flask) -> list[str]:
    """Endpoints that do not say who may open them."""
    return [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "audience", None) not in AUDIENCES
    ]


def test_every_address_says_who_may_open_it(app: Flask) -> None:
    assert undeclared(app) == []


def test_that_guard_finds_an_address_which_does_not(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "everybody reads this")
    assert undeclared(app) == ["forgotten"]


def test_an_address_that_says_nothing_is_refused_to_everybody(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.add_url_rule("/forgotten", "forgotten", lambda: "everybody reads this")
    page = Client(app).get("/forgotten", status=500)
    assert "everybody" not in page.text


def test_a_refused_address_is_in_the_audit_log(client: Client) -> None:
    client.get("/members/account")
    entry = AuditEntry.get()
    assert (entry.action, entry.outcome, entry.subject) == ("open", "refused", "endpoint:member.account")


def test_the_token_looks_different_in_every_response_and_stays_valid(client: Client) -> None:
    first = client.get("/members/login").form("Login").values["csrf_token"]
    second = client.get("/members/login").form("Login").values["csrf_token"]
    assert first != second
    for token in (first, second):
        assert (
            client.post("/members/login", {"csrf_token": token, "username": "", "password": ""}).status == 422
        )


@pytest.mark.parametrize("url", ["/", "/members/login", "/no/such/page", "/members/home", "/health"])
def test_every_response_carries_the_header_set(client: Client, url: str) -> None:
    response = client.browser.get(url)
    for name, value in HEADERS.items():
        assert response.headers[name] == value
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "HX-Request-Type", "Cookie"} <= set(response.vary)


def test_static_files_carry_it_too_and_may_be_kept_for_ever(client: Client) -> None:
    page = client.get("/")
    url = page.tree.xpath("//script/@src")[0]
    response = client.browser.get(url)
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_over_tls_cookies_are_tied_to_the_host_and_browsers_stay_on_tls(make_app: Any) -> None:
    app = make_app(PORTAL_BASE_URL="https://portal.example")
    response = Client(app).get("/members/login").response
    cookies = response.headers.getlist("Set-Cookie")
    assert any(cookie.startswith("__Host-portal=") and "Secure" in cookie for cookie in cookies)
    assert "Strict-Transport-Security" in response.headers


def test_a_fault_inside_shows_a_reference_number_and_nothing_of_the_inside(
    make_app: Callable[..., Flask],
) -> None:
    app = make_app()

    def broken() -> str:
        raise RuntimeError("Client 001234567 has something")

    broken.audience = "public"  # type: ignore[attr-defined]
    app.add_url_rule("/broken", "broken", broken)
    app.testing = False
    page = Client(app).get("/broken", status=500)
    assert "001234567" not in page.html
    assert "RuntimeError" not in page.html
    assert page.facts["Reference number"]


def test_the_demos_mailbox_is_nowhere_else(client: Client) -> None:
    assert client.get("/demo/mail", status=404).heading == "Page not found"


@pytest.mark.parametrize(
    "path", ["/\\evil.example", "/\t/evil.example/", "//evil.example", "/\\\\evil.example"]
)
def test_no_made_up_address_makes_the_language_control_lead_elsewhere(app: Flask, path: str) -> None:
    """Browsers read a backslash as a slash and leave out tabs: /\\evil.example is another site to them."""
    response = app.test_client().get("/", environ_overrides={"PATH_INFO": path})
    assert response.status_code == 404
    links = re.findall(r'href="([^"]*lang=es[^"]*)"', response.get_data(as_text=True))
    assert links, "the page has the control"
    for link in links:
        assert re.match(r"/(?![\\/\s])", link), link
