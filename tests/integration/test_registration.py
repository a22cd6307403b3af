"""Registering as a New User (guide 000, steps 1 to 4), through the pages."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.harness.plan_rows import TODAY, add_member, add_span
from tests.integration.registration_walk import (
    ACCOUNT,
    CARD,
    CLIENT_ID,
    add_ana,
    to_account,
    to_validation,
    to_verify,
)
from webapp.domain.account.accounts import Account
from webapp.domain.audit import AuditEntry
from webapp.domain.outbox import OutboxMessage
from webapp.flows.runs import FlowRun

NOT_FOUND = ["Eligibility not found"]


def test_a_member_registers_in_four_steps_and_is_signed_in(browser: Client) -> None:
    add_ana()
    page = browser.get("/members/register/license-agreement")
    assert page.heading == "STEP 1 OF 4: LICENSE AGREEMENT"
    page = page.submit("Agree")
    assert page.heading == "STEP 2 OF 4: VALIDATION"
    page = page.fill(CARD).submit("Next")
    assert page.heading == "STEP 3 OF 4: ACCOUNT INFORMATION"
    page = page.fill(ACCOUNT).submit("Next")
    assert page.heading == "STEP 4 OF 4: VERIFY"
    assert page.facts["Your Name"] == "Ana Ortiz"
    assert page.facts["Address"] == "12 Elm Street, Hartford, CT 06106"
    assert page.facts["Email Address"].startswith("ana@example.com")
    page = page.submit("Finish")
    assert page.heading == "Welcome to Your HUSKY Health Account!"
    assert page.facts["Client ID Number"] == CLIENT_ID
    assert Account.select().count() == 1


def test_the_new_member_gets_a_mail_whose_link_confirms_the_address(client: Client) -> None:
    add_ana()
    page = to_verify(client).submit("Finish")
    assert "Please confirm your email address." in page.text
    mail = OutboxMessage.get()
    assert mail.recipient == "ana@example.com"
    assert CLIENT_ID not in mail.body
    link = next(word for word in mail.body.split() if "/members/confirm/" in word)
    page = client.get("/members/confirm/" + link.rpartition("/")[2])
    assert Account.get().email_confirmed_at is None, "opening the link alone must change nothing"
    page = page.submit("Yes, confirm")
    assert page.notices == ["Thank you. Your email address is confirmed."]
    assert "Please confirm your email address." not in page.text


def test_the_mail_is_in_the_language_registered_in(new_client: Any) -> None:
    add_ana()
    browser = new_client(language="es")
    page = browser.get("/members/register/license-agreement").submit("Acepto")
    page = page.fill(
        {
            "Fecha de nacimiento": CARD["Date of Birth"],
            "Nombre": "Ana",
            "Apellido": "Ortiz",
            "Número de identificación del cliente": CLIENT_ID,
        }
    ).submit("Siguiente")
    names = dict(zip(ACCOUNT, [c.get("name") for c in page.form("Siguiente").controls[-11:]], strict=True))
    page = page.fill({names[label]: value for label, value in ACCOUNT.items() if "Question" not in label})
    for number, key in enumerate(("city-born", "first-pet", "oldest-niece"), start=1):
        page.values[f"question_{number}"] = key
    page.submit("Siguiente").submit("Finalizar")
    assert Account.get().language == "es"
    assert OutboxMessage.get().body.startswith("Hola, Ana")


@pytest.mark.parametrize(
    "wrong",
    [
        {"Date of Birth": "6/16/1990"},
        {"First Name": "Anne"},
        {"Last Name": "Ortega"},
        {"Client ID Number": "001234568"},
    ],
)
def test_any_mismatch_says_eligibility_not_found_and_nothing_more(
    client: Client, wrong: dict[str, str]
) -> None:
    add_ana()
    page = to_validation(client).fill({**CARD, **wrong}).submit("Next")
    assert page.status == 422
    assert page.errors == NOT_FOUND
    assert page.form("Next").values["first_name"] == {**CARD, **wrong}["First Name"], "what was typed stays"


def test_case_accents_spaces_hyphens_and_apostrophes_do_not_matter(client: Client) -> None:
    add_ana(first_name="José", last_name="O'Brien-Núñez")
    card = {**CARD, "First Name": " jose ", "Last Name": "OBRIEN NUNEZ", "Client ID Number": "001-234 567"}
    assert to_validation(client).fill(card).submit("Next").heading.startswith("STEP 3")


def test_three_wrong_tries_in_a_row_lock_and_only_support_opens_again(client: Client, clock: Hands) -> None:
    add_ana()
    page = to_validation(client)
    for _ in range(2):
        page = page.fill({**CARD, "First Name": "Anne"}).submit("Next")
        assert page.errors == NOT_FOUND
    page = page.fill({**CARD, "First Name": "Anne"}).submit("Next")
    assert page.status == 429
    assert "1.877.606.5172" in page.errors[0]
    clock.advance(minutes=29)
    page = page.fill(CARD).submit("Next")
    assert page.status == 429, "even the right card is not looked at any more"
    assert "1.877.606.5172" in page.errors[0]


def test_an_unknown_id_locks_like_a_known_one_in_every_browser(new_client: Any) -> None:
    wrong = {**CARD, "Client ID Number": "999999999"}
    for browser in (new_client(), new_client()):
        for _ in range(2):
            page = to_validation(browser).fill(wrong).submit("Next")
    assert page.status == 429


def test_one_browser_gets_three_wrong_tries_whatever_ids_it_tries(client: Client) -> None:
    page = to_validation(client)
    for number in range(3):
        page = page.fill({**CARD, "Client ID Number": f"99999000{number}"}).submit("Next")
    assert page.status == 429


def test_a_right_try_between_wrong_ones_starts_the_count_anew(new_client: Any) -> None:
    add_ana()
    for wrong in (2, 2):
        page = to_validation(new_client())
        for _ in range(wrong):
            page = page.fill({**CARD, "First Name": "Anne"}).submit("Next")
        assert page.fill(CARD).submit("Next").heading.startswith("STEP 3")


def test_a_double_tap_on_next_is_one_try(client: Client) -> None:
    page = to_validation(client)
    form = page.fill(CARD)
    for _ in range(5):
        page = form.submit("Next")
    assert page.errors == NOT_FOUND
    assert AuditEntry.select().where(AuditEntry.action == "register-match").count() == 1


def test_previous_keeps_what_was_typed_even_when_it_is_not_right_yet(client: Client) -> None:
    add_ana()
    page = to_account(client).fill({"Username": "ana", "Email Address": "not yet"}).submit("Previous")
    assert page.heading.startswith("STEP 2")
    assert page.form("Next").values["last_name"] == "Ortiz"
    page = page.submit("Next")
    assert page.form("Next").values["username"] == "ana"
    assert page.form("Next").values["email"] == "not yet"


def test_a_password_that_was_right_need_not_be_typed_again(client: Client) -> None:
    add_ana()
    page = to_account(client).fill({**ACCOUNT, "Confirm Email Address": "other@example.com"}).submit("Next")
    assert page.errors == ["The two email addresses are not the same. Enter your address again."]
    assert "Naranja7lago" not in page.html
    assert "Leave this blank to use it." in page.text
    page = page.fill({"Confirm Email Address": "ana@example.com"}).submit("Next")
    assert page.heading.startswith("STEP 4")
    page.submit("Finish")
    page = client.get("/members/home").submit("LOGOUT")
    page = page.fill({"Username": "ana.ortiz", "Password": "Naranja7lago"}).submit("Login")
    assert page.heading.startswith("Welcome")


def test_no_secret_is_stored_as_typed_while_the_run_lasts(client: Client) -> None:
    add_ana()
    to_verify(client)
    stored = FlowRun.get().answers
    for secret in ("Naranja7lago", "Ponce", "Luna"):
        assert secret not in stored


def test_cancel_leaves_for_the_login_page_and_forgets(client: Client) -> None:
    add_ana()
    page = to_account(client).submit("Cancel")
    assert page.heading == "Secure Member Login"
    assert FlowRun.select().count() == 0


def test_disagree_goes_back_to_the_login_page(client: Client) -> None:
    page = client.get("/members/register/license-agreement").submit("Disagree")
    assert page.heading == "Secure Member Login"


def test_jumping_ahead_leads_to_the_step_that_is_next(client: Client) -> None:
    add_ana()
    assert client.get("/members/register/verify").heading.startswith("STEP 1")
    to_validation(client)
    assert client.get("/members/register/verify").heading.startswith("STEP 2")


def test_refresh_and_back_show_the_step_again_with_what_was_typed(client: Client) -> None:
    add_ana()
    to_account(client)
    page = client.get("/members/register/validation")
    assert page.form("Next").values["client_id"] == CLIENT_ID
    assert client.get("/members/register/account").heading.startswith("STEP 3")


def test_changing_the_card_later_asks_for_the_account_again(client: Client) -> None:
    add_ana()
    add_member("001234568", first_name="Rosa")
    add_span("001234568", date(2024, 1, 1))
    to_verify(client)
    page = client.get("/members/register/validation")
    page = page.fill({"First Name": "Rosa", "Client ID Number": "001234568"}).submit("Next")
    assert page.heading.startswith("STEP 3")
    assert page.form("Next").values["username"] == ""


def test_change_on_the_last_step_goes_to_a_step_and_returns(client: Client) -> None:
    add_ana()
    page = to_verify(client).click("Change: Email Address")
    page = page.fill({"Email Address": "new@example.com", "Confirm Email Address": "new@example.com"}).submit(
        "Next"
    )
    assert page.heading.startswith("STEP 4")
    assert page.facts["Email Address"].startswith("new@example.com")


def test_switching_the_language_mid_step_keeps_the_step_and_what_was_typed(client: Client) -> None:
    add_ana()
    page = to_validation(client).fill({"First Name": "Ana", "Date of Birth": "6/15"})
    client.language = "es"
    page = page.submit("Español")
    assert page.path == "/members/register/validation"
    assert page.form("Siguiente").values["birth_date"] == "6/15"
    assert page.form("Siguiente").values["first_name"] == "Ana"


def test_a_second_press_of_finish_ends_at_the_home_page_with_one_account(client: Client) -> None:
    add_ana()
    finish = to_verify(client).form("Finish")
    for _ in range(3):
        assert finish.submit("Finish").heading.startswith("Welcome")
    assert Account.select().count() == 1
    assert OutboxMessage.select().count() == 1


def test_an_unfinished_run_is_gone_after_thirty_minutes(client: Client, clock: Hands) -> None:
    add_ana()
    page = to_verify(client)
    clock.advance(minutes=31)
    page = page.submit("Finish")
    assert page.heading.startswith("STEP 1")
    assert "Please start again" in page.notices[0]
    assert Account.select().count() == 0


def test_a_username_taken_meanwhile_sends_back_to_step_three(client: Client, new_client: Any) -> None:
    add_ana()
    add_member("001234568", first_name="Rosa")
    add_span("001234568", date(2024, 1, 1))
    page = to_verify(client)
    other = new_client()
    card = {**CARD, "First Name": "Rosa", "Client ID Number": "001234568"}
    to_validation(other).fill(card).submit("Next").fill(ACCOUNT).submit("Next").submit("Finish")
    page = page.submit("Finish")
    assert page.heading.startswith("STEP 3")
    assert Account.select().count() == 1
    page = page.fill({"Username": "ana2"}).submit("Next").submit("Finish")
    assert page.heading.startswith("Welcome")


def test_a_member_with_an_account_learns_it_only_after_a_full_match(client: Client, new_client: Any) -> None:
    add_ana()
    to_verify(client).submit("Finish")
    other = to_validation(new_client())
    assert other.fill({**CARD, "First Name": "Anne"}).submit("Next").errors == NOT_FOUND
    assert "already have an account" in other.fill(CARD).submit("Next").errors[0]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"birth_date": date(TODAY.year - 18, TODAY.month, TODAY.day + 1)}, "18 or older"),
        ({"death_date": date(TODAY.year, 1, 1)}, "1.800.859.9889"),
    ],
)
def test_who_may_not_register_is_told_whom_to_call(
    client: Client, given: dict[str, date], expected: str
) -> None:
    member = add_ana(**given)
    born = f"{member.birth_date:%m/%d/%Y}"
    page = to_validation(client).fill({**CARD, "Date of Birth": born}).submit("Next")
    assert expected in page.errors[0]


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"Username": "a b"}, "Use 3 to 50 letters, digits, or . - _ @ for the username, with no spaces."),
        ({"Email Address": "ana"}, "Enter an email address like name@example.com."),
        ({"Confirm Password": "x"}, "The two passwords are not the same. Enter the password again."),
        ({"Security Question 2": "Please Select"}, "Choose security question 2."),
        ({"Answer 3": ""}, "Enter the answer to security question 3."),
        ({"Password": "short1", "Confirm Password": "short1"}, "Use at least 8 characters for the password."),
        (
            {"Password": "ana.ortiz99", "Confirm Password": "ana.ortiz99"},
            "Leave your name, your username and the name of the program out of the password.",
        ),
        (
            {"Password": "password1", "Confirm Password": "password1"},
            "Many people use that password, so it is easy to guess. Choose another one.",
        ),
    ],
)
def test_step_three_says_what_is_wrong_and_how_to_mend_it(
    client: Client, wrong: dict[str, str], error: str
) -> None:
    add_ana()
    page = to_account(client).fill({**ACCOUNT, **wrong}).submit("Next")
    assert page.status == 422
    assert error in page.errors


@pytest.mark.parametrize(
    "date_typed", ["6/15/1990", "06/15/1990", "06-15-1990", " 6.15.1990 ", "06151990", "1990-06-15"]
)
def test_a_date_may_be_typed_as_the_telephones_keys_allow(client: Client, date_typed: str) -> None:
    add_ana()
    page = to_validation(client).fill({**CARD, "Date of Birth": date_typed}).submit("Next")
    assert page.heading.startswith("STEP 3")


@pytest.mark.parametrize("date_typed", ["", "soon", "13/01/1990", "2/30/1990", "6/15/90"])
def test_a_date_that_is_none_is_no_try(client: Client, date_typed: str) -> None:
    page = to_validation(client).fill({**CARD, "Date of Birth": date_typed}).submit("Next")
    assert page.errors == ["Enter the date of birth as month/day/year, like 03/25/1990."]
    assert AuditEntry.select().where(AuditEntry.action == "register-match").count() == 0


def test_a_day_that_is_still_to_come_is_no_try(client: Client, clock: Hands) -> None:
    tomorrow = f"{clock.today() + timedelta(days=1):%m/%d/%Y}"
    page = to_validation(client)
    for typed in (tomorrow, "06/15/2990", "06/15/2990"):
        page = page.fill({**CARD, "Date of Birth": typed}).submit("Next")
        assert page.errors == ["This day is still to come. Check the year of the date of birth."]
    add_ana()
    assert page.fill(CARD).submit("Next").heading.startswith("STEP 3"), "the right card is still looked at"


@pytest.mark.parametrize("typed", ["<b>O'Brien</b>", "Ñ" * 10_000, "Робертсон", "\x00'; DROP TABLE member--"])
def test_odd_input_is_answered_calmly(client: Client, typed: str) -> None:
    add_ana()
    page = to_validation(client).fill({**CARD, "Last Name": typed, "First Name": typed}).submit("Next")
    assert page.status in (400, 422)
    assert Account.select().count() == 0
