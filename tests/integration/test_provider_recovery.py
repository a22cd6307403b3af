"""An office's recovery by e-mail address, through the pages."""

import re
from typing import Any

import pytest

from tests.e2e.harness.server import free_port
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.recovery_walk import (
    OFFICE_NEW,
    OFFICE_OLD,
    OFFICE_PASSWORD,
    add_office_account,
    another,
    ask_for_mail,
    give_code,
    mailed_code,
    mails,
    untranslated,
)
from tests.integration.test_outbox import Received, mail_server
from webapp.clock import now
from webapp.domain import outbox
from webapp.domain.account import accounts, passwords, sessions
from webapp.domain.account.accounts import Account
from webapp.domain.account.second_factor import SecondFactor
from webapp.domain.account.sessions import Session
from webapp.domain.audit import AuditEntry

PET = "What was the name of your first pet?"


def to_question(client: Client) -> Page:
    return give_code(ask_for_mail(client))


def to_reset(client: Client, answer: str = "Luna") -> Page:
    return to_question(client).fill({PET: answer}).submit("Next")


def test_an_office_gets_its_username_and_a_new_password_in_four_steps(browser: Client) -> None:
    add_office_account()
    page = browser.get("/providers/login").click("Forgot your username or password?")
    assert page.heading == "Forgot your username or password?"
    assert "Step 1 of 4" in page.text
    page = page.fill({"E-mail Address": "nadia@example.com"}).submit("Next")
    assert page.heading == "Verification Code"
    (mail,) = mails("nadia@example.com")
    assert "nadia" in mail.body
    page = give_code(page)
    assert page.heading == "Secret Question"
    assert page.facts["Your username is:"] == "nadia"
    page = page.fill({PET: "luna"}).submit("Next")
    assert page.heading == "Reset Your Password"
    assert "A new password is none of your last 10." in page.text
    page = page.fill(OFFICE_PASSWORD).submit("Reset and Log In")
    assert page.path == "/providers/home"
    assert passwords.check_secret(Account.get().password_hash, OFFICE_NEW)


def test_the_code_that_a_mail_server_receives_opens_the_next_step(client: Client) -> None:
    add_office_account()
    page = ask_for_mail(client)
    received, port = Received(), free_port()
    with mail_server(received, port):
        assert outbox.deliver_due(outbox.smtp_sender(f"smtp://127.0.0.1:{port}")) == 1
    (mail,) = received.messages
    assert mail["To"] == "nadia@example.com"
    (code,) = re.findall(r"\b\d{6}\b", mail.get_payload(decode=True).decode())
    assert give_code(page, code).heading == "Secret Question"


def test_the_screen_says_the_same_whether_or_not_the_address_is_known(new_client: Any) -> None:
    add_office_account()
    known, unknown = (
        ask_for_mail(new_client(), name) for name in ("nadia@example.com", "nobody@example.com")
    )
    assert known.text.replace("nadia@", "nobody@") == unknown.text
    assert known.status == unknown.status
    assert [mail.recipient for mail in mails()] == ["nadia@example.com"]
    known, unknown = (give_code(page, "000000") for page in (known, unknown))
    assert known.errors == unknown.errors
    assert known.status == unknown.status
    known, unknown = (page.submit("Request New Code") for page in (known, unknown))
    assert known.notices == unknown.notices
    assert known.text.replace("nadia@", "nobody@") == unknown.text


def test_an_unknown_address_waits_and_locks_like_a_known_one(new_client: Any) -> None:
    add_office_account()
    for address in ("nadia@example.com", "nobody@example.com"):
        for _ in range(3):
            page = ask_for_mail(new_client(), address)
        assert ask_for_mail(new_client(), address).status == 429
        for _ in range(5):
            page = give_code(page, "000000")
        assert page.status == 429
        assert "Try again in 30 minutes" in page.errors[0]


def test_capitals_in_the_address_do_not_matter(client: Client) -> None:
    add_office_account()
    ask_for_mail(client, " NADIA@Example.com ")
    assert len(mails("nadia@example.com")) == 1


