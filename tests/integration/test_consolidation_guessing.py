"""What somebody learns who tries usernames, Tax IDs, answers, codes or passwords that are not their own (guide 004)."""

import re
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.consolidation_walk import (
    ANSWER,
    EMAIL,
    PASSWORD,
    QUESTION,
    START,
    add_existing,
    add_with_pin,
    code_of,
    give_email,
    look_up,
    to_password,
    verify,
)
from webapp.domain.account import passwords
from webapp.domain.audit import AuditEntry
from webapp.domain.existing.existing_accounts import ExistingAccount
from webapp.domain.outbox import OutboxMessage

LOCKED = "There were too many wrong tries. Wait 30 minutes and try again, or call 1.877.606.5172."
NEVER_TWICE = re.compile(r'(name="(csrf_token|once)" value=")[^"]*')


def alike(page: Page) -> str:
    """The page without what is new each time, nor the question and what was typed."""
    html = NEVER_TWICE.sub(r"\1", page.html)
    return re.sub(r'(value|sha256-)="?[^"]*', "", html)


def test_unknown_usernames_and_tax_ids_are_asked_questions_like_known_ones(client: Client) -> None:
    add_existing()
    known = look_up(client)
    pairs = [("nobody", "061110001"), ("jsmith.elm", "061110009"), ("nobody", "000000000")]
    for username, tin in pairs:
        page = look_up(client, username, tin)
        assert page.status == 200
        assert alike(page) == alike(known)
        wrong = page.fill({QUESTION: "Hooker"}).submit("Next")
        assert alike(wrong) == alike(look_up(client).fill({QUESTION: "Hooker"}).submit("Next"))
        look_up(client).fill({QUESTION: ANSWER}).submit("Next")  # begins the count anew


def test_the_right_answer_with_another_tax_id_is_wrong(client: Client) -> None:
    add_existing()
    page = look_up(client, tin="061110009").fill({QUESTION: ANSWER}).submit("Next")
    assert page.heading == "Account Verification"
    assert page.errors[0].startswith("This does not match our records.")


def test_who_is_not_on_record_is_asked_the_same_each_time_and_others_something_else(client: Client) -> None:
    questions = [f"Question {number}?" for number in range(8)]
    for number, question in enumerate(questions):
        add_existing(f"user{number}", question=question)

    def asked(username: str) -> str:
        return next(label for label in look_up(client, username).form("Next").labels() if "Question" in label)

    seen = {f"nobody{number}": asked(f"nobody{number}") for number in range(12)}
    assert len(set(seen.values())) > 2
    assert all(asked(name) == question for name, question in seen.items())


