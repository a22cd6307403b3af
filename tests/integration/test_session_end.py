"""The end of a session: how long there is, staying, and what was typed when it came."""

import gc
import re
from typing import Any

import pytest
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from tests.harness.clock import TODAY, Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_member, add_span
from tests.integration.registration_walk import add_ana
from webapp.domain.account import accounts, kept_forms
from webapp.domain.account.accounts import Account
from webapp.domain.account.kept_forms import KeptForm
from webapp.domain.account.sessions import Session
from webapp.web import kept
from webapp.web.forms import Form

NEW = "/members/messages/new"
TYPED = {
    "What is it about?": "My ID card",
    "Subject": "A card for Núñez <b>",
    "Message": 'It has not come.\n\n"Two weeks" now.',
}


def make(username: str, portal: str = "member", **more: Any) -> Account:
    return accounts.create_account(
        portal=portal,
        username=username,
        password="Naranja7lago",
        email=f"{username}@example.com",
        first_name=username.title(),
        last_name="Ortiz",
        **more,
    )


@pytest.fixture
def ana(app: Any) -> Account:
    add_ana()
    return make("ana", client_id="001234567")


def sign_in(client: Client, username: str = "ana", portal: str = "member") -> Page:
    return fill_in(client.get(f"/{portal}s/login"), username)


def fill_in(page: Page, username: str = "ana") -> Page:
    return page.fill({"Username": username, "Password": "Naranja7lago"}).submit("Login")


def lasts(page: Page, minutes: float) -> bool:
    """Whether the session lasts so long; the clock goes on while the test runs."""
    return 0 <= minutes * 60 - int(page.response.headers["Session-Left"]) < 20


# --- how long there is ---


@pytest.mark.parametrize("portal", ["member", "provider"])
def test_each_page_carries_the_warning_and_how_long_the_session_lasts(
    client: Client, ana: Account, portal: str
) -> None:
    if portal == "provider":
        make("office", "provider")
    page = sign_in(client, "ana" if portal == "member" else "office", portal)
    assert lasts(page, 15)
    [warning] = page.tree.xpath("//dialog[@id='ending']")
    assert 880 < int(warning.get("data-left")) <= 900
    assert "signed out 15 minutes after your last step" in " ".join(warning.itertext())


def test_only_where_the_server_keeps_what_was_typed_script_sends_it_at_the_end(
    client: Client, ana: Account
) -> None:
    sign_in(client)
    for url, keeps in ((NEW, True), ("/members/find-a-doctor", False)):
        [warning] = client.get(url).tree.xpath("//dialog[@id='ending']")
        assert ("data-keeps" in warning.attrib) == keeps


def test_public_pages_carry_no_warning(client: Client) -> None:
    page = client.get("/members/login")
    assert not page.tree.xpath("//dialog")
    assert "Session-Left" not in page.response.headers


