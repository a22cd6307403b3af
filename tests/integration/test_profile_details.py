"""The profile: e-mail address, security questions and language, after the present password."""

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration.profile_walk import (
    PASSWORD,
    WRONG,
    ask_email,
    fresh,
    last_mail,
    mailed_code,
    open_page,
)
from tests.integration.registration_walk import QUESTIONS
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.outbox import OutboxMessage


def test_a_new_address_counts_once_its_code_is_entered_and_the_old_one_is_told(
    person: Client, side: str, account: Account
) -> None:
    page = ask_email(open_page(person, side, "email"), "new@example.com")
    assert page.path == f"/{side}s/profile/email/code"
    assert last_mail().recipient == "new@example.com"
    assert account.email not in last_mail().body
    assert fresh(account).email == account.email
    code = mailed_code()
    page = page.fill({"Verification code": f" {code[:3]} {code[3:]}"}).submit("Change email address")
    assert page.notices[0] == "Your email address is changed."
    assert page.facts["Email Address"] == "new@example.com"
    assert fresh(account).email_confirmed_at is not None
    assert last_mail().recipient == account.email
    assert "The email address was changed." in last_mail().body


def test_the_present_password_is_asked_for_first(person: Client, side: str) -> None:
    page = ask_email(open_page(person, side, "email"), "new@example.com", present="wrong")
    assert page.errors == [WRONG]
    assert page.form("Send the code").values["email"] == "new@example.com", "nothing typed is lost"
    assert OutboxMessage.select().count() == 0


@pytest.mark.parametrize(
    ("email", "again", "error"),
    [
        ("nobody", None, "Enter an email address like name@example.com."),
        ("a@b.c\x00", None, "Enter an email address like name@example.com."),
        ("x" * 10_000 + "@example.com", None, "Enter an email address like name@example.com."),
        ('<b>"a"@example.com', None, "Enter an email address like name@example.com."),
        ("new@example.com", "other@example.com", "The two email addresses are not the same."),
        ("ROSA@practice.example", None, "That is your email address already."),
    ],
    ids="no-at nul endless markup different same".split(),
)
def test_an_address_that_will_not_do_is_refused_with_the_reason(
    rosa: Account, client: Client, email: str, again: str | None, error: str
) -> None:
    page = ask_email(open_page(client, "provider", "email"), email, again=again)
    assert page.status == 422
    assert page.errors[0].startswith(error)


def test_an_address_left_blank_is_not_said_to_differ_and_errors_stand_in_the_order_of_the_page(
    rosa: Account, client: Client
) -> None:
    page = open_page(client, "provider", "email").submit("Send the code")
    assert page.errors == ["Enter your new email address.", "Enter your present password."]


def test_a_wrong_code_a_new_code_and_giving_up(rosa: Account, client: Client) -> None:
    page = ask_email(open_page(client, "provider", "email"), "new@example.com")
    first = mailed_code()
    wrong = f"{(int(first) + 1) % 10**6:06}"
    page = page.fill({"Verification code": wrong}).submit("Change email address")
    assert page.errors == ["That code is not right. Enter the newest code, or have a new one sent."]
    page = page.submit("Send again")
    assert "We sent you a new code." in page.notices[0]
    assert OutboxMessage.select().count() == 2
    assert page.submit("Send again").status == 429
    assert open_page(client, "provider", "email/code").submit("Cancel").path == "/providers/profile"
    assert open_page(client, "provider", "email/code").path == "/providers/profile"
    assert fresh(rosa).email == rosa.email


def test_a_code_is_good_for_ten_minutes(rosa: Account, client: Client, clock: Hands) -> None:
    page = ask_email(open_page(client, "provider", "email"), "new@example.com")
    clock.advance(minutes=11)
    page = page.fill({"Verification code": mailed_code()}).submit("Change email address")
    assert page.status == 422


def test_two_taps_send_one_code(rosa: Account, client: Client) -> None:
    page = open_page(client, "provider", "email")
    ask_email(page, "new@example.com")
    ask_email(page, "new@example.com")
    assert OutboxMessage.select().count() == 1


def test_a_practices_person_chooses_another_secret_question(rosa: Account, client: Client) -> None:
    typed = {
        "Secret Question": QUESTIONS[0],
        "Secret Answer": "São Paulo",
        "Your present password": PASSWORD,
    }
    page = open_page(client, "provider", "question").fill(typed).submit("Save")
    assert page.notices[0] == "Your security questions are changed."
    [answer] = SecurityAnswer.select()
    assert answer.question == "city-born"
    assert passwords.check_answer(answer.answer_hash, "sao paulo")
    assert "security questions" in last_mail().body


def test_a_member_chooses_three_different_ones(ana: Account, client: Client) -> None:
    typed = {"Your present password": PASSWORD}
    for n in (1, 2, 3):
        typed |= {f"Security Question {n}": QUESTIONS[0], f"Answer {n}": "Luna"}
    page = open_page(client, "member", "question").fill(typed).submit("Save")
    assert page.errors == ["Choose a different question each time."] * 2
    again = {f"Security Question {n}": QUESTIONS[n - 1] for n in (1, 2, 3)}
    page = page.fill({**again, "Your present password": PASSWORD}).submit("Save")
    assert page.notices
    assert SecurityAnswer.select().count() == 3


def test_each_missing_question_and_answer_is_told_by_its_number(ana: Account, client: Client) -> None:
    page = open_page(client, "member", "question").submit("Save")
    numbered = ("Choose security question {}.", "Enter the answer to security question {}.")
    told = [text.format(n) for n in (1, 2, 3) for text in numbered]
    assert page.errors == [*told, "Enter your present password."], "in the order of the page"


@pytest.mark.parametrize("answer", ["", "   ", "\x00"])
def test_an_empty_answer_is_refused(rosa: Account, client: Client, answer: str) -> None:
    typed = {"Secret Question": QUESTIONS[0], "Secret Answer": answer, "Your present password": PASSWORD}
    page = open_page(client, "provider", "question").fill(typed).submit("Save")
    assert page.errors == ["Enter the answer to the security question."]


def test_the_language_of_mail_is_chosen_and_the_pages_follow(
    person: Client, side: str, account: Account
) -> None:
    form = open_page(person, side, "language").fill({"Language": "Español"})
    person.language = "es"
    assert form.submit("Save").tree.get("lang") == "es"
    assert fresh(account).language == "es"
