"""Forgot Username or Password? (guide 000, "Retrieving Your Username or Password"), through the pages."""

from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.harness.plan_rows import add_member
from tests.integration.recovery_walk import (
    ANSWERS,
    IDENTITY,
    NEW,
    NEW_PASSWORD,
    OLD,
    add_ana_account,
    another,
    give_answers,
    give_code,
    identify,
    mailed_code,
    mails,
    untranslated,
)
from webapp.config import read_plan
from webapp.domain.account import account_changes, passwords, sessions
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.flows.runs import FlowRun

NOT_FOUND = ["Eligibility not found. Check the Member ID and the names as they are on the ID card."]


@pytest.fixture(params=[False, True], ids=["without JavaScript", "with HTMX"])
def browser(request: pytest.FixtureRequest, new_client: Any) -> Client:
    return new_client(htmx=request.param)


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


@pytest.mark.parametrize(
    "wrong", [{"Member ID": "001234568"}, {"First Name": "Anne"}, {"Last Name": "Ortega"}]
)
def test_any_mismatch_says_the_same_and_nothing_is_asked(client: Client, wrong: dict[str, str]) -> None:
    add_ana_account()
    page = identify(client, **wrong)
    assert page.status == 422
    assert page.errors == NOT_FOUND
    assert client.get("/members/recover/questions").path == "/members/recover/identity"


def test_a_member_without_an_account_reads_the_same_as_nobody(client: Client) -> None:
    add_ana_account()
    add_member("001234568", first_name="Rosa")
    page = identify(client, **{"Member ID": "001234568", "First Name": "Rosa"})
    assert page.errors == NOT_FOUND
    assert "New user? Register here." in page.links()


def test_a_frozen_account_reads_the_same_as_nobody(client: Client, clock: Hands) -> None:
    add_ana_account()
    Account.update(frozen_at=clock.now()).execute()
    assert identify(client).errors == NOT_FOUND


def test_case_accents_spaces_and_hyphens_do_not_matter(client: Client) -> None:
    add_ana_account()
    page = identify(client, **{"Member ID": "001-234 567", "First Name": " ANA", "Last Name": "Órtiz"})
    assert page.facts["Your username is:"] == "ana.ortiz"


def test_three_wrong_tries_lock_for_half_an_hour_and_the_message_says_so(
    client: Client, clock: Hands
) -> None:
    add_ana_account()
    for _ in range(2):
        assert identify(client, **{"First Name": "Anne"}).errors == NOT_FOUND
    page = identify(client, **{"First Name": "Anne"})
    assert page.status == 429
    assert "Try again in 30 minutes" in page.errors[0]
    assert "1.877.606.5172" in page.errors[0]
    clock.advance(minutes=28)
    page = identify(client)
    assert page.status == 429, "the right names are not looked at either"
    assert "Try again in 2 minutes" in page.errors[0]
    clock.advance(minutes=2)
    assert identify(client).facts["Your username is:"] == "ana.ortiz"


def test_each_further_lock_is_twice_as_long(new_client: Any, clock: Hands) -> None:
    def three_wrong_tries() -> str:
        for _ in range(3):
            page = identify(new_client(), **{"Member ID": "999999999"})
        return page.errors[0]

    for minutes, words in ((30, "30 minutes"), (60, "60 minutes"), (120, "2 hours"), (240, "4 hours")):
        assert f"Try again in {words}" in three_wrong_tries()
        clock.advance(minutes=minutes)


def test_an_unknown_id_locks_like_a_known_one_whatever_browser_asks(new_client: Any) -> None:
    for member_id in ("999999999", "001234567"):
        for _ in range(3):
            page = identify(new_client(), **{"Member ID": member_id, "First Name": "Anne"})
        assert page.status == 429


def test_one_browser_gets_three_wrong_tries_whatever_ids_it_tries(client: Client) -> None:
    for number in range(3):
        page = identify(client, **{"Member ID": f"99999000{number}"})
    assert page.status == 429


def test_a_lock_of_recovery_is_none_of_signing_in(client: Client, new_client: Any) -> None:
    add_ana_account()
    for _ in range(3):
        identify(client, **{"First Name": "Anne"})
    page = new_client().get("/members/login").fill({"Username": "ana.ortiz", "Password": OLD})
    assert page.submit("Login").heading.startswith("Welcome")


def test_wrong_answers_lock_too_and_which_was_wrong_is_not_said(client: Client, new_client: Any) -> None:
    add_ana_account()
    page = identify(client)
    for _ in range(2):
        page = give_answers(page, answer="Nobody")
        assert page.errors == ["That is not what we have on file. Check the spelling and try again."]
    page = give_answers(page, answer="Nobody")
    assert page.status == 429
    assert "Try again in 30 minutes" in page.errors[0]
    page = give_answers(identify(new_client()))
    assert page.status == 429, "another browser is not asked either"


