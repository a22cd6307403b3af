"""Signing in with a code from an app: turning it on in the profile, the second step, recovery codes."""

import re
from typing import Any

import pyotp
import pytest
from lxml.html import HtmlElement

from tests.harness.clock import Hands
from tests.harness.page_checks import words
from tests.harness.pages import Client, Page
from tests.integration.profile_walk import (
    NEW_PASSWORD,
    PASSWORD,
    last_mail,
    make_rosa,
    shown,
    sign_in,
    turn_on,
)
from webapp.domain.account import accounts, second_factor
from webapp.domain.account.accounts import Account
from webapp.domain.account.pending_sign_ins import PendingSignIn
from webapp.domain.account.sessions import Session
from webapp.domain.audit import AuditEntry

WRONG = (
    "That code is not right. Wait for the next code in your app and enter it. "
    "If it fails again, check that your phone sets its date and time by itself."
)


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


@pytest.fixture
def rosa(app: Any) -> Account:
    return make_rosa()


@pytest.fixture
def phone(rosa: Account) -> pyotp.TOTP:
    """Rosa's second factor is on."""
    return turn_on(rosa)


def enter(page: Page, code: str) -> Page:
    return page.fill({"Code": code}).submit("Login")


def with_password(page: Page, button: str, password: str = PASSWORD) -> Page:
    return page.fill({"Your present password": password}).submit(button)


def codes_on(page: Page) -> list[str]:
    listed: list[HtmlElement] = page.main.xpath(".//ol/li/code")
    return [words(code) for code in listed]


# --- signing in ---------------------------------------------------------------------------------------


def test_after_the_password_a_code_is_asked_for_and_nothing_is_open_yet(
    client: Client, phone: pyotp.TOTP
) -> None:
    page = sign_in(client)
    assert (page.path, page.heading) == ("/providers/login/code", "Enter your code")
    assert Session.select().count() == 0
    assert client.get("/providers/home").path == "/providers/login"
    page = enter(client.get("/providers/login/code"), shown(phone))
    assert page.path == "/providers/home"
    assert Session.select().count() == 1


def test_after_the_code_one_is_where_one_wanted_to_go(client: Client, phone: pyotp.TOTP) -> None:
    page = client.get("/providers/practices")
    page = page.fill({"Username": "rosa", "Password": PASSWORD}).submit("Login")
    assert enter(page, shown(phone)).path == "/providers/practices"


def test_a_wrong_code_is_refused_with_a_hint_at_the_telephones_clock(
    client: Client, phone: pyotp.TOTP
) -> None:
    page = enter(sign_in(client), "000000")
    assert page.status == 422
    assert page.errors == [WRONG]
    assert Session.select().count() == 0
    assert enter(page, shown(phone)).path == "/providers/home"


def test_codes_are_slowed_down_like_passwords_whatever_the_address(
    client: Client, new_client: Any, phone: pyotp.TOTP, clock: Hands
) -> None:
    page = sign_in(client)
    for _ in range(4):
        page = enter(page, "000000")
    assert enter(page, shown(phone)).status == 429
    other = sign_in(new_client(address="203.0.113.9"))
    assert enter(other, shown(phone)).status == 429
    clock.advance(seconds=6)
    assert enter(page, shown(phone)).path == "/providers/home"


def test_a_code_opens_one_session_only(client: Client, new_client: Any, phone: pyotp.TOTP) -> None:
    code = shown(phone)
    enter(sign_in(client), code)
    page = enter(sign_in(new_client()), code)
    assert page.errors == [WRONG]


def test_the_code_is_waited_for_five_minutes(client: Client, phone: pyotp.TOTP, clock: Hands) -> None:
    page = sign_in(client)
    clock.advance(minutes=5, seconds=1)
    page = enter(page, shown(phone))
    assert page.path == "/providers/login"
    assert page.notices == ["We waited 5 minutes for the code. Please sign in again."]


def test_without_a_right_password_there_is_no_page_for_the_code(client: Client, phone: pyotp.TOTP) -> None:
    assert client.get("/providers/login/code").path == "/providers/login"
    sign_in(client, password="wrong")
    assert client.get("/providers/login/code").path == "/providers/login"


@pytest.mark.parametrize("change", [{"frozen_at": True}, {"password_changed_at": True}])
def test_a_frozen_account_or_a_new_password_ends_the_waiting(
    client: Client, phone: pyotp.TOTP, rosa: Account, clock: Hands, change: dict[str, bool]
) -> None:
    page = sign_in(client)
    clock.advance(seconds=2)
    Account.update({name: clock.now() for name in change}).execute()
    assert enter(page, shown(phone)).path == "/providers/login"
    assert Session.select().count() == 0


ODD = {
    "nothing": "",
    "spaces": "   ",
    "letters": "abc",
    "markup": "<b>1</b>",
    "nul": "\x00123456",
    "endless": "9" * 10_000,
    "wide": "１２３４５６",
}


@pytest.mark.parametrize("typed", ODD.values(), ids=ODD)
def test_whatever_is_typed_gets_an_answer(client: Client, phone: pyotp.TOTP, typed: str) -> None:
    assert enter(sign_in(client), typed).status == 422