def test_an_unknown_pair_costs_the_same_looks_at_the_same_kind_of_hash(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_existing()
    looked: list[str] = []

    def look(hashed: str, typed: str) -> bool:
        looked.append(hashed[:7])
        return check(hashed, typed)

    check = passwords.check_secret
    monkeypatch.setattr(passwords, "check_secret", look)
    costs = []
    for username in ("jsmith.elm", "nobody"):
        look_up(client, username).fill({QUESTION: "wrong"}).submit("Next")
        costs.append(looked.copy())
        looked.clear()
    assert costs[0] == costs[1] != []


def test_without_any_account_on_record_a_question_is_asked_all_the_same(client: Client) -> None:
    page = look_up(client)
    assert page.heading == "Account Verification"
    label = next(name for name in page.form("Next").labels() if name.endswith((")", "?")))
    assert page.fill({label: "x"}).submit("Next").errors[0].startswith("This does not match our records.")


@pytest.mark.parametrize("username", ["jsmith.elm", "nobody"])
def test_three_wrong_answers_make_one_wait_whoever_it_is(
    client: Client, clock: Hands, username: str, new_client: Any
) -> None:
    add_existing()
    page = look_up(client, username)
    for number in range(3):
        page = page.fill({QUESTION: f"wrong {number}"}).submit("Next")
    assert (page.status, page.errors) == (429, [LOCKED])
    page = look_up(new_client(), username.upper()).fill({QUESTION: ANSWER}).submit("Next")
    assert (page.status, page.errors) == (429, [LOCKED]), "another browser, and even the right answer"
    clock.advance(minutes=29)
    assert look_up(client, username).fill({QUESTION: "wrong"}).submit("Next").status == 429
    clock.advance(minutes=1)
    assert look_up(client, username).fill({QUESTION: "wrong"}).submit("Next").status == 422


def test_one_network_address_gets_twenty_wrong_answers_whatever_the_usernames(new_client: Any) -> None:
    add_existing()
    thief = new_client(address="203.0.113.9")
    for number in range(20):
        page = look_up(thief, f"name{number}").fill({QUESTION: "Smith"}).submit("Next")
    assert page.status == 429
    assert look_up(thief).fill({QUESTION: ANSWER}).submit("Next").status == 429
    assert verify(new_client()).heading == "Email Address Verification"


def test_a_double_tap_is_one_try(client: Client) -> None:
    add_existing()
    form = look_up(client).fill({QUESTION: "wrong"})
    for _ in range(5):
        page = form.submit("Next")
    assert page.status == 422
    assert AuditEntry.select().where(AuditEntry.action == "consolidate-answer").count() == 1


def test_steps_ahead_open_nothing(client: Client) -> None:
    add_existing()
    look_up(client)
    for step in ("email", "code", "password"):
        assert client.get(f"/providers/consolidate/{step}").heading == "Account Verification"
    assert client.get("/providers/consolidate/done").heading == "Account Lookup"


def test_a_code_of_another_run_is_no_use(client: Client, new_client: Any) -> None:
    add_existing()
    give_email(verify(new_client()))
    theirs = code_of()
    page = give_email(verify(client), "joan@home.example")
    while theirs == code_of("joan@home.example"):
        page = page.submit("Request New Code")
    assert page.fill({"Verification Code": theirs}).submit("Next").status == 422


def test_five_wrong_codes_kill_the_code(client: Client) -> None:
    add_existing()
    page = give_email(verify(client))
    right = code_of()
    for number in range(5):
        page = page.fill({"Verification Code": f"12{number}"}).submit("Next")
    assert page.fill({"Verification Code": right}).submit("Next").status == 422


def test_an_address_gets_five_codes_in_half_an_hour(client: Client, clock: Hands) -> None:
    add_existing()
    page = give_email(verify(client))
    for _ in range(5):
        page = page.submit("Request New Code")
    assert page.status == 429
    assert page.errors[0].startswith("We have sent many codes to this address. Wait 30 minutes")
    assert OutboxMessage.select().count() == 5
    clock.advance(minutes=30)
    page = give_email(verify(client))
    assert page.heading == "Security Code Verification"
    assert OutboxMessage.select().count() == 6


def test_wrong_passwords_make_longer_and_longer_waits(client: Client, clock: Hands) -> None:
    add_existing()
    page = to_password(client)
    for number in range(4):
        page = page.fill({"Password": f"wrong {number}"}).submit("Submit")
        assert page.errors[0].startswith("The username or the password is not that of your existing account.")
    page = page.fill({"Password": PASSWORD}).submit("Submit")
    assert (page.status, page.errors) == (
        429,
        ["There were too many wrong tries. Wait 5 seconds and try again."],
    )
    clock.advance(seconds=5)
    assert page.fill({"Password": PASSWORD}).submit("Submit").heading == "Thank You"


def test_the_password_of_one_account_does_not_bring_another_along(client: Client) -> None:
    add_existing()
    add_with_pin()
    page = to_password(client).fill({"Username": "jsmith.fair", "Password": PASSWORD}).submit("Submit")
    assert page.status == 422


def test_an_account_with_nothing_to_ask_for_is_as_good_as_unknown(client: Client) -> None:
    add_existing("other")
    add_existing(question="", answer_hash="")
    page = look_up(client)
    assert page.fill({QUESTION: ANSWER}).submit("Next").status == 422


@pytest.mark.parametrize(
    "typed",
    [
        "x" * 10_000,
        "a\x00b",
        "'; DROP TABLE account; --",
        "<script>alert(1)</script>",
        "Ольга Ñandú 東京 \u202e",
        "%(x)s 100%",
    ],
)
def test_odd_input_breaks_no_step(client: Client, typed: str) -> None:
    add_existing(question="What is 50% of <b>it</b>?")
    page = client.get(START).fill({"Username": typed, "Tax ID Number": typed}).submit("Next")
    assert page.status == 422
    page = page.fill({"Username": typed, "Tax ID Number": "06 111-0001"}).submit("Next")
    if len(typed) <= 80:
        answer = "What is 50% of <b>it</b>?"
        assert page.fill({answer: typed}).submit("Next").status == 422
    page = verify(client, question="What is 50% of <b>it</b>?")
    assert page.fill({"Email": typed, "Verify Email": typed}).submit("Next").status == 422
    page = give_email(page)
    assert page.fill({"Verification Code": typed}).submit("Next").status == 422
    page = page.fill({"Verification Code": code_of(EMAIL)}).submit("Next")
    page = page.fill({"Username": typed, "Password": typed}).submit("Submit")
    assert page.status == 422
    assert ExistingAccount.select().count() == 1


@pytest.mark.parametrize("tin", ["06-1110001", "06 111 0001", " 061110001 ", "06\u20111110001"])
def test_a_tax_id_may_be_typed_with_dashes_and_spaces(client: Client, tin: str) -> None:
    add_existing()
    assert look_up(client, tin=tin).fill({QUESTION: ANSWER}).submit("Next").heading.startswith("Email")


@pytest.mark.parametrize("tin", ["", "12345678", "1234567890", "O61110001", "٠٦١١١٠٠٠١"])
def test_a_tax_id_that_is_none_says_how_to_type_it(client: Client, tin: str) -> None:
    page = look_up(client, tin=tin)
    assert page.errors == ["Enter the Tax ID Number. It has nine digits."]
    assert page.form("Next").values["username"] == "jsmith.elm"
