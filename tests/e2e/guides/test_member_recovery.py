"""Retrieving Your Username or Password (guide 000): in three steps, and in five for an account with one question."""

from typing import Any

from tests.e2e.harness.walk import Walk

NEW_PASSWORD = "Granito8mesa"
ANOTHER_PASSWORD = "Marmol9puerta"


def member(walk: Walk, username: str) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == username)


def fill_identity(walk: Walk, account: dict[str, Any], first_name: str, last_name: str) -> None:
    walk.fill("Member ID", account["client_id"])
    walk.fill("First Name", first_name)
    walk.fill("Last Name", last_name)


def answer(walk: Walk, account: dict[str, Any]) -> int:
    """Answer the questions that are asked; how many."""
    asked = [one for one in account["security_answers"] if walk.control(one["question"]).count()]
    for one in asked:
        walk.fill(one["question"], one["answer"])
    return len(asked)


def sees_step(walk: Walk, step: int, total: int, heading: str) -> None:
    walk.sees("Step %(step)s of %(total)s", step=step, total=total)
    walk.sees_heading(heading)


def test_the_login_page_leads_there(walk: Walk) -> None:
    walk.open("/members/login")
    walk.click("Forgot your username or password?")
    sees_step(walk, 1, 3, "Forgot Username or Password?")
    walk.sees("Enter the following information in order to retrieve your username and password")
    walk.shot("identity")


def test_wrong_names_are_not_found_and_ask_nothing(walk: Walk) -> None:
    fill_identity(walk, member(walk, "tvega88"), "Nobody", "Vega Ríos")
    walk.click("Next")
    assert walk.errors() == [
        walk.t("Eligibility not found. Check the Member ID and the names as they are on the ID card.")
    ]
    walk.sees_not("Your username is:")


def test_the_username_appears(walk: Walk) -> None:
    fill_identity(walk, member(walk, "tvega88"), "Teresa", "Vega Ríos")
    walk.click("Next")
    sees_step(walk, 2, 3, "Your Username")
    walk.sees("Your username is:")
    walk.sees("tvega88")
    walk.sees("Forgot your password? Please answer your security questions below.")
    walk.shot("questions")


def test_login_now_leads_to_the_login_page_and_back_again(walk: Walk) -> None:
    walk.click("Login now")
    walk.sees_heading("Secure Member Login")
    walk.open("/members/recover/questions")
    sees_step(walk, 2, 3, "Your Username")


def test_a_wrong_answer_opens_nothing(walk: Walk) -> None:
    account = member(walk, "tvega88")
    assert answer(walk, account) == 2
    asked = [one["question"] for one in account["security_answers"] if walk.control(one["question"]).count()]
    walk.fill(asked[0], "Nobody")
    walk.click("Next")
    assert walk.errors() == [walk.t("That is not what we have on file. Check the spelling and try again.")]


def test_both_answers_open_the_last_step(walk: Walk) -> None:
    answer(walk, member(walk, "tvega88"))
    walk.click("Next")
    sees_step(walk, 3, 3, "Reset Your Password")
    walk.sees("We have the following email address on file. Please update it now if it has changed.")
    assert walk.control("Email Address").input_value() == member(walk, "tvega88")["email"]
    walk.shot("reset")


def test_reset_and_log_in(walk: Walk) -> None:
    walk.fill("New Password", NEW_PASSWORD)
    walk.fill("Re-enter New Password", NEW_PASSWORD)
    walk.click("Reset and Log In", budget=False)  # brings the style sheet of signed-in pages, once
    walk.sees_heading("Welcome to Your HUSKY Health Account!")
    told = walk.portal.mail(member(walk, "tvega88")["email"])
    assert any("/account/freeze/" in link for mail in told for link in mail["links"])


def test_the_new_password_is_the_one_that_counts(walk: Walk) -> None:
    walk.click("LOGOUT")
    walk.fill("Username", "tvega88")
    walk.fill("Password", NEW_PASSWORD)
    walk.click("Login", budget=False)
    walk.sees_heading("Welcome to Your HUSKY Health Account!")
    walk.click("LOGOUT")


def test_an_account_with_one_question_gets_a_code_by_mail(walk: Walk) -> None:
    walk.click("Forgot your username or password?")
    fill_identity(walk, member(walk, "carmend"), "Carmen", "Delgado")
    walk.click("Next")
    sees_step(walk, 2, 5, "Your Username")
    walk.sees("carmend")
    walk.sees("Forgot your password? We'll send an identification code to your email")
    walk.sees("Send identification code via email")
    walk.sees("caxxx@example.org")
    walk.shot("send-code")
    walk.click("Next")
    sees_step(walk, 3, 5, "Identification Code")
    walk.shot("code")


def test_a_new_code_ends_the_one_before(walk: Walk) -> None:
    email = member(walk, "carmend")["email"]
    first = walk.code(email)
    walk.click("Send a new code")
    walk.sees("We sent a new code. Codes from earlier mails no longer work.")
    if walk.code(email) != first:
        walk.fill("Identification Code", first)
        walk.click("Next")
        assert len(walk.errors()) == 1


def test_the_code_opens_the_question(walk: Walk) -> None:
    code = walk.code(member(walk, "carmend")["email"])
    walk.fill("Identification Code", f"{code[:3]} {code[3:]}")
    walk.click("Next")
    sees_step(walk, 4, 5, "Security Question")
    walk.shot("question")


def test_the_answer_and_a_new_password_end_signed_in(walk: Walk) -> None:
    assert answer(walk, member(walk, "carmend")) == 1
    walk.click("Next")
    sees_step(walk, 5, 5, "Reset Your Password")
    walk.fill("New Password", ANOTHER_PASSWORD)
    walk.fill("Re-enter New Password", ANOTHER_PASSWORD)
    walk.click("Reset and Log In", budget=False)
    walk.sees_heading("Welcome to Your HUSKY Health Account!")