def test_several_accounts_at_one_address_get_one_mail_and_a_choice(browser: Client) -> None:
    add_office_account()
    add_office_account("nadia.two", answers=[("city-born", "Ponce")])
    page = ask_for_mail(browser)
    (mail,) = mails()
    assert "nadia, nadia.two" in mail.body
    page = give_code(page)
    assert "more than one account" in page.text
    page = page.submit("Next")
    assert page.errors == ["Choose the account whose password you want to set."]
    page = page.fill({"Your accounts": "nadia"}).submit("Next")
    assert page.facts["Your username is:"] == "nadia"
    page = page.submit("Choose another account").fill({"Your accounts": "nadia.two"}).submit("Next")
    assert page.facts["Your username is:"] == "nadia.two"
    page = page.fill({"In what city were you born? (Enter full name of city only)": "Ponce"}).submit("Next")
    page.fill(OFFICE_PASSWORD).submit("Reset and Log In")
    changed = {
        row.username: passwords.check_secret(row.password_hash, OFFICE_NEW) for row in Account.select()
    }
    assert changed == {"nadia": False, "nadia.two": True}


def test_an_account_that_is_not_of_the_address_cannot_be_chosen(client: Client) -> None:
    add_office_account()
    add_office_account("nadia.two")
    stranger = add_office_account("curtis", email="curtis@example.com")
    form = give_code(ask_for_mail(client)).form("Next")
    form.values["account_id"] = str(stranger.id)
    assert form.submit("Next").errors == ["Choose the account whose password you want to set."]


@pytest.mark.parametrize("change", ["address", "password"])
def test_a_run_that_began_before_a_change_of_the_account_must_begin_anew(
    client: Client, clock: Hands, change: str
) -> None:
    """Whoever reads the old mailbox may have the code already; the account's owner has shut them out since."""
    nadia = add_office_account()
    page = to_question(client)
    clock.advance(minutes=1)
    changed: dict[str, Any] = {
        "address": {"email": "nadia.new@example.com"},
        "password": {"password_hash": passwords.hash_secret("Maple-Harbor-19"), "password_changed_at": now()},
    }
    Account.update(**changed[change]).where(Account.id == nadia.id).execute()
    page = page.fill({PET: "Luna"}).submit("Next").fill(OFFICE_PASSWORD).submit("Reset and Log In")
    assert page.path == "/providers/recover/email"
    assert not passwords.check_secret(Account.get().password_hash, OFFICE_NEW)


def test_an_account_that_came_with_a_pin_is_asked_for_the_pin(client: Client) -> None:
    hashed = passwords.hash_secret("0042")
    add_office_account(answers=(), hashed_answers=[accounts.HashedAnswer("pin", hashed)])
    page = to_question(client).fill({"PIN": "0043"}).submit("Next")
    assert page.status == 422
    assert page.fill({"PIN": "0042"}).submit("Next").heading == "Reset Your Password"


def test_an_account_without_a_question_is_told_whom_to_call(client: Client) -> None:
    add_office_account(answers=())
    page = to_question(client)
    assert "1.877.606.5172" in page.text
    assert page.buttons == ["Cancel"]
    assert client.post(page.url, {"go": "next", "answer_1": "Luna"}, status=422).errors


def test_three_wrong_answers_lock_in_every_browser(client: Client, new_client: Any) -> None:
    add_office_account()
    page = to_reset(client, "Rex")
    assert page.errors == ["That is not what we have on file. Check the spelling and try again."]
    for _ in range(2):
        page = page.fill({PET: "Rex"}).submit("Next")
    assert page.status == 429
    assert to_reset(new_client()).status == 429


def test_wrong_codes_and_late_codes_open_nothing(client: Client, clock: Hands) -> None:
    add_office_account()
    page = ask_for_mail(client)
    code = mailed_code()
    assert give_code(page, another(code)).status == 422
    clock.advance(minutes=11)
    assert give_code(page, code).status == 422
    assert client.get("/providers/recover/question").path == "/providers/recover/code"


