"""Every kind of work of the support console, from waiting to done; the mismatch desk."""

from datetime import date
from typing import Any

import pytest

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.harness.report_rows import diabetic, publish
from tests.integration import profile_walk
from tests.integration import support_work as made
from tests.integration.profile_walk import make_ana
from tests.integration.recovery_walk import IDENTITY
from tests.integration.registration_walk import CARD, CLIENT_ID, add_ana, to_validation
from tests.integration.support_walk import acting, at_work, make_staff
from tests.integration.support_work import WRONG, decide, first, kinds_on
from webapp.config import Settings
from webapp.domain.account.accounts import Account
from webapp.domain.audit import AuditEntry
from webapp.domain.find_a_doctor.directory_reports import DirectoryReport
from webapp.domain.member import registration
from webapp.domain.member.eligibility import Member
from webapp.domain.member.lockouts import Lockout
from webapp.domain.member.registration import IdCard
from webapp.domain.member.update_requests import UpdateRequest
from webapp.domain.messaging.message_tables import Message, MessageThread
from webapp.domain.practice import practices
from webapp.domain.support import staff

ODD = "O'Brien <b>“é”</b> =1+1\x00\x0b 日本"


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def test_a_request_for_reports_is_approved_with_a_reason(client: Client, settings: Settings) -> None:
    rosa = made.ask_for_access(settings)
    at_work(client, staff.PROVIDER_SERVICES)
    page = first(client)
    assert page.facts["What the person wrote"] == "I call members who are due."
    page = decide(client, "Approve", "The office confirmed it, ticket 12.")
    assert page.path == "/support/queues"
    assert practices.reportable_tins(rosa) == (made.TIN,)
    assert kinds_on(client) == []


def test_an_access_request_goes_from_the_list_to_the_first_report(
    client: Client, new_client: Any, settings: Settings
) -> None:
    made.report_mistake(settings)  # which lists the practice in the directory
    publish("adult-diabetes", {made.TIN: [diabetic(1)]})
    made.ask_for_access(settings)
    office = new_client()
    profile_walk.sign_in(office)
    assert not office.get("/providers/reports?report=adult-diabetes").tree.xpath("//tbody/tr")
    at_work(client, staff.PROVIDER_SERVICES)
    page = client.get("/support/queues?kind=access")
    page = client.get(page.main.xpath(".//tbody//th//a/@href")[0])
    page.fill({"Reason": "The office confirmed it."}).submit("Approve")
    assert len(office.get("/providers/reports?report=adult-diabetes").tree.xpath("//tbody/tr")) == 1


@pytest.mark.parametrize("text", ["", "   ", "\x00"])
def test_a_reason_left_empty_is_asked_for(client: Client, settings: Settings, text: str) -> None:
    made.ask_for_access(settings)
    at_work(client, staff.PROVIDER_SERVICES)
    page = decide(client, "Refuse", text)
    assert (page.status, page.errors) == (422, ["Enter a reason: a ticket number or a sentence."])
    assert kinds_on(client) == ["Report access"]


def test_an_overlong_reason_is_refused_and_not_lost(client: Client, settings: Settings) -> None:
    made.ask_for_access(settings)
    at_work(client, staff.PROVIDER_SERVICES)
    page = decide(client, "Refuse", "x" * 10_000)
    assert page.errors == ["Use at most 500 characters."]
    assert "x" * 10_000 in page.form("Refuse").values["text"]


def test_odd_characters_in_a_reason_break_nothing(client: Client, settings: Settings) -> None:
    rosa = made.ask_for_access(settings)
    at_work(client, staff.PROVIDER_SERVICES)
    decide(client, "Refuse", ODD)
    tie = practices.tie_of(rosa, made.TIN)
    assert tie is not None
    assert tie.reason == "O'Brien <b>“é”</b> =1+1 日本"


def test_a_change_of_address_is_claimed_and_answered(client: Client, settings: Settings) -> None:
    made.ask_for_update(settings)
    at_work(client, staff.ELIGIBILITY)
    assert first(client).facts["Address"] == "12 Elm Street → 77 Oak Street"
    page = first(client).submit("Take it on")
    assert page.facts["Claimed by"] == "Maria Lake"
    assert UpdateRequest.get().state == "in-work"
    page = decide(client, "Done", "Your new address is on record.", "Answer to the person")
    row = UpdateRequest.get()
    assert (row.state, row.answer) == ("done", "Your new address is on record.")


def test_the_plans_own_spelling_of_a_language_is_said_in_the_readers(
    client: Client, settings: Settings
) -> None:
    ana = make_ana()
    Member.update(language="Kreyol").where(Member.client_id == ana.client_id).execute()
    made.write(ana, settings)
    at_work(client, staff.MEMBER_SERVICES)
    assert first(client).facts["Language"] == "Haitian Creole"


def test_a_message_is_answered_in_the_members_language_from_a_template(
    client: Client, settings: Settings
) -> None:
    ana = make_ana()
    Account.update(language="es").where(Account.id == ana.id).execute()
    made.write(Account.get_by_id(ana.id), settings)
    at_work(client, staff.MEMBER_SERVICES)
    page = first(client)
    assert "It never came." in page.text
    assert page.facts["Language"] in ("Español", "Spanish")
    page = page.click("Please call us")
    page = page.submit("Send the answer")
    assert page.path == "/support/queues"
    sent = Message.select().order_by(Message.id.desc()).get()
    assert sent.from_desk
    assert sent.body
    assert MessageThread.get().waiting_since is None