def test_one_right_answer_of_two_is_not_enough(client: Client) -> None:
    add_ana_account()
    page = identify(client)
    asked = [label for label in page.form("Next").labels() if label in ANSWERS]
    page = page.fill({asked[0]: ANSWERS[asked[0]], asked[1]: "Nobody"}).submit("Next")
    assert page.status == 422
    assert client.get("/members/recover/reset").path == "/members/recover/questions"


def test_the_same_two_questions_are_asked_until_the_password_is_reset(new_client: Any) -> None:
    add_ana_account()

    def asked() -> tuple[str, ...]:
        return tuple(label for label in identify(new_client()).form("Next").labels() if label in ANSWERS)

    first = asked()
    assert len(first) == 2
    assert {asked() for _ in range(4)} == {first}


def test_answers_are_never_stored(client: Client) -> None:
    add_ana_account()
    give_answers(identify(client), answer="Zaragoza")
    assert "Zaragoza" not in FlowRun.get().answers


@pytest.mark.parametrize("step", ["code", "question", "reset"])
def test_no_step_can_be_jumped_to(client: Client, step: str) -> None:
    add_ana_account(questions=1)
    identify(client)
    assert client.get(f"/members/recover/{step}").path == "/members/recover/send-code"


def test_a_wrong_code_opens_nothing_and_a_new_one_ends_the_old(client: Client) -> None:
    add_ana_account(questions=1)
    page = identify(client).submit("Next")
    first = mailed_code()
    page = give_code(page, another(first))
    assert page.errors == [
        "That code is not right, or it is too old. Use the newest mail, or ask for a new code."
    ]
    page = page.submit("Send a new code")
    assert "We sent a new code." in page.notices[0]
    second = mailed_code()
    if first != second:
        page = give_code(page, first)
        assert page.status == 422
    assert give_code(page, f"{second[:3]} {second[3:]}").heading == "Security Question"


def test_a_code_is_good_for_ten_minutes_in_its_own_run(client: Client, new_client: Any, clock: Hands) -> None:
    add_ana_account(questions=1)
    page = identify(client).submit("Next")
    code = mailed_code()
    other = new_client()
    elsewhere = identify(other).submit("Next")
    if mailed_code() != code:
        assert give_code(elsewhere, code).status == 422, "another run's code"
    clock.advance(minutes=10, seconds=1)
    assert give_code(page, code).status == 422


def test_an_account_without_an_address_is_told_whom_to_call(client: Client) -> None:
    add_ana_account(questions=1, email="")
    page = identify(client)
    assert page.facts["Your username is:"] == "ana.ortiz"
    page = page.submit("Next")
    assert page.status == 422
    assert "1.877.606.5172" in page.errors[0]
    assert not mails()


def test_five_wrong_codes_lock(client: Client) -> None:
    add_ana_account(questions=1)
    page = identify(client).submit("Next")
    code = mailed_code()
    for _ in range(5):
        page = give_code(page, another(code))
    assert page.status == 429
    assert give_code(page, code).status == 429


def test_only_so_many_codes_are_sent(client: Client, clock: Hands) -> None:
    add_ana_account(questions=1)
    page = identify(client).submit("Next")
    for _ in range(2):
        page = page.submit("Send a new code")
    assert len(mails()) == 3
    page = page.submit("Send a new code")
    assert page.status == 429
    assert "wait 1 minute and ask again" in page.errors[0]
    assert len(mails()) == 3
    clock.advance(minutes=1)
    page.submit("Send a new code")
    assert len(mails()) == 4


def test_a_code_dies_with_a_change_of_the_account(client: Client) -> None:
    ana = add_ana_account(questions=1)
    page = identify(client).submit("Next")
    code = mailed_code()
    account_changes.set_answers(ana, [], Actor("member", "", ana.id), read_plan(), FreezeLinks("", "key"))
    assert give_code(page, code).status == 422


def test_the_mail_with_the_code_names_no_member_number_and_speaks_the_accounts_language(
    client: Client,
) -> None:
    add_ana_account(questions=1, language="es")
    identify(client).submit("Next")
    mail = mails()[0]
    assert mail.language == "es"
    assert "001234567" not in mail.body + mail.subject


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


@pytest.mark.parametrize("typed", ["<b>O'Brien</b>", "Ñ" * 10_000, "Робертсон", "\x00'; DROP TABLE member--"])
def test_odd_input_is_answered_calmly(client: Client, typed: str) -> None:
    add_ana_account()
    page = identify(client, **{"First Name": typed, "Last Name": typed})
    assert page.status in (400, 422)
    page = identify(client, **{"Member ID": typed})
    assert page.status in (400, 422, 429)


@pytest.mark.parametrize("typed", ["<b>O'Brien</b>", "Ñ" * 10_000, "\x00"])
def test_odd_answers_are_answered_calmly(client: Client, typed: str) -> None:
    add_ana_account()
    assert give_answers(identify(client), answer=typed).status in (400, 422)