def cookies(client: Client) -> dict[str, str]:
    """The cookies of the sign-in, as a browser had them when the button was pressed."""
    found = {name: client.browser.get_cookie(name) for name in ("portal", "provider_pending")}
    return {name: cookie.value for name, cookie in found.items() if cookie}


def test_the_second_of_two_taps_is_signed_in_too(client: Client, phone: pyotp.TOTP, clock: Hands) -> None:
    page = sign_in(client)
    code, pressed = shown(phone), cookies(client)
    enter(page, code)
    client.browser.delete_cookie("provider_session")
    for name, value in pressed.items():
        client.browser.set_cookie(name, value)
    assert enter(page, code).path == "/providers/home"
    client.browser.delete_cookie("provider_session")
    for name, value in pressed.items():
        client.browser.set_cookie(name, value)
    clock.advance(seconds=11)
    assert enter(page, code).errors == [WRONG]


def test_whoever_goes_back_to_the_code_and_sends_it_again_is_still_signed_in(
    client: Client, phone: pyotp.TOTP
) -> None:
    page = sign_in(client)
    enter(page, shown(phone))
    assert client.get("/providers/login/code").path == "/providers/home"
    assert enter(page, "000000").path == "/providers/home"


def test_a_form_from_before_is_not_taken_but_may_be_sent_again(client: Client, phone: pyotp.TOTP) -> None:
    page = sign_in(client)
    client.browser.delete_cookie("portal")
    page = enter(page, shown(phone))
    assert page.status == 400
    assert page.errors == ["This page was open too long. Please check what you typed and send it again."]
    assert enter(page, shown(phone)).path == "/providers/home"


def test_a_session_ended_on_purpose_needs_a_code_again(client: Client, phone: pyotp.TOTP) -> None:
    enter(sign_in(client), shown(phone)).submit("LOGOUT")
    assert sign_in(client).path == "/providers/login/code"


def test_the_audit_log_tells_a_wrong_code_from_a_wrong_password(client: Client, phone: pyotp.TOTP) -> None:
    enter(sign_in(client, password="wrong") and sign_in(client), "000000")
    enter(client.get("/providers/login/code"), shown(phone))
    listed = client.get("/providers/profile/sign-ins").main.xpath(".//dt")
    assert [words(entry) for entry in listed] == [
        "Signed in",
        "Refused: the code was not right",
        "Refused: the password was not right",
    ]


def test_the_cookie_of_the_waiting_says_nothing_and_ends(client: Client, phone: pyotp.TOTP) -> None:
    sign_in(client)
    cookie = client.browser.get_cookie("provider_pending")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert cookie.max_age == 300
    assert PendingSignIn.get().token_hash != cookie.value


# --- recovery codes -----------------------------------------------------------------------------------


def test_without_the_phone_a_recovery_code_opens_the_account_once(
    client: Client, rosa: Account, new_client: Any
) -> None:
    page, _app, codes = set_up(client)
    page.submit("I have kept them").submit("LOGOUT")
    assert enter(sign_in(client), codes[0]).path == "/providers/home"
    assert "A recovery code was used to sign in." in last_mail().body
    assert enter(sign_in(new_client()), codes[0]).errors == [WRONG]
    page = client.get("/providers/profile/second-factor")
    assert page.facts["Recovery codes you have left"] == "9"


# --- the profile --------------------------------------------------------------------------------------


def set_up(client: Client) -> tuple[Page, pyotp.TOTP, list[str]]:
    """Turn it on through the pages; the page with the recovery codes, the app, the codes."""
    sign_in(client)
    page = client.get("/providers/profile/second-factor")
    page = with_password(page, "Set up")
    secret = words(page.main.xpath(".//code")[0]).replace(" ", "")
    app = pyotp.TOTP(secret)
    page = page.fill({"Code": shown(app)}).submit("Turn on the second step")
    return page, app, codes_on(page)


def test_it_is_set_up_with_the_password_a_picture_or_a_key_and_a_first_code(
    client: Client, rosa: Account
) -> None:
    page, _app, codes = set_up(client)
    assert page.path == "/providers/profile/second-factor/recovery-codes"
    assert page.notices[0].startswith("The second step is on.")
    assert len(codes) == 10
    assert all(re.fullmatch(r"\d{4} \d{4} \d{4}", code) for code in codes)
    assert second_factor.is_on(rosa)
    assert "A second step was added to signing in" in last_mail().body


def test_the_picture_is_drawn_here_and_has_words(client: Client, rosa: Account) -> None:
    sign_in(client)
    page = with_password(client.get("/providers/profile/second-factor"), "Set up")
    [picture] = page.main.xpath(".//img")
    assert picture.get("src").startswith("data:image/svg+xml")
    assert picture.get("alt")
    assert len(page.html) < 40_000


def test_the_present_password_is_asked_for(client: Client, rosa: Account) -> None:
    sign_in(client)
    page = with_password(client.get("/providers/profile/second-factor"), "Set up", "wrong")
    assert page.errors == ["That is not your present password. Try again."]
    assert client.get("/providers/profile/second-factor/code").path == "/providers/profile/second-factor"