def test_asking_how_long_there_is_extends_nothing(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    for _ in range(3):
        clock.advance(minutes=4)
        answer = client.open("HEAD", "/members/stay", headers={"HX-Request": "true"})
    assert lasts(answer, 3)
    clock.advance(minutes=3, seconds=1)
    assert client.get("/members/home").heading == "Secure Member Login"


def test_staying_begins_the_time_anew_at_once(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    clock.advance(seconds=30)  # less than the grain in which pages note that the person is there
    page = client.post("/members/stay", headers={"HX-Request": "true"})
    assert page.status == 204
    assert lasts(page, 15)


def test_without_script_staying_is_a_page(client: Client, ana: Account, clock: Hands) -> None:
    home = sign_in(client)
    clock.advance(minutes=13)
    page = home.submit("Stay signed in")
    assert page.heading == "You are still signed in"
    assert "close it to go back" in page.text
    clock.advance(minutes=13)
    page = client.get("/members/stay")
    assert page.heading == "Do you need more time?"
    assert lasts(page, 2)
    assert page.submit("Stay signed in").heading == "You are still signed in"


def test_the_page_in_spanish_says_until_when_with_am_or_pm(client: Client, ana: Account) -> None:
    sign_in(client)
    assert re.search(r"\d{1,2}:\d\d\s[ap]\.\sm\.", client.get("/members/stay?lang=es").text)


def test_nobody_stays_longer_than_twelve_hours(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    for _ in range(71):
        clock.advance(minutes=10)
        client.post("/members/stay", headers={"HX-Request": "true"})
    clock.advance(minutes=8)
    assert lasts(client.post("/members/stay", headers={"HX-Request": "true"}), 2)


def test_whoever_comes_late_is_told_why_to_sign_in_again(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    clock.advance(minutes=16)
    page = client.get("/members/account")
    assert page.notices == ["You were signed out to keep your information private. Please sign in again."]
    assert fill_in(page).heading == "My HUSKY Account Information"


# --- what was typed ---


def late(client: Client, clock: Hands, minutes: int = 16) -> Page:
    """A message that is sent after the session has ended."""
    form = client.get(NEW).fill(TYPED)
    clock.advance(minutes=minutes)
    return form.submit("Send")


def typed_on(page: Page) -> dict[str, str]:
    form = page.form("Send")
    return {name: form.values[name] for name in ("topic", "subject", "body")}


KEPT = {
    "topic": "id-card",
    "subject": TYPED["Subject"],
    "body": TYPED["Message"],
}


@pytest.mark.parametrize("minutes", [16, 600])
def test_what_was_sent_too_late_is_shown_again_after_signing_in(
    client: Client, ana: Account, clock: Hands, minutes: int
) -> None:
    sign_in(client)
    page = late(client, clock, minutes)
    assert page.path == "/members/login"
    assert "what you typed is still here" in page.notices[0]
    page = fill_in(page)
    assert page.path == NEW
    assert page.notices == ["What you typed is here again. It was not sent yet: please check it and send it."]
    assert {name: value.replace("\r\n", "\n") for name, value in typed_on(page).items()} == KEPT
    page = page.submit("Send")
    assert page.heading == "Messages with Member Engagement Services"
    assert KeptForm.select().count() == 0
    assert not typed_on(client.get(NEW))["body"]


def test_an_htmx_form_that_comes_late_is_kept_too(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    token = client.csrf_token()
    clock.advance(minutes=16)
    data = {"csrf_token": token, "subject": "S", "body": "B", "topic": "other"}
    answer = client.open("POST", NEW, data=data, htmx=True, follow=False)
    assert answer.status == 401
    page = fill_in(client.get(answer.response.headers["HX-Redirect"]))
    assert typed_on(page) == {"topic": "other", "subject": "S", "body": "B"}


def test_somebody_else_who_signs_in_sees_nothing_of_it(client: Client, ana: Account, clock: Hands) -> None:
    add_member("009999999", first_name="Ben")
    add_span("009999999", TODAY)
    make("ben", client_id="009999999")
    sign_in(client)
    page = fill_in(late(client, clock), "ben")
    assert page.path == NEW
    assert not typed_on(page)["body"]
    assert not page.notices
    page.submit("LOGOUT")
    assert typed_on(fill_in(client.get(f"/members/login?next={NEW}")))["subject"] == TYPED["Subject"]


def test_another_browser_of_the_same_person_sees_nothing_of_it(
    client: Client, new_client: Any, ana: Account, clock: Hands
) -> None:
    sign_in(client)
    late(client, clock)
    other = new_client()
    sign_in(other)
    assert not typed_on(other.get(NEW))["body"]


def test_it_is_kept_for_half_an_hour(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    page = late(client, clock)
    clock.advance(minutes=31)
    page = fill_in(page)
    assert page.path == NEW
    assert not typed_on(page)["body"]
    kept_forms.sweep()
    assert KeptForm.select().count() == 0


def test_a_session_that_was_ended_on_purpose_keeps_nothing(client: Client, ana: Account) -> None:
    home = sign_in(client)
    form = client.get(NEW).fill(TYPED)
    Session.delete().execute()  # as signing out everywhere or a new password does
    page = form.submit("Send")
    assert page.path == "/members/login"
    assert KeptForm.select().count() == 0
    assert home.status == 200


def test_passwords_and_answers_are_not_kept(client: Client, ana: Account, clock: Hands) -> None:
    sign_in(client)
    token = client.csrf_token()
    clock.advance(minutes=16)
    names = ("new_password", "answer_1", "pin", "code", "present")
    secrets = {name: f"Secret {name}" for name in names}
    client.post(NEW, {"csrf_token": token, "body": "Hello", **secrets})
    kept = KeptForm.get().answers
    assert "Hello" in kept
    assert "Secret" not in kept


def test_a_form_of_before_a_new_sign_in_in_another_tab_is_shown_again(
    client: Client, ana: Account, clock: Hands
) -> None:
    sign_in(client)
    form = client.get(NEW).fill(TYPED)
    clock.advance(minutes=16)
    sign_in(client)  # in the other tab; the form's token is no longer good
    page = form.submit("Send")
    assert page.path == NEW
    assert "It was not sent yet" in page.notices[0]
    assert typed_on(page)["subject"] == TYPED["Subject"]
    assert page.submit("Send").heading.startswith("Messages with")


def test_nothing_of_it_is_in_the_address_of_the_login_page(
    client: Client, ana: Account, clock: Hands
) -> None:
    sign_in(client)
    page = late(client, clock)
    assert "Núñez" not in page.url
    assert "body" not in page.url


def test_every_form_shows_again_what_was_typed(app: Any) -> None:
    """Signing in apart, which has its own answer to being late."""
    others = {form.__name__ for form in all_of(FlaskForm) - all_of(Form)}
    assert others == {"Form", "LoginForm", "CodeForm"}


def test_that_check_finds_a_form_of_another_kind(app: Any) -> None:
    stranger = type("Stranger", (FlaskForm,), {})
    assert stranger in all_of(FlaskForm) - all_of(Form)
    del stranger
    gc.collect()  # else the check above would find it, where it runs after this


def test_a_field_for_a_secret_is_known_whatever_its_name() -> None:
    class Odd(Form):
        favourite_colour = PasswordField()
        plain = StringField()

    assert "favourite_colour" in kept.SECRET_FIELDS
    assert "plain" not in kept.SECRET_FIELDS


def all_of(form: type) -> set[type]:
    """Every form that is one of these."""
    direct = set(form.__subclasses__())
    return direct.union(*(all_of(one) for one in direct))
