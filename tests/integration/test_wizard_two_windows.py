"""Two windows of one wizard at the same moment: what was proven of one account counts for no other."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_member
from tests.integration.consolidation_walk import PASSWORD, START, add_existing, hashed, look_up, to_password
from tests.integration.recovery_walk import NEW_PASSWORD, OLD, add_ana_account, give_answers, identify
from webapp.domain.account import accounts, recovery
from webapp.domain.account.accounts import Account
from webapp.domain.existing import consolidation_proof

CHANGED = "Please look at this step again. Something has changed."


def meanwhile(patch: pytest.MonkeyPatch, module: Any, name: str, then: Callable[[], object]) -> None:
    """While the next look at a secret (`name` of `module`) takes its time, something else happens."""
    look = getattr(module, name)

    def slow(*args: Any) -> Any:
        patch.setattr(module, name, look)
        seen = look(*args)
        then()
        return seen

    patch.setattr(module, name, slow)


def add_rosa() -> Account:
    add_member("001234568", first_name="Rosa", last_name="Vega")
    answers = (("city-born", "Lares"), ("first-pet", "Sol"), ("oldest-niece", "Inés"))
    return accounts.create_account(
        portal="member", username="rosa.vega", password=OLD, email="rosa@example.com", first_name="Rosa",
        last_name="Vega", client_id="001234568", answers=answers,
    )  # fmt: skip


@pytest.mark.parametrize("htmx", [False, True], ids=["without JavaScript", "with HTMX"])
def test_answers_to_ones_own_questions_open_nobody_elses_account(
    new_client: Any, monkeypatch: pytest.MonkeyPatch, htmx: bool
) -> None:
    client: Client = new_client(htmx=htmx)
    add_ana_account()
    rosa = add_rosa()
    questions = identify(client)
    first_step = client.get("/members/recover/identity")

    def name_rosa() -> None:
        typed = {"Member ID": "001234568", "First Name": "Rosa", "Last Name": "Vega"}
        assert first_step.fill(typed).submit("Next").facts["Your username is:"] == "rosa.vega"

    meanwhile(monkeypatch, recovery, "answers_hold", name_rosa)
    page = give_answers(questions)
    assert page.path == "/members/recover/questions"
    assert CHANGED in page.text
    assert client.get("/members/recover/reset").path == "/members/recover/questions"
    assert Account.get_by_id(rosa.id).password_hash == rosa.password_hash


def test_the_right_answer_of_one_older_account_proves_no_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_existing()
    add_existing("other", question="What color is the sea?", answer_hash=hashed("green"))
    question = look_up(client)
    first_step = client.get(START)

    def name_another() -> None:
        first_step.fill({"Username": "other", "Tax ID Number": "061110001"}).submit("Next")

    meanwhile(monkeypatch, consolidation_proof, "is_right_answer", name_another)
    page = question.fill({"What's your maiden name?": "Beecher Road"}).submit("Next")
    assert page.path == "/providers/consolidate/account-verification"
    assert "What color is the sea?" in page.text
    assert client.get("/providers/consolidate/email").path == page.path


def test_the_right_password_of_one_older_account_proves_no_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_existing()
    add_existing("other", password_hash=hashed("Another-Word-9!"))
    last_step = to_password(client)
    first_step = client.get("/providers/consolidate/account-lookup")

    def name_another() -> None:
        first_step.fill({"Username": "other", "Tax ID Number": "061110001"}).submit("Next")

    meanwhile(monkeypatch, consolidation_proof, "is_right_password", name_another)
    page = last_step.fill({"Username": "jsmith.elm", "Password": PASSWORD}).submit("Submit")
    assert page.path == "/providers/consolidate/account-verification"
    assert not Account.select().exists()


def test_somebody_alone_at_one_window_is_not_stopped(client: Client) -> None:
    add_ana_account()
    page: Page = give_answers(identify(client))
    assert page.fill(NEW_PASSWORD).submit("Reset and Log In").heading.startswith("Welcome")
