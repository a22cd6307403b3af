"""The profile: a new password, after the present one; and a password that is too old."""

from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration.profile_walk import (
    NEW_PASSWORD,
    PASSWORD,
    WRONG,
    change_password,
    fresh,
    last_mail,
    make_rosa,
    open_page,
    sign_in,
)
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.outbox import OutboxMessage


def test_a_password_is_changed_and_the_address_on_file_is_told(
    person: Client, side: str, account: Account, new_client: Any
) -> None:
    elsewhere = new_client()
    sign_in(elsewhere, side)
    page = change_password(open_page(person, side, "password"))
    assert page.path == f"/{side}s/profile"
    assert page.notices[0] == "Your password is changed."
    assert passwords.check_secret(fresh(account).password_hash, NEW_PASSWORD)
    assert last_mail().recipient == account.email
    assert "The password was changed." in last_mail().body
    assert elsewhere.get(f"/{side}s/profile").path == f"/{side}s/login", "other sessions have ended"


def test_the_present_password_is_asked_for_and_tries_are_slowed_down(
    person: Client, side: str, account: Account, clock: Hands
) -> None:
    page = open_page(person, side, "password")
    for _ in range(4):
        page = change_password(page, present="wrong")
        assert page.errors == [WRONG]
        assert page.status == 422
    page = change_password(page)
    assert page.status == 429
    assert page.errors[0].startswith("There were too many wrong tries.")
    assert not passwords.check_secret(fresh(account).password_hash, NEW_PASSWORD)
    clock.advance(seconds=6)
    assert change_password(page).notices[0] == "Your password is changed."


def test_guesses_in_the_profile_count_with_those_of_sign_in(
    person: Client, side: str, account: Account, new_client: Any
) -> None:
    page = open_page(person, side, "password")
    for _ in range(4):
        page = change_password(page, present="wrong")
    assert sign_in(new_client(), side).status == 429


def test_the_second_of_two_taps_is_told_the_same(person: Client, side: str, account: Account) -> None:
    page = open_page(person, side, "password")
    old = person.browser.get_cookie(f"{side}_session").value
    change_password(page)
    mails = OutboxMessage.select().count()
    person.browser.set_cookie(f"{side}_session", old)
    again = change_password(page)
    assert again.notices[-1] == "Your password is changed."
    assert OutboxMessage.select().count() == mails


def test_the_session_gets_another_token_and_the_old_one_ends(
    person: Client, side: str, account: Account, clock: Hands
) -> None:
    old = person.browser.get_cookie(f"{side}_session").value
    change_password(open_page(person, side, "password"))
    new = person.browser.get_cookie(f"{side}_session").value
    assert new != old
    clock.advance(seconds=30)
    assert person.get(f"/{side}s/profile").path == f"/{side}s/profile"
    person.browser.set_cookie(f"{side}_session", old)
    assert person.get(f"/{side}s/profile").path == f"/{side}s/login"


def test_changing_things_makes_no_session_longer(person: Client, side: str, clock: Hands) -> None:
    for hour in range(12):
        assert change_password(
            open_page(person, side, "password"),
            present=PASSWORD if hour == 0 else f"Willow.Bridge.{hour - 1}x",
            new=f"Willow.Bridge.{hour}x",
        ).notices
        for _ in range(5):
            clock.advance(minutes=12)
            person.get(f"/{side}s/profile")
    clock.advance(minutes=1)
    assert person.get(f"/{side}s/profile").path == f"/{side}s/login"


@pytest.mark.parametrize(
    ("new", "error"),
    [
        ("Sh0rt!", "Use at least 8 characters for the password."),
        ("no-digits-here", "Use at least 1 digit in the password."),
        ("nospecial99", "Use at least 1 of these in the password:"),
        ("Rosa-2015-x", "Leave your name, your username"),
        ("Emoji-2015-😀", "Use only letters, digits, and these characters"),
        ("Zero-2015-\x00", "Use only letters, digits, and these characters"),
        (PASSWORD, "You had that password before."),
        ("", "Enter a new password."),
    ],
    ids="short digit special personal other-letters nul same nothing".split(),
)
def test_a_password_that_breaks_a_rule_is_refused_with_the_reason(
    rosa: Account, client: Client, new: str, error: str
) -> None:
    page = change_password(open_page(client, "provider", "password"), new=new)
    assert page.status == 422
    assert page.errors[0].startswith(error)


