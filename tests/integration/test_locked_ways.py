"""What a locked registration offers: a call-back, a letter to the address on file, and the letter's code."""

import re
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.registration_walk import ACCOUNT, CARD, CLIENT_ID, add_ana, to_validation
from tests.integration.support_walk import at_work
from webapp.domain.audit import Actor
from webapp.domain.member import lockouts
from webapp.domain.member.eligibility import Member
from webapp.domain.member.locked_ways import CallBack, RegistrationLetter
from webapp.domain.member.lockouts import Lockout
from webapp.domain.support import staff

WAYS = "See the ways to go on: call, have us call you, or get a letter"
BORN = {"Date of Birth": "06/15/1990"}


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def locked(client: Client, **card: str) -> Page:
    """The ways on, after three wrong tries."""
    page = to_validation(client)
    for _ in range(3):
        page = page.fill({**CARD, "Last Name": "Ortega", **card}).submit("Next")
    assert page.status == 429
    return client.get("/members/locked") if client.htmx else page.click(WAYS)


def printed(new_client: Any) -> tuple[str, Client]:
    """The code of the letter that waits, printed by staff; and the one who printed it."""
    desk = new_client()
    at_work(desk, staff.MEMBER_SERVICES)
    sheet = print_again(desk)
    return sheet, desk


def print_again(desk: Client) -> str:
    page = desk.get("/support/queues?kind=letter")
    page = desk.get(page.main.xpath(".//tbody//th//a/@href")[0]).submit("Print the letter")
    assert "12 Elm Street" in page.text
    assert "/members/letter" in page.text
    found = re.search(r"\b[A-Z2-9]{5}-[A-Z2-9]{5}\b", page.text)
    assert found
    return found[0]


def redeem(client: Client, code: str, born: str = "06/15/1990") -> Page:
    return (
        client.get("/members/letter").fill({"Code in the letter": code, "Date of Birth": born}).submit("Next")
    )


def test_the_way_on_is_offered_only_where_a_registration_is_locked(client: Client) -> None:
    add_ana()
    page = to_validation(client)
    assert WAYS not in page.text
    assert client.get("/members/locked").path == "/members/register/validation"


def test_who_wants_to_be_called_is_in_the_queue_with_time_and_number(client: Client, new_client: Any) -> None:
    add_ana()
    page = locked(client)
    assert Lockout.get().reference in page.text
    assert page.links()["1.877.606.5172"] == "tel:1.877.606.5172"
    page = page.fill({"Telephone": "860.555.0199", "Best time to call": "9:00 a.m. – 11:00 a.m."})
    page = page.submit("Call me")
    assert page.notices == ["We will call you on the next working day."]
    desk = new_client()
    at_work(desk, staff.MEMBER_SERVICES)
    work = desk.get("/support/queues?kind=call-back")
    work = desk.get(work.main.xpath(".//tbody//th//a/@href")[0])
    assert work.facts["Telephone"] == "860.555.0199"
    assert work.facts["When to call"] == "9:00 a.m. – 11:00 a.m."
    assert work.facts["Differs from the record"] == "Last Name"
    work.fill({"Reason": "Told how the card reads."}).submit("Called")
    assert CallBack.get().closed_at is not None


def test_a_telephone_that_is_none_is_asked_for_again_and_nothing_is_lost(client: Client) -> None:
    page = locked(client)
    page = page.fill({"Telephone": "860<b>'\x00"}).submit("Call me")
    assert page.status == 422
    assert page.errors == [
        "Enter a telephone number with 10 digits, like 860.555.0100.",
        "Choose a time.",
    ]
    assert page.form("Call me").values["telephone"] == "860<b>'"


def test_the_code_of_the_letter_lets_the_member_go_on_at_step_2(client: Client, new_client: Any) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    code, _desk = printed(new_client)
    assert code not in str(list(RegistrationLetter.select().dicts()))
    page = redeem(client, code.lower().replace("-", " "))
    assert page.path == "/members/register/validation"
    page = page.fill(CARD).submit("Next").fill(ACCOUNT).submit("Next").submit("Finish")
    assert page.path == "/members/home"


