"""Who is calling: the questions, what staff see of them, and how a call ends."""

from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.profile_walk import make_ana
from tests.integration.registration_walk import CLIENT_ID, add_ana
from tests.integration.support_walk import at_work
from webapp.domain.audit import AuditEntry
from webapp.domain.member.eligibility import Member
from webapp.domain.support import staff
from webapp.domain.support.calls import Call, same_address
from webapp.domain.support.people import PersonOpening

HOME = "12 Elm Street, 06106"


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def said(client: Client, *answers: str) -> Page:
    """A call in which the caller says these, one after another."""
    page = client.get("/support/callers").submit("Begin a call")
    for answer in answers:
        page = page.fill({page.tree.xpath("//label")[-1].text_content(): answer}).submit("Compare")
    return page


def test_a_caller_who_answers_all_is_opened_with_the_call_as_the_reason(client: Client) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = said(client, CLIENT_ID, "6/15/1990", "12 elm st, Hartford CT 06106")
    assert page.path.startswith("/support/people/")
    assert "Ana Ortiz" in page.text
    assert "Call: the caller answered 3 questions" in page.text
    opened = AuditEntry.get(AuditEntry.action == "open-person")
    assert opened.subject == f"member:{CLIENT_ID}"


def test_the_pages_never_show_what_is_on_file(client: Client) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    for answers in ((CLIENT_ID,), (CLIENT_ID, "6/15/1990"), (CLIENT_ID, "6/16/1990")):
        page = said(client, *answers)
        for secret in ("Ana", "Ortiz", "1990", "Elm", "06106", CLIENT_ID):
            assert secret not in page.html.replace("03/25/1990", "")


@pytest.mark.parametrize(
    "answers", [("009999999",), (CLIENT_ID, "6/16/1990"), (CLIENT_ID, "6/15/1990", "1 Oak Street")]
)
def test_the_first_answer_that_does_not_match_ends_the_call(client: Client, answers: tuple[str, ...]) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = said(client, *answers)
    assert page.heading == "This call has ended"
    assert list(page.facts.values()) == ["matches"] * (len(answers) - 1) + ["does not match"]
    token = Call.get().token
    client.post(f"/support/callers/{token}", data={"number": "1", "said": "06/15/1990"}, status=None)
    assert not PersonOpening.select().exists()
    assert (
        AuditEntry.select()
        .where(AuditEntry.action == "call-question", AuditEntry.outcome == "refused")
        .exists()
    )


def test_a_member_with_an_account_is_asked_a_security_question(client: Client) -> None:
    make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = said(client, CLIENT_ID, "6/15/1990", HOME)
    assert page.heading == "Ask the caller"
    assert page.submit("The caller does not know").heading == "This call has ended"


def test_nothing_typed_and_no_date_cost_the_caller_nothing(client: Client) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = said(client, CLIENT_ID, "the sixth of <b>June</b>")
    assert (page.status, page.errors) == (422, ["Type the date as month/day/year, like 03/25/1990."])
    assert page.fill({"Date of Birth": "\x00"}).submit("Compare").errors == ["Type what the caller says."]
    assert page.fill({"Date of Birth": "x" * 10_000}).submit("Compare").status == 422
    assert page.fill({"Date of Birth": "06/15/1990"}).submit("Compare").heading == "Ask the caller"


def test_after_five_failed_calls_about_a_number_none_succeeds_for_a_day(client: Client, clock: Hands) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    for _ in range(5):
        said(client, CLIENT_ID, "1/1/1970")
    assert said(client, CLIENT_ID).heading == "This call has ended"
    assert AuditEntry.select().where(AuditEntry.action == "call-locked").exists()


def test_a_record_with_too_little_on_it_establishes_nobody(client: Client) -> None:
    add_ana(address="", birth_date=None)
    at_work(client, staff.MEMBER_SERVICES)
    assert said(client, CLIENT_ID).heading == "This call has ended"


def test_a_call_belongs_to_the_session_that_began_it(client: Client, new_client: Any) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    said(client, CLIENT_ID)
    other = new_client()
    at_work(other, staff.MEMBER_SERVICES, "eva")
    assert other.get(f"/support/callers/{Call.get().token}", status=None).status == 404


def test_the_room_is_closed_to_provider_services(client: Client) -> None:
    at_work(client, staff.PROVIDER_SERVICES)
    assert client.get("/support/callers", status=None).status == 403


@pytest.mark.parametrize(
    ("heard", "same"),
    [
        (HOME, True),
        ("12 ELM ST. Hartford, CT 06106", True),
        ("12 Elm Street", False),
        ("06106", False),
        ("", False),
    ],
)
def test_an_address_is_compared_as_people_say_it(heard: str, same: bool) -> None:
    member = Member(address="12 Elm Street", city="Hartford", state="CT", zip_code="06106-1234")
    assert same_address(heard, member) is same
