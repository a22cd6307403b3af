"""Guards in front of every address: who may open it, what a form must carry, which headers go out."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

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


def addresses(app: Flask, audience: str) -> list[tuple[str, str]]:
    """(method, address) of every route of an audience, with made-up values in its gaps."""
    found = []
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "audience", None) == audience:
            for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}):
                found.append((method, _filled(rule)))
    return found


def _filled(rule: Rule) -> str:
    values = {name: 1 if "int" in str(rule._converters[name]).lower() else "x" for name in rule.arguments}
    built = rule.build(values)
    assert built is not None
    return built[1]


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


@pytest.mark.parametrize("portal", ["member", "provider", "support"])
def test_nobody_opens_a_portals_pages_without_signing_in(app: Flask, client: Client, portal: str) -> None:
    for method, url in addresses(app, portal):
        page = client.open(
            method, url, data={"csrf_token": client.csrf_token()} if method == "POST" else None
        )
        assert page.path == ("/support/login" if portal == "support" else f"/{portal}s/login"), (
            f"{method} {url} answered {page.status}"
        )


def test_a_refused_address_is_in_the_audit_log(client: Client) -> None:
    client.get("/members/account")
    entry = AuditEntry.get()
    assert (entry.action, entry.outcome, entry.subject) == ("open", "refused", "endpoint:member.account")


def test_every_form_needs_its_token(app: Flask, client: Client) -> None:
    for audience in ("public", "member", "provider", "support"):
        for method, url in addresses(app, audience):
            if method == "POST":
                page = client.open("POST", url, data={"csrf_token": "made up"}, follow=False)
                refused = page.status in (400, 401, 403, 404)
                away = page.status == 303 and "license-agreement" in page.response.headers["Location"]
                assert refused or away, f"{url} took a form without its token: {page.status}"


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}],
)
def test_a_form_that_another_site_sends_is_refused(client: Client, headers: dict[str, str]) -> None:
    token = client.csrf_token()
    data = {"csrf_token": token, "username": "x", "password": "y"}
    assert client.open("POST", "/members/login", data=data, headers=headers).status == 403


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