def test_an_answer_is_not_sent_past_a_message_that_its_writer_has_not_seen(
    client: Client, settings: Settings
) -> None:
    from webapp.domain.audit import Actor
    from webapp.domain.messaging import messages
    from webapp.domain.messaging.messages import Draft

    ana = make_ana()
    made.write(ana, settings)
    at_work(client, staff.MEMBER_SERVICES)
    page = first(client).fill({"Answer to the person": "We sent it."})
    messages.reply(MessageThread.get(), Draft("It came!", "2"), Actor("member", "", ana.id), settings.plan)
    page = page.submit("Send the answer")
    assert page.status == 422
    assert page.errors == ["The person wrote again meanwhile. Read the new message, then send your answer."]
    assert "It came!" in page.text
    assert page.form("Send the answer").values["text"].strip() == "We sent it."


def test_a_mistake_in_the_directory_is_mended(client: Client, settings: Settings) -> None:
    made.report_mistake(settings)
    at_work(client, staff.MEMBER_SERVICES)
    assert first(client).facts["What the person wrote"] == "Nobody answers."
    decide(client, "Mended", "New number from the office")
    assert DirectoryReport.get().status == "mended"


def test_a_lock_of_recovery_is_ended_before_its_time(client: Client, settings: Settings) -> None:
    make_ana()
    made.lock_recovery(settings, CLIENT_ID)
    at_work(client, staff.MEMBER_SERVICES)
    decide(client, "Unlock", "Caller known, ticket 9")
    from webapp.domain.account import recovery

    assert recovery.lock_ends_in("member", CLIENT_ID, SECRET_KEY) == 0
    assert kinds_on(client) == []


def test_a_recovery_that_the_pages_lock_is_on_the_list(client: Client, new_client: Any) -> None:
    make_ana()
    person = new_client()
    page = person.get("/members/login").click("Forgot your username or password?")
    for _ in range(3):
        page = page.fill({**IDENTITY, "First Name": "Nobody"}).submit("Next")
    assert page.status == 429
    at_work(client, staff.MEMBER_SERVICES)
    assert kinds_on(client) == ["Locked recovery"]
    decide(client, "Unlock", "Caller known")
    page = page.fill(IDENTITY).submit("Next")
    assert page.status == 200


def test_a_lock_of_recovery_leaves_the_list_when_it_ends(
    client: Client, settings: Settings, clock: Hands
) -> None:
    make_ana()
    made.lock_recovery(settings, CLIENT_ID)
    clock.advance(minutes=31)
    at_work(client, staff.MEMBER_SERVICES)
    assert kinds_on(client) == []


# --- the mismatch desk ---


def test_a_locked_registration_goes_from_the_call_to_the_open_page(
    client: Client, new_client: Any, settings: Settings
) -> None:
    add_ana()
    person = new_client()
    page = to_validation(person)
    for _ in range(3):
        page = page.fill({**CARD, "Last Name": "Ortega"}).submit("Next")
    assert page.status == 429
    reference = Lockout.get().reference
    assert f"Your reference number is {reference}." in page.errors[0]
    assert "Ortega" not in Lockout.get().keys
    at_work(client, staff.MEMBER_SERVICES)
    page = first(client)
    assert page.facts["Reference number"] == reference
    assert page.facts["Differs from the record"] == "Last Name"
    assert page.facts["Name"] == "Ana Ortiz"
    decide(client, "Unlock", "Married name, card read to us")
    assert kinds_on(client) == []
    page = to_validation(person).fill(CARD).submit("Next")
    assert page.heading.startswith("STEP 3")
    entry = AuditEntry.get(AuditEntry.action == "lock-unlocked")
    assert (entry.subject, entry.detail) == (f"member:{CLIENT_ID}", "Married name, card read to us")


def test_an_unknown_number_gets_a_reference_too_and_nothing_of_it_is_kept(settings: Settings) -> None:
    add_ana()
    known = made.lock_registration(settings, WRONG, "one")
    unknown = made.lock_registration(settings, IdCard("009999999", "Eve", "Hale", date(1990, 1, 1)), "two")
    assert len(known) == len(unknown) == 9
    row = Lockout.get(Lockout.reference == unknown)
    assert (row.client_id, row.differed) == (None, "client_id")
    assert "9999999" not in "".join(map(str, row.__data__.values()))


def test_whoever_meets_a_lock_again_reads_the_same_reference(settings: Settings) -> None:
    add_ana()
    reference = made.lock_registration(settings, WRONG, "one")
    with pytest.raises(registration.RegistrationLocked) as again:
        registration.identify(WRONG, "another", acting(make_staff()), settings.plan, SECRET_KEY)
    assert again.value.reference == reference
    assert Lockout.select().count() == 1


def test_a_lock_that_is_left_holds_and_leaves_the_list(client: Client, settings: Settings) -> None:
    add_ana()
    reference = made.lock_registration(settings, WRONG)
    at_work(client, staff.MEMBER_SERVICES)
    decide(client, "Leave it locked", "Not the member")
    assert kinds_on(client) == []
    with pytest.raises(registration.RegistrationLocked) as again:
        registration.identify(WRONG, "a browser", acting(make_staff(username="x")), settings.plan, SECRET_KEY)
    assert again.value.reference == reference
