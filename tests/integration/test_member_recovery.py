"""Forgot Username or Password? (guide 000, "Retrieving Your Username or Password"), through the pages."""

from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration.recovery_walk import (
    ANSWERS,
    IDENTITY,
    NEW,
    NEW_PASSWORD,
    OLD,
    add_ana_account,
    give_answers,
    give_code,
    identify,
    mailed_code,
    mails,
    untranslated,
)
from webapp.domain.account import passwords, sessions
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import AuditEntry
from webapp.flows.runs import FlowRun


def test_an_account_with_several_questions_is_recovered_in_three_steps(browser: Client) -> None:
    add_ana_account()
    page = browser.get("/members/login").click("Forgot your username or password?")
    assert page.heading == "Forgot Username or Password?"
    assert "Step 1 of 3" in page.text
    page = page.fill(IDENTITY).submit("Next")
    assert "Step 2 of 3" in page.text
    assert page.facts["Your username is:"] == "ana.ortiz"
    assert page.links()["Login now"] == "/members/login"
    assert "Forgot your password? Please answer your security questions below." in page.text
    page = give_answers(page)
    assert page.heading == "Reset Your Password"
    page = page.fill(NEW_PASSWORD).submit("Reset and Log In")
    assert page.heading == "Welcome to Your HUSKY Health Account!"
    assert passwords.check_secret(Account.get().password_hash, NEW)


def test_an_account_with_one_question_is_recovered_in_five_steps(browser: Client) -> None:
    add_ana_account(questions=1)
    page = identify(browser)
    assert "Step 2 of 5" in page.text
    assert page.facts == {
        "Your username is:": "ana.ortiz",
        "Send identification code via email": "anxxx@example.com",
    }
    assert "Forgot your password? We'll send an identification code to your email" in page.text
    assert not mails(), "nothing is sent before the person asks"
    page = page.submit("Next")
    assert "Step 3 of 5" in page.text
    assert "anxxx@example.com" in page.text
    page = give_code(page)
    assert "Step 4 of 5" in page.text
    page = page.fill({next(iter(ANSWERS)): "ponce "}).submit("Next")
    assert page.heading == "Reset Your Password"
    assert "Step 5 of 5" in page.text
    page = page.fill(NEW_PASSWORD).submit("Reset and Log In")
    assert page.heading == "Welcome to Your HUSKY Health Account!"


@pytest.mark.parametrize("step", ["code", "question", "reset"])
def test_no_step_can_be_jumped_to(client: Client, step: str) -> None:
    add_ana_account(questions=1)
    identify(client)
    assert client.get(f"/members/recover/{step}").path == "/members/recover/send-code"


def test_all_sessions_end_and_the_address_is_told_with_a_way_to_stop_it(client: Client) -> None:
    ana = add_ana_account()
    for _ in range(3):
        sessions.start(ana, "203.0.113.7", "a browser")
    give_answers(identify(client)).fill(NEW_PASSWORD).submit("Reset and Log In")
    assert Session.select().count() == 1, "only the one that recovery began"
    (mail,) = mails("ana.ortiz@example.com")
    assert "The password was changed." in mail.body
    assert "/account/freeze/" in mail.body


def test_the_old_password_no_longer_opens_the_account(client: Client, new_client: Any) -> None:
    add_ana_account()
    give_answers(identify(client)).fill(NEW_PASSWORD).submit("Reset and Log In")
    for password, opens in ((OLD, False), (NEW, True)):
        login = new_client().get("/members/login").fill({"Username": "ana.ortiz", "Password": password})
        assert (login.submit("Login").path == "/members/home") is opens


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"New Password": "", "Re-enter New Password": ""}, "Enter a password."),
        (
            {"New Password": "short1", "Re-enter New Password": "short1"},
            "Use at least 8 characters for the password.",
        ),
        (
            {"New Password": "ana.ortiz99", "Re-enter New Password": "ana.ortiz99"},
            "Leave your name, your username and the name of the program out of the password.",
        ),
        (
            {"Re-enter New Password": "Granito9mesa"},
            "The two passwords are not the same. Enter the password again.",
        ),
        ({"Email Address": "ana"}, "Enter an email address like name@example.com."),
        (
            {"Email Address": "ana@new.example.com"},
            "The two email addresses are not the same. Enter your address again.",
        ),
    ],
)
def test_the_last_step_says_what_is_wrong_and_how_to_mend_it(
    client: Client, typed: dict[str, str], error: str
) -> None:
    add_ana_account()
    page = give_answers(identify(client)).fill({**NEW_PASSWORD, **typed}).submit("Reset and Log In")
    assert page.status == 422
    assert error in page.errors
    assert passwords.check_secret(Account.get().password_hash, OLD)


