"""Signing in and out of the member portal, and what a session allows."""

import re
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.registration_walk import add_ana
from webapp.domain.account import accounts, passwords
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import AuditEntry

WRONG = ["The username or the password is not right. Try again."]


@pytest.fixture
def ana(app: Any) -> Account:
    add_ana()
    return accounts.create_account(
        portal="member",
        username="Ana.Ortiz",
        password="Naranja7lago",
        email="ana@example.com",
        first_name="Ana",
        last_name="Ortiz",
        client_id="001234567",
    )


def sign_in(client: Client, username: str = "ana.ortiz", password: str = "Naranja7lago") -> Page:
    page = client.get("/members/login")
    return page.fill({"Username": username, "Password": password}).submit("Login")


def test_a_telephone_calls_technical_support_at_a_press(client: Client) -> None:
    assert client.get("/members/login").links()["1.877.606.5172"] == "tel:1.877.606.5172"


def test_a_member_signs_in_whatever_the_case_of_the_username(client: Client, ana: Account) -> None:
    assert sign_in(client, "ANA.ORTIZ").heading == "Welcome to Your HUSKY Health Account!"


def test_a_wrong_pair_gets_one_answer_whether_or_not_the_username_exists(
    client: Client, ana: Account
) -> None:
    known, unknown = sign_in(client, password="Naranja8lago"), sign_in(client, username="nobody")
    assert known.errors == unknown.errors == WRONG
    assert known.status == unknown.status == 422


def test_waits_grow_say_how_long_and_end_by_themselves(client: Client, ana: Account, clock: Hands) -> None:
    for _ in range(4):
        assert sign_in(client, password="wrong").errors == WRONG
    page = sign_in(client)
    assert page.status == 429
    assert re.fullmatch(r"There were too many wrong tries. Wait [345] seconds and try again.", page.errors[0])
    clock.advance(seconds=5)
    assert sign_in(client).heading.startswith("Welcome")


def test_unknown_usernames_wait_like_known_ones(client: Client, ana: Account) -> None:
    for _ in range(4):
        sign_in(client, username="nobody")
    assert sign_in(client, username="nobody").status == 429


def test_another_address_does_not_wait_for_somebody_elses_tries(
    client: Client, new_client: Any, ana: Account
) -> None:
    for _ in range(5):
        sign_in(client, password="wrong")
    assert sign_in(new_client(address="203.0.113.9")).heading.startswith("Welcome")


def test_after_signing_in_one_is_where_one_wanted_to_go(client: Client, ana: Account) -> None:
    page = client.get("/members/account")
    assert page.heading == "Secure Member Login"
    page = page.fill({"Username": "ana.ortiz", "Password": "Naranja7lago"}).submit("Login")
    assert page.heading == "My HUSKY Account Information"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/providers/home", "/members/\\evil"]
)
def test_the_way_back_never_leads_elsewhere(client: Client, ana: Account, target: str) -> None:
    page = client.get(f"/members/login?next={target}")
    page = page.fill({"Username": "ana.ortiz", "Password": "Naranja7lago"}).submit("Login")
    assert page.path == "/members/home"


def test_signing_out_ends_the_session_on_the_server(client: Client, ana: Account) -> None:
    page = sign_in(client)
    kept = client.browser.get_cookie("member_session").value
    page.submit("LOGOUT")
    assert Session.select().count() == 0
    client.browser.set_cookie("member_session", kept)
    assert client.get("/members/home").heading == "Secure Member Login"


def test_signing_out_tells_the_browser_to_forget_its_pages(client: Client, ana: Account) -> None:
    sign_in(client)
    response = client.open("POST", "/members/logout", data={"csrf_token": client.csrf_token()}, follow=False)
    assert response.response.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_a_session_ends_after_fifteen_idle_minutes(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    for _ in range(3):
        clock.advance(minutes=14)
        assert client.get("/members/home").heading.startswith("Welcome")
    clock.advance(minutes=16)
    assert client.get("/members/home").heading == "Secure Member Login"


def test_a_session_ends_after_twelve_hours_however_busy(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    for _ in range(72):
        clock.advance(minutes=10)
        client.get("/members/home")
    clock.advance(minutes=1)
    assert client.get("/members/home").heading == "Secure Member Login"


def test_htmx_is_sent_to_the_login_page_when_the_session_has_ended(client: Client, ana: Account) -> None:
    page = client.open("GET", "/members/account", htmx=True, follow=False)
    assert page.status == 401
    assert page.response.headers["HX-Redirect"].startswith("/members/login")


def test_a_members_session_opens_no_providers_page(client: Client, ana: Account) -> None:
    sign_in(client)
    client.browser.set_cookie("provider_session", client.browser.get_cookie("member_session").value)
    assert client.get("/providers/home", status=None).path == "/providers/login"


def test_only_a_hash_of_the_session_token_is_stored(client: Client, ana: Account) -> None:
    sign_in(client)
    token = client.browser.get_cookie("member_session")
    assert len(token.value) >= 22, "128 bits or more"
    assert Session.get().token_hash != token.value
    assert token.http_only
    assert token.same_site == "Lax"


def test_a_hash_of_an_older_portal_works_and_is_made_anew_at_first_use(client: Client, ana: Account) -> None:
    from werkzeug.security import generate_password_hash

    old = generate_password_hash("Naranja7lago", method="pbkdf2:sha256:1000")
    Account.update(password_hash=old).execute()
    assert sign_in(client).heading.startswith("Welcome")
    assert Account.get().password_hash.startswith("$argon2id$")
    assert passwords.check_secret(Account.get().password_hash, "Naranja7lago")


def test_a_frozen_account_cannot_be_told_from_a_wrong_password(
    client: Client, ana: Account, clock: Hands
) -> None:
    sign_in(client)
    Account.update(frozen_at=clock.now()).execute()
    assert client.get("/members/home").heading == "Secure Member Login"
    assert sign_in(client).errors == WRONG


def test_sign_in_and_sign_out_are_in_the_audit_log(client: Client, ana: Account) -> None:
    sign_in(client, password="wrong")
    sign_in(client).submit("LOGOUT")
    entries = [
        (row.action, row.outcome, row.account_id) for row in AuditEntry.select().order_by(AuditEntry.id)
    ]
    assert entries == [
        ("sign-in", "refused", None),
        ("sign-in", "done", ana.id),
        ("sign-out", "done", ana.id),
    ]