def test_with_the_letter_a_birth_date_still_to_come_is_no_try(client: Client, new_client: Any) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    code, _desk = printed(new_client)
    for _try in range(9):
        page = redeem(client, code, born="06/15/2990")
        assert page.errors == ["This day is still to come. Check the year of the date of birth."]
    assert redeem(client, code).path == "/members/register/validation"


def test_an_unknown_number_reads_the_same_and_no_letter_is_made(client: Client, new_client: Any) -> None:
    add_ana()
    known = locked(client).submit("Mail me a letter")
    other = new_client()
    unknown = locked(other, **{"Client ID Number": "009999999"}).submit("Mail me a letter")
    assert unknown.notices == known.notices
    assert [row.client_id for row in RegistrationLetter.select()] == [CLIENT_ID]


def test_a_member_has_no_second_letter_within_a_week(client: Client) -> None:
    add_ana()
    page = locked(client)
    first = page.submit("Mail me a letter")
    assert first.submit("Mail me a letter").notices == first.notices
    assert RegistrationLetter.select().count() == 1


def test_a_wrong_code_and_a_wrong_birth_date_are_answered_alike(client: Client, new_client: Any) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    code, _desk = printed(new_client)
    wrong = redeem(client, "ABCDE-FGHJK")
    assert wrong.status == 422
    assert redeem(client, code, "01/01/1990").errors == wrong.errors
    for _ in range(4):
        redeem(client, code, "01/01/1990")
    assert redeem(client, code).errors == wrong.errors  # five wrong tries, and it is dead
    assert Lockout.get().closed_at is None


def test_a_code_is_good_once_for_30_days(client: Client, new_client: Any, clock: Hands) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    code, _desk = printed(new_client)
    clock.advance(days=31)
    assert redeem(client, code).status == 422
    clock.advance(days=-2)
    assert redeem(client, code).path.startswith("/members/register")
    assert redeem(client, code).status == 422


def test_a_code_dies_when_support_unlocks(client: Client, new_client: Any) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    code, _desk = printed(new_client)
    lockouts.unlock(Lockout.get().id, Actor("support", "", 1), "Known caller")
    assert redeem(client, code).status == 422


def test_a_letter_printed_again_has_a_new_code(client: Client, new_client: Any) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    code, desk = printed(new_client)
    again = print_again(desk)
    assert redeem(client, code).status == 422
    assert redeem(client, again).path == "/members/register/validation"


def test_a_letter_is_mailed_only_after_it_was_printed(client: Client, new_client: Any) -> None:
    add_ana()
    locked(client).submit("Mail me a letter")
    desk = new_client(htmx=client.htmx)
    at_work(desk, staff.MEMBER_SERVICES)
    page = desk.get("/support/queues?kind=letter")
    page = desk.get(page.main.xpath(".//tbody//th//a/@href")[0])
    assert page.submit("It is in the mail").errors == ["Print the letter first. Nothing was changed."]
    print_again(desk)
    assert page.submit("It is in the mail").path == "/support/queues"
    assert RegistrationLetter.get().closed_at is not None


def test_a_letter_speaks_the_members_language(client: Client, new_client: Any) -> None:
    add_ana()
    Member.update(language="Spanish").execute()
    locked(client).submit("Mail me a letter")
    assert RegistrationLetter.get().language == "es"


def test_the_other_language_keeps_what_was_typed(client: Client) -> None:
    add_ana()
    page = locked(client).fill(
        {"Telephone": "860 555", "Best time to call": "Any time, 9:00 a.m. – 4:00 p.m."}
    )
    client.language = "es"
    page = page.submit("Español")
    assert (page.status, page.errors) == (200, [])
    assert page.form("Quiero que me llamen").values["telephone"] == "860 555"
    assert page.form("Quiero que me llamen").values["window"] == "any"
    page = client.get("/members/letter").fill({"Código de la carta": "ABCDE", "Fecha de nacimiento": "6/15"})
    client.language = "en"
    page = page.submit("English")
    assert (page.status, page.errors) == (200, [])
    assert (page.form("Next").values["code"], page.form("Next").values["birth_date"]) == ("ABCDE", "6/15")
    assert CallBack.select().count() == 0
