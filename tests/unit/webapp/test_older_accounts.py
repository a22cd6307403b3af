"""Members' accounts of an earlier system, opened by a load."""

import pytest
from werkzeug.security import generate_password_hash

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.harness.plan_rows import add_member
from tests.integration.recovery_walk import NEW_PASSWORD, add_ana_account, give_answers, give_code, identify
from tests.integration.registration_walk import add_ana
from webapp.config import read_plan
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account, create_account
from webapp.domain.existing.existing_accounts import OlderMemberAccount, username_key
from webapp.domain.existing.older_accounts import open_accounts

PLAN = read_plan()
pytestmark = pytest.mark.usefixtures("database", "clock")


def add_older(username: str = "Ana.Older", **given: str) -> None:
    values = {
        "password_hash": generate_password_hash("Verano2014#", method="pbkdf2:sha256:1000"),
        "client_id": "001234567",
        "email": "ana@older.example.com",
        "question": "In what city were you born? (Enter full name of city only)",
        "answer_hash": passwords.hash_secret("ponce"),
    }
    OlderMemberAccount.create(username=username, username_key=username_key(username), **{**values, **given})


def test_an_older_account_signs_in_with_its_own_username_and_password(client: Client) -> None:
    add_ana()
    add_older()
    assert open_accounts(PLAN) == 1
    page = client.get("/members/login").fill({"Username": "ana.older", "Password": "Verano2014#"})
    assert page.submit("Login").heading.startswith("Welcome")


def test_it_is_recovered_in_five_steps_by_its_one_question(client: Client) -> None:
    add_ana()
    add_older()
    open_accounts(PLAN)
    page = give_code(identify(client).submit("Next"))
    page = give_answers(page).fill(NEW_PASSWORD).submit("Reset and Log In")
    assert page.heading.startswith("Welcome")


def test_loading_again_opens_none_twice_and_none_that_was_closed(clock: Hands) -> None:
    add_ana()
    add_older()
    assert [open_accounts(PLAN), open_accounts(PLAN)] == [1, 0]
    Account.update(client_id=None, username_key="closed 1").execute()
    assert open_accounts(PLAN) == 0


def test_a_member_who_has_an_account_keeps_that_one_alone() -> None:
    add_ana_account()
    add_older()
    assert open_accounts(PLAN) == 0
    assert [account.username for account in Account.select()] == ["ana.ortiz"]
    Account.update(client_id=None, username_key="closed 1").execute()
    assert open_accounts(PLAN) == 0, "closing that one does not bring the older one back"


def test_a_username_that_somebody_took_here_is_left_alone() -> None:
    add_ana()
    add_member("001234568", first_name="Rosa")
    create_account(
        portal="member",
        username="ANA.OLDER",
        password="Naranja7lago",
        email="rosa@example.com",
        first_name="Rosa",
        last_name="Ortiz",
        client_id="001234568",
    )
    add_older()
    assert open_accounts(PLAN) == 0
    assert Account.select().count() == 1


def test_an_account_of_a_member_nobody_knows_waits_until_the_member_is_loaded() -> None:
    add_older()
    assert open_accounts(PLAN) == 0
    add_ana(language="Spanish")
    assert open_accounts(PLAN) == 1
    account = Account.get()
    assert (account.first_name, account.language, account.email_confirmed_at) == ("Ana", "es", None)


def test_many_are_opened_in_several_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.domain.existing.older_accounts.BATCH", 3)
    for number in range(8):
        add_member(f"00123{number}")
        add_older(f"older{number}", client_id=f"00123{number}")
    assert open_accounts(PLAN) == 8
