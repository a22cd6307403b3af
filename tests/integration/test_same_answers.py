"""Known and unknown get the same page, to the byte: what was typed and what is random in each page taken out. How long
the answers take is measured by `make bench`; consolidation has tests of its own (test_consolidation_guessing.py)."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.pages import Client, Page
from tests.integration.recovery_walk import add_ana_account, add_office_account, ask_for_mail, identify
from tests.integration.registration_walk import CARD, to_validation
from tests.integration.support_walk import make_staff


def read(page: Page, typed: str) -> tuple[int, str]:
    """Status and source, without the form's token, what was typed, seconds and references."""
    html = re.sub(r'(name="csrf_token" value=")[^"]*|(name="once" value=")[^"]*', "", page.html)
    html = re.sub(rf"\b{re.escape(typed)}\b", "typed", html)
    html = re.sub(r"Wait \d+ seconds?", "Wait", html)  # of a real clock
    return page.status, re.sub(r"\b[0-9A-F]{4}-[0-9A-F]{4}\b|\b[0-9A-F]{8}\b", "reference", html)


def sign_in(path: str) -> Callable[[Client, str], Page]:
    def go(client: Client, username: str) -> Page:
        page = client.get(path)
        return page.fill({"Username": username, "Password": "Wrong-password-1"}).submit("Login")

    return go


def register(client: Client, client_id: str) -> Page:
    typed = {**CARD, "Client ID Number": client_id, "First Name": "Eva"}
    return to_validation(client).fill(typed).submit("Next")


def recover(client: Client, client_id: str) -> Page:
    return identify(client, **{"Member ID": client_id, "First Name": "Eva"})


def recover_office(client: Client, email: str) -> Page:
    return ask_for_mail(client, email)


WAYS: dict[str, tuple[Callable[[Client, str], Page], str, str]] = {
    "member sign-in": (sign_in("/members/login"), "ana.ortiz", "nobody.at.all"),
    "provider sign-in": (sign_in("/providers/login"), "nadia", "nobody"),
    "support sign-in": (sign_in("/support/login"), "max.holt", "nob.holt"),
    "registration": (register, "001234567", "009876543"),
    "member recovery": (recover, "001234567", "009876543"),
    "provider recovery": (recover_office, "nadia@example.com", "nobody@example.com"),
}


@pytest.fixture
def people(app: Any) -> None:
    add_ana_account()
    add_office_account()
    make_staff(username="max.holt")


@pytest.mark.parametrize("way", WAYS)
def test_known_and_unknown_read_the_same_from_the_first_try_to_the_lock(
    people: None, new_client: Any, way: str
) -> None:
    go, known, unknown = WAYS[way]
    clients = {one: new_client(address=f"203.0.113.{place}") for place, one in enumerate((known, unknown))}
    for number in range(5):
        pages = [read(go(client, one), one) for one, client in clients.items()]
        assert pages[0] == pages[1], f"{way}, try {number + 1}"


def test_that_look_finds_a_page_that_tells(people: None, client: Client, new_client: Any) -> None:
    right = (
        client.get("/members/login")
        .fill({"Username": "ana.ortiz", "Password": "Naranja7lago"})
        .submit("Login")
    )
    wrong = sign_in("/members/login")(new_client(), "nobody.at.all")
    assert read(right, "ana.ortiz") != read(wrong, "nobody.at.all")
