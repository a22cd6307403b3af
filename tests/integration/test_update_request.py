"""Update My Personal Information: the program's site or our form, and a request whose status the member sees."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.harness.pages import Client, Page
from tests.integration.registration_walk import add_ana
from webapp.config import read_plan
from webapp.domain.account import accounts
from webapp.domain.audit import Actor
from webapp.domain.member import update_requests
from webapp.domain.member.update_requests import UpdateRequest
from webapp.domain.outbox import OutboxMessage

PLAN = read_plan()
STAFF = Actor("support", "", 7)


@pytest.fixture
def ana(client: Client) -> Client:
    add_ana()
    accounts.create_account(
        portal="member", username="ana", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id="001234567",
    )  # fmt: skip
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    return client


def send(client: Client, **typed: Any) -> Page:
    return (
        client.get("/members/update/form")
        .fill({k.replace("_", " "): v for k, v in typed.items()})
        .submit("Send")
    )


def test_the_page_speaks_the_guides_words_and_shows_the_card(ana: Client) -> None:
    page = ana.get("/members/update")
    assert "please select your HUSKY Health Program type" in page.text
    assert {"A", "B", "C", "D", "LB"} <= set(page.links())
    assert page.tree.xpath("//svg[@role='img']/@aria-label") == [
        "Picture of a HUSKY Health ID card. A big letter A stands at the top right."
    ]


def test_each_program_leads_to_our_form_unless_the_plan_sets_a_site(
    make_app: Callable[..., Any], tmp_path: Any
) -> None:
    file = tmp_path / "plan.toml"
    file.write_text('[update_sites]\nB = "https://update.example.org"\n')
    client = Client(make_app(PORTAL_PLAN=str(file)))
    add_ana()
    accounts.create_account(
        portal="member", username="ana", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id="001234567",
    )  # fmt: skip
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    links = client.get("/members/update").links()
    assert links["A"] == "/members/update/form"
    assert links["B"] == "https://update.example.org"


def test_the_form_opens_with_what_is_on_record_and_sends_only_what_changed(ana: Client) -> None:
    page = ana.get("/members/update/form")
    assert page.form("Send").values["city"] == "Hartford"
    page = page.fill({"City": "New Haven", "ZIP code": "06510"}).submit("Send")
    assert page.notices[0].startswith("Thank you.")
    assert UpdateRequest.get().changes == {"city": "New Haven", "zip_code": "06510"}
    assert page.facts["City"] == "New Haven"
    assert "Received" in page.text
    mail = OutboxMessage.get()
    assert "New Haven" not in mail.body
    assert "within 5 working days" in mail.body


def test_nothing_changed_is_said(ana: Client) -> None:
    page = ana.get("/members/update/form").submit("Send")
    assert page.errors == ["Nothing is different from what we have. Change what is wrong, then send it."]


@pytest.mark.parametrize(
    ("label", "typed", "error"),
    [
        ("City", "", "Enter the city."),
        ("State", "Conn.", "Enter the state as two letters, like CT."),
        ("ZIP code", "0610", "Enter the ZIP code as five digits, like 06106."),
        ("Telephone", "555-0100", "Enter the telephone with its area code, like 860-555-0100."),
        ("Email Address", "ana at home", "Enter an email address like name@example.com."),
        ("Street and apartment", "x" * 10_000, "Use at most 100 characters."),
    ],
)
def test_a_fault_is_said_at_its_field_and_nothing_typed_is_lost(
    ana: Client, label: str, typed: str, error: str
) -> None:
    page = (
        ana.get("/members/update/form")
        .fill({"Another telephone": "203-555-0199", label: typed})
        .submit("Send")
    )
    assert page.errors == [error]
    assert page.form("Send").values["other_phone"] == "203-555-0199"


def test_a_second_request_replaces_one_that_nobody_has_begun(ana: Client) -> None:
    send(ana, City="New Haven")
    send(ana, City="Bridgeport")
    assert [row.changes["city"] for row in update_requests.waiting()] == ["Bridgeport"]


def test_a_request_can_be_taken_back_until_the_office_begins(ana: Client) -> None:
    send(ana, City="New Haven").submit("Take it back")
    assert update_requests.waiting() == []
    page = send(ana, City="Bridgeport")
    update_requests.claim(update_requests.waiting()[0].id, STAFF)
    assert page.submit("Take it back").notices[0].startswith("It is too late")


def test_the_member_sees_what_the_office_decided_and_gets_a_mail_without_it(ana: Client) -> None:
    send(ana, City="New Haven")
    row = update_requests.claim(update_requests.waiting()[0].id, STAFF)
    update_requests.decide(row.id, update_requests.DONE, "Changed on 03/26/2026.", STAFF, PLAN)
    page = ana.get("/members/update")
    assert "Done" in page.text
    assert "Changed on 03/26/2026." in page.text
    mail = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get()
    assert "Changed on" not in mail.body


def test_of_two_who_decide_at_once_one_does(ana: Client) -> None:
    send(ana, City="New Haven")
    row = update_requests.waiting()[0]
    update_requests.decide(row.id, update_requests.DONE, "", STAFF, PLAN)
    with pytest.raises(update_requests.NotOpen):
        update_requests.decide(row.id, update_requests.REFUSED, "", STAFF, PLAN)
    with pytest.raises(update_requests.NotOpen):
        update_requests.claim(row.id, STAFF)
