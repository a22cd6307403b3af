"""Retrieving Your Username or Password (guide 000): in three steps, and in five for an account with one question."""

from typing import Any

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("member-recovery")
NEW_PASSWORD = "Granito8mesa"


def member(walk: Walk, username: str) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == username)


def answer(walk: Walk, account: dict[str, Any]) -> list[str]:
    """Answer the questions that are asked; which they are."""
    asked = [one for one in account["security_answers"] if walk.control(one["question"]).count()]
    for one in asked:
        walk.fill(one["question"], one["answer"])
    return [one["question"] for one in asked]


def answer_both(walk: Walk) -> None:
    assert len(answer(walk, member(walk, "tvega88"))) == 2


def answer_the_one(walk: Walk) -> None:
    assert len(answer(walk, member(walk, "carmend"))) == 1


def sees_step(walk: Walk, step: int, total: int, heading: str) -> None:
    walk.sees("Step %(step)s of %(total)s", step=step, total=total)
    walk.sees_heading(heading)


def sees_where_the_code_goes(walk: Walk) -> None:
    sees_step(walk, 2, 5, "Your Username")
    walk.sees("carmend")
    walk.sees("Forgot your password? We'll send an identification code to your email")
    walk.sees("Send identification code via email")
    walk.sees("caxxx@example.org")


def type_the_code_with_a_space(walk: Walk) -> None:
    code = walk.code(member(walk, "carmend")["email"])
    walk.fill("Identification Code", f"{code[:3]} {code[3:]}")


def test_the_login_page_leads_there(walk: Walk) -> None:
    GUIDE.walk(walk, "forgot")


def test_step_1_wrong_names_are_not_found_and_ask_nothing(walk: Walk) -> None:
    walk.fill("Member ID", member(walk, "tvega88")["client_id"])
    walk.fill("First Name", "Nobody")
    walk.fill("Last Name", "Vega Ríos")
    walk.click("Next")
    assert walk.errors() == [
        walk.t("Eligibility not found. Check the Member ID and the names as they are on the ID card.")
    ]
    walk.sees_not("Your username is:")


def test_step_1_the_username_appears(walk: Walk) -> None:
    GUIDE.walk(walk, "identity")


def test_step_2_login_now_leads_to_the_login_page(walk: Walk) -> None:
    GUIDE.walk(walk, "login-now")


def test_step_2_is_still_there_and_a_wrong_answer_opens_nothing(walk: Walk) -> None:
    walk.open("/members/recover/questions")
    sees_step(walk, 2, 3, "Your Username")
    asked = answer(walk, member(walk, "tvega88"))
    assert len(asked) == 2
    walk.fill(asked[0], "Nobody")
    walk.click("Next")
    assert walk.errors() == [walk.t("That is not what we have on file. Check the spelling and try again.")]


def test_step_2_security_questions(walk: Walk) -> None:
    GUIDE.walk(walk, "questions", answer_both=answer_both)
    assert walk.control("Email Address").input_value() == member(walk, "tvega88")["email"]


def test_step_3_resetting_your_password(walk: Walk) -> None:
    GUIDE.walk(walk, "reset")
    told = walk.portal.mail(member(walk, "tvega88")["email"])
    assert any("/account/freeze/" in link for mail in told for link in mail["links"])


def test_the_new_password_is_the_one_that_counts(walk: Walk) -> None:
    walk.click("LOGOUT")
    walk.fill("Username", "tvega88")
    walk.fill("Password", NEW_PASSWORD)
    walk.click("Login", budget=False)
    walk.sees_heading("Welcome to Your HUSKY Health Account!")


def test_step_2_of_5_an_account_with_one_question_gets_a_code_by_mail(walk: Walk) -> None:
    GUIDE.walk(walk, "send-code", sees_where_the_code_goes=sees_where_the_code_goes)


def test_step_3_of_5_a_new_code_ends_the_one_before(walk: Walk) -> None:
    email = member(walk, "carmend")["email"]
    first = walk.code(email)
    walk.click("Send a new code")
    walk.sees("We sent a new code. Codes from earlier mails no longer work.")
    if walk.code(email) != first:
        walk.fill("Identification Code", first)
        walk.click("Next")
        assert len(walk.errors()) == 1


def test_step_3_of_5_the_code_opens_the_question(walk: Walk) -> None:
    GUIDE.walk(walk, "code", type_the_code_with_a_space=type_the_code_with_a_space)


def test_step_4_of_5_the_one_question(walk: Walk) -> None:
    GUIDE.walk(walk, "one-question", answer_the_one=answer_the_one)


def test_step_5_of_5_a_new_password_ends_signed_in(walk: Walk) -> None:
    GUIDE.walk(walk, "reset-after-five")