def test_none_of_the_last_ten_is_taken_again(rosa: Account, client: Client) -> None:
    present = PASSWORD
    for n in range(10):
        new = f"Lantern.Row.{n:02}"
        assert change_password(open_page(client, "provider", "password"), present, new).notices
        present = new
    page = open_page(client, "provider", "password")
    for n in range(10):
        page = change_password(page, present, f"Lantern.Row.{n:02}")
        assert page.errors == ["You had that password before. Choose one that is none of your last 10."]
    assert change_password(page, present, PASSWORD).notices, "the eleventh may come again"


def test_two_different_new_passwords_cost_no_try(rosa: Account, client: Client) -> None:
    page = open_page(client, "provider", "password")
    typed = {"Your present password": "wrong", "New Password": NEW_PASSWORD, "Re-enter New Password": "x"}
    page = page.fill(typed).submit("Change password")
    assert page.errors == ["The two passwords are not the same. Enter the new password again."]


def test_a_new_password_left_blank_is_not_said_to_differ(rosa: Account, client: Client) -> None:
    page = open_page(client, "provider", "password").submit("Change password")
    assert page.errors == ["Enter your present password.", "Enter a new password."]


def test_a_very_long_password_works(rosa: Account, client: Client) -> None:
    long = "Lantern-7 ".strip() + "x" * 10_000
    assert change_password(open_page(client, "provider", "password"), new=long).notices


OPEN_AGAIN = ("home", "reports", "access", "practices", "team", "messages", "profile", "patients")


def test_with_a_password_of_90_days_nothing_opens_but_changing_it(
    app: Any, client: Client, clock: Hands
) -> None:
    make_rosa()
    clock.advance(days=90)
    page = sign_in(client)
    assert page.path == "/providers/profile/password"
    assert "Your password is over 90 days old." in page.notices[0]
    assert not page.tree.xpath("//nav[@aria-label='Main']"), "nothing leads away"
    for name in OPEN_AGAIN:
        assert client.get(f"/providers/{name}").path == "/providers/profile/password"
    for name in ("email", "question", "second-factor", "sign-ins"):
        assert open_page(client, "provider", name).path == "/providers/profile/password"


def test_no_address_of_the_portal_opens_in_such_a_session(app: Any, client: Client, clock: Hands) -> None:
    from tests.harness.routes import addresses

    make_rosa()
    clock.advance(days=90)
    token = sign_in(client).form().values["csrf_token"]
    open_anyway = {"/providers/profile/password", "/providers/stay"}
    for method, url in addresses(app, "provider"):
        if url in open_anyway:
            continue
        data = {"csrf_token": token} if method == "POST" else None
        page = client.open(method, url, data=data, follow=False)
        assert page.status == 303, f"{method} {url} answered {page.status}"
        assert page.response.headers["Location"] == "/providers/profile/password"


def test_htmx_gets_there_as_a_whole_page(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=90)
    sign_in(client)
    part = client.open("GET", "/providers/reports", htmx=True, follow=False)
    assert part.response.headers["HX-Redirect"] == "/providers/profile/password"


def test_once_it_is_changed_everything_is_open(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=90)
    page = change_password(sign_in(client))
    assert page.path == "/providers/profile"
    assert client.get("/providers/practices").path == "/providers/practices"


def test_a_password_grows_old_in_the_middle_of_a_session(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=89, hours=20)
    sign_in(client)
    clock.set_today(clock.today().replace(month=6, day=23))
    Session.update(started_at=clock.now(), seen_at=clock.now()).execute()
    assert client.get("/providers/home").path == "/providers/profile/password"


def test_signing_out_is_possible_with_an_old_password(app: Any, client: Client, clock: Hands) -> None:
    make_rosa()
    clock.advance(days=90)
    assert sign_in(client).submit("LOGOUT").path == "/providers/login"


def test_the_plan_can_turn_it_off(make_app: Any, tmp_path: Any, clock: Hands) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text("[provider_password]\nexpires_days = 0\n", encoding="utf-8")
    client = Client(make_app(PORTAL_PLAN=str(plan)))
    make_rosa()
    clock.advance(days=4000)
    assert sign_in(client).path == "/providers/home"