def test_a_new_password_that_was_right_need_not_be_typed_again(client: Client) -> None:
    add_ana_account()
    page = give_answers(identify(client)).fill({**NEW_PASSWORD, "Email Address": "ana"})
    page = page.submit("Reset and Log In")
    assert NEW not in page.html
    assert NEW not in FlowRun.get().answers
    page = page.fill({"Email Address": "ana.ortiz@example.com"}).submit("Reset and Log In")
    assert page.heading.startswith("Welcome")
    assert passwords.check_secret(Account.get().password_hash, NEW)


def test_a_new_address_counts_once_its_code_is_entered(browser: Client) -> None:
    add_ana_account()
    new = {"Email Address": "ana@new.example.com", "Confirm Email": "ana@new.example.com"}
    page = give_answers(identify(browser)).fill({**NEW_PASSWORD, **new}).submit("Reset and Log In")
    assert page.heading == "Enter the code from your email"
    assert browser.signed_in
    assert Account.get().email == "ana.ortiz@example.com"
    page = page.fill({"Verification code": mailed_code("ana@new.example.com")}).submit("Change email address")
    assert Account.get().email == "ana@new.example.com"
    told = [mail.body for mail in mails("ana.ortiz@example.com")]
    assert ["The password was changed." in told[0], "The email address was changed." in told[1]] == [
        True,
        True,
    ]


def test_the_address_on_file_stands_in_the_fields(client: Client) -> None:
    add_ana_account()
    page = give_answers(identify(client))
    assert "We have the following email address on file. Please update it now if it has changed." in page.text
    values = page.form("Reset and Log In").values
    assert values["email"] == values["confirm_email"] == "ana.ortiz@example.com"


def test_cancel_leads_to_the_login_page_and_forgets(client: Client) -> None:
    add_ana_account()
    page = give_answers(identify(client)).submit("Cancel")
    assert page.heading == "Secure Member Login"
    assert FlowRun.select().count() == 0


def test_a_run_that_began_before_a_change_of_the_account_must_begin_anew(
    client: Client, clock: Hands
) -> None:
    ana = add_ana_account()
    page = give_answers(identify(client)).fill(NEW_PASSWORD)
    clock.advance(minutes=1)
    Account.update(password_hash=passwords.hash_secret("Marmol9rio"), password_changed_at=clock.now()).where(
        Account.id == ana.id
    ).execute()
    page = page.submit("Reset and Log In")
    assert page.path == "/members/recover/identity"
    assert passwords.check_secret(Account.get().password_hash, "Marmol9rio")


def test_a_second_press_of_reset_and_log_in_ends_where_the_first_one_did(client: Client) -> None:
    add_ana_account()
    form = give_answers(identify(client)).fill(NEW_PASSWORD)
    for _ in range(2):
        assert form.submit("Reset and Log In").heading.startswith("Welcome")
    assert len(mails()) == 1


def test_a_second_press_after_logging_out_signs_nobody_in(client: Client) -> None:
    """The next person at a computer that others use too has the browser, and its cookies, but no password."""
    add_ana_account()
    form = give_answers(identify(client)).fill(NEW_PASSWORD)
    assert form.submit("Reset and Log In").heading.startswith("Welcome")
    client.post("/members/logout")
    assert client.post("/members/recover/reset", {"go": "next"}).path == "/members/recover/identity"
    assert client.get("/members/home").path == "/members/login"


def test_a_plan_may_hide_the_middle_of_the_username(tmp_path: Any, make_app: Any) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text("[recovery]\nmask_username = true\n")
    add_ana_account()
    page = identify(Client(make_app(PORTAL_PLAN=str(plan))))
    assert page.facts["Your username is:"] == "anxxx"
    assert "ana.ortiz" not in page.html


def test_each_step_is_in_the_audit_log_without_a_name_or_a_number(client: Client) -> None:
    ana = add_ana_account()
    identify(client, **{"First Name": "Anne"})
    give_answers(identify(client)).fill(NEW_PASSWORD).submit("Reset and Log In")
    entries = [
        (row.action, row.outcome, row.subject)
        for row in AuditEntry.select().where(AuditEntry.action.startswith("recover")).order_by(AuditEntry.id)
    ]
    own = f"account:{ana.id}"
    assert entries == [
        ("recover-identity", "refused", ""),
        ("recover-identity", "done", own),
        ("recover-answer", "done", own),
        ("recover", "done", own),
    ]


@pytest.mark.parametrize("questions", [1, 3])
def test_no_step_shows_words_that_nobody_translates(client: Client, questions: int) -> None:
    add_ana_account(questions=questions)
    page = identify(client)
    paths = ["/members/recover/identity", page.path]
    if questions == 1:
        page = page.submit("Next")
        paths.append(page.path)
        page = give_code(page)
        paths.append(page.path)
    paths.append(give_answers(page).path)
    assert len(paths) == {1: 5, 3: 3}[questions]
    assert untranslated(client, paths) == {}