def test_previous_leads_back_to_mend_the_address(client: Client) -> None:
    add_office_account()
    page = ask_for_mail(client, "nadai@example.com").submit("Previous")
    assert page.form("Next").values["email"] == "nadai@example.com"
    page = page.fill({"E-mail Address": "nadia@example.com"}).submit("Next")
    assert give_code(page).heading == "Secret Question"


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("Nodigits-here", "Use at least 1 digit in the password."),
        ("Nospecial12", "Use at least 1 of these in the password:"),
        ("nadia-2026!", "Leave your name, your username and the name of the program out of the password."),
        (OFFICE_OLD, "You had that password before."),
    ],
)
def test_the_new_password_is_under_the_rules(client: Client, password: str, error: str) -> None:
    add_office_account()
    typed = {"New Password": password, "Re-enter New Password": password}
    page = to_reset(client).fill(typed).submit("Reset and Log In")
    assert page.status == 422
    assert page.errors[0].startswith(error)


def test_all_sessions_end_and_the_address_is_told(client: Client) -> None:
    nadia = add_office_account()
    sessions.start(nadia, "203.0.113.7", "a browser")
    to_reset(client).fill(OFFICE_PASSWORD).submit("Reset and Log In")
    assert Session.select().count() == 1
    assert "/account/freeze/" in mails("nadia@example.com")[-1].body


def test_recovery_is_no_way_round_the_second_factor(client: Client) -> None:
    nadia = add_office_account()
    SecondFactor.create(account=nadia, secret="sealed", began_at=now(), confirmed_at=now())
    page = to_reset(client).fill(OFFICE_PASSWORD).submit("Reset and Log In")
    assert page.heading == "Enter your code"
    assert "Your new password is set." in page.text
    assert Session.select().count() == 0
    assert client.get("/providers/home").path == "/providers/login"


def test_a_run_of_an_office_opens_no_members_recovery(client: Client) -> None:
    add_office_account()
    to_reset(client)
    client.browser.set_cookie("forgot_run", client.browser.get_cookie("recover_run").value)
    assert client.get("/members/recover/reset").path == "/members/recover/identity"


def test_each_step_is_in_the_audit_log_without_the_address(client: Client, new_client: Any) -> None:
    nadia = add_office_account()
    ask_for_mail(new_client(), "nobody@example.com")
    to_reset(client).fill(OFFICE_PASSWORD).submit("Reset and Log In")
    rows = list(AuditEntry.select().where(AuditEntry.action.startswith("recover")).order_by(AuditEntry.id))
    own = f"account:{nadia.id}"
    assert [(row.action, row.subject) for row in rows] == [
        ("recover-mail", ""),
        ("recover-mail", own),
        ("recover-answer", own),
        ("recover", own),
    ]
    assert not any("@" in row.detail for row in rows)


@pytest.mark.parametrize(
    "typed",
    [
        "<b>",
        "Ñ" * 10_000,
        "na\x00dia@example.com",
        "почта",
        "a@b",
        "nadia@[example.com",
        "nadia(@example.com",
    ],
)
def test_what_is_no_address_is_said_at_the_field(client: Client, typed: str) -> None:
    page = ask_for_mail(client, typed)
    assert page.status in (400, 422)
    assert not mails()


def test_an_address_in_another_alphabet_is_taken(client: Client) -> None:
    add_office_account(email="надя@пример.рф")
    assert ask_for_mail(client, "надя@пример.рф").heading == "Verification Code"
    assert len(mails("надя@пример.рф")) == 1


def test_no_step_shows_words_that_nobody_translates(client: Client) -> None:
    add_office_account()
    add_office_account("nadia.two")
    page = give_code(ask_for_mail(client))
    assert untranslated(client, ["/providers/recover/email", "/providers/recover/code", page.path]) == {}
    page = page.fill({"Your accounts": "nadia"}).submit("Next")
    assert untranslated(client, [page.path]) == {}
    page = page.fill({PET: "Luna"}).submit("Next")
    assert untranslated(client, [page.path]) == {}