def test_a_wrong_first_code_keeps_the_same_picture(client: Client, rosa: Account) -> None:
    sign_in(client)
    page = with_password(client.get("/providers/profile/second-factor"), "Set up")
    key = words(page.main.xpath(".//code")[0])
    page = page.fill({"Code": "000000"}).submit("Turn on the second step")
    assert page.errors == [WRONG]
    assert words(page.main.xpath(".//code")[0]) == key


def test_opening_the_pages_changes_nothing(client: Client, rosa: Account) -> None:
    sign_in(client)
    for name in ("", "/code", "/off", "/recovery-codes"):
        client.get(f"/providers/profile/second-factor{name}")
    assert second_factor.SecondFactor.select().count() == 0


def test_recovery_codes_are_shown_until_they_are_kept_and_never_again(client: Client, rosa: Account) -> None:
    page, _app, codes = set_up(client)
    assert codes_on(client.get("/providers/profile/second-factor/recovery-codes")) == codes
    page = page.submit("I have kept them")
    assert page.path == "/providers/profile/second-factor"
    page = client.get("/providers/profile/second-factor/recovery-codes")
    assert codes_on(page) == []
    assert "You have 10 recovery codes left." in page.text


def test_another_session_never_sees_them(client: Client, rosa: Account, new_client: Any) -> None:
    _page, app, _codes = set_up(client)
    other = new_client()
    page = sign_in(other)
    portal_next(app)
    enter(page, shown(app))
    assert codes_on(other.get("/providers/profile/second-factor/recovery-codes")) == []


def portal_next(app: pyotp.TOTP) -> None:
    """Wait for the app's next code."""
    from datetime import timedelta

    from webapp import clock

    clock.current().advance(timedelta(seconds=30))


def test_new_recovery_codes_after_the_password(client: Client, rosa: Account) -> None:
    page, _app, old = set_up(client)
    page.submit("I have kept them")
    page = client.get("/providers/profile/second-factor/recovery-codes")
    page = with_password(page, "Make new recovery codes")
    new = codes_on(page)
    assert len(new) == 10
    assert not set(new) & set(old)


def test_it_is_turned_off_with_the_password_and_the_owner_is_told(client: Client, rosa: Account) -> None:
    set_up(client)
    page = client.get("/providers/profile/second-factor/off")
    page = with_password(page, "Turn off the second step")
    assert "The second step is off." in page.notices[0]
    assert "The second step of signing in was turned off." in last_mail().body
    client.get("/providers/home").submit("LOGOUT")
    assert sign_in(client).path == "/providers/home"


# --- no way around ------------------------------------------------------------------------------------


def test_an_old_password_is_changed_only_after_the_code(
    client: Client, phone: pyotp.TOTP, clock: Hands
) -> None:
    clock.advance(days=91)
    page = enter(sign_in(client), shown(phone))
    assert page.path == "/providers/profile/password"
    typed = {"Your present password": PASSWORD, "New Password": NEW_PASSWORD}
    page = page.fill({**typed, "Re-enter New Password": NEW_PASSWORD}).submit("Change password")
    assert page.path == "/providers/profile"


def test_of_several_browsers_with_one_code_one_gets_in(app: Any, new_client: Any, phone: pyotp.TOTP) -> None:
    code = shown(phone)
    pages = [sign_in(new_client()) for _ in range(5)]
    assert [enter(page, code).path for page in pages].count("/providers/home") == 1


def test_an_account_that_needs_a_second_factor_opens_nothing_before(
    make_app: Any, tmp_path: Any, clock: Hands
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('[sign_in]\nsecond_factor_for = ["provider"]\n', encoding="utf-8")
    client = Client(make_app(PORTAL_PLAN=str(plan)))
    make_rosa()
    page = sign_in(client)
    assert page.path == "/providers/profile/second-factor"
    assert client.get("/providers/home").path == "/providers/profile/second-factor"
    page = with_password(page, "Set up")
    secret = words(page.main.xpath(".//code")[0]).replace(" ", "")
    page = page.fill({"Code": shown(pyotp.TOTP(secret))}).submit("Turn on the second step")
    page.submit("I have kept them")
    page = client.get("/providers/profile/second-factor")
    assert "Turn off the second step" not in page.links()
    assert client.get("/providers/home").path == "/providers/home"


def test_signing_in_ends_unused_codes(client: Client, phone: pyotp.TOTP, rosa: Account) -> None:
    from tests.harness.application import SECRET_KEY
    from webapp.config import read_plan
    from webapp.domain.account import codes

    plan = read_plan()
    code = codes.issue("recover", "run", SECRET_KEY, plan, account_id=rosa.id)
    page = sign_in(client)
    enter(page, shown(phone))
    assert not codes.redeem("recover", "run", code, SECRET_KEY, plan)
    assert AuditEntry.select().where(AuditEntry.action == "sign-in").count() == 1
    assert accounts.Account.select().count() == 1
