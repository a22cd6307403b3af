"""Forgot your username or password? for offices (guide 001, "retrieve your information via the email address")."""

from typing import Any

from tests.e2e.harness.walk import Walk

NEW_PASSWORD = "Willow-Bridge-39"


def office(walk: Walk) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == "elm.manager")


def sees_step(walk: Walk, step: int, heading: str) -> None:
    walk.sees("Step %(step)s of %(total)s", step=step, total=4)
    walk.sees_heading(heading)


def test_the_login_page_leads_there(walk: Walk) -> None:
    walk.open("/providers/login")
    walk.click("Forgot your username or password?")
    sees_step(walk, 1, "Forgot your username or password?")
    walk.shot("email")


def test_an_address_that_nobody_has_reads_the_same(walk: Walk) -> None:
    walk.fill("E-mail Address", "nobody@example.org")
    walk.click("Next")
    sees_step(walk, 2, "Verification Code")
    assert walk.portal.mail("nobody@example.org") == []


def test_previous_leads_back_to_mend_the_address(walk: Walk) -> None:
    walk.click("Previous")
    assert walk.control("E-mail Address").input_value() == "nobody@example.org"
    walk.fill("E-mail Address", office(walk)["email"].upper())
    walk.click("Next")
    sees_step(walk, 2, "Verification Code")
    walk.shot("code")


def test_the_mail_brings_the_username_and_a_code(walk: Walk) -> None:
    newest = walk.portal.mail(office(walk)["email"])[0]
    assert "elm.manager" in newest["body"]
    walk.fill("Verification Code", walk.code(office(walk)["email"]))
    walk.click("Next")
    sees_step(walk, 3, "Secret Question")
    walk.sees("elm.manager")
    walk.shot("question")


def test_a_wrong_answer_opens_nothing(walk: Walk) -> None:
    asked = next(one for one in office(walk)["security_answers"] if walk.control(one["question"]).count())
    walk.fill(asked["question"], "Nobody")
    walk.click("Next")
    assert len(walk.errors()) == 1
    walk.fill(asked["question"], asked["answer"])
    walk.click("Next")
    sees_step(walk, 4, "Reset Your Password")


def test_a_password_of_before_is_refused(walk: Walk) -> None:
    walk.fill("New Password", office(walk)["password"])
    walk.fill("Re-enter New Password", office(walk)["password"])
    walk.click("Reset and Log In")
    assert walk.errors() == [
        walk.t("You had that password before. Choose one that is none of your last %(count)s.", count=10)
    ]
    walk.shot("reset")


def test_reset_and_log_in(walk: Walk) -> None:
    walk.fill("New Password", NEW_PASSWORD)
    walk.fill("Re-enter New Password", NEW_PASSWORD)
    walk.click("Reset and Log In", budget=False)  # brings the offices' style sheet, once
    walk.sees("Elm Street Family Medicine")
