"""The queues of the support console: every kind of work from waiting to done, two staff on one item, and the list."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.report_rows import diabetic, publish
from tests.integration import profile_walk
from tests.integration import support_work as made
from tests.integration.profile_walk import make_ana
from tests.integration.recovery_walk import IDENTITY
from tests.integration.registration_walk import CARD, CLIENT_ID, add_ana, to_validation
from tests.integration.support_walk import acting, at_work, make_staff
from webapp.config import Settings
from webapp.domain.account.accounts import Account
from webapp.domain.account.profiles import close_account
from webapp.domain.audit import AuditEntry
from webapp.domain.db import connected
from webapp.domain.find_a_doctor.directory_reports import DirectoryReport
from webapp.domain.member import lockouts, registration
from webapp.domain.member.lockouts import Lockout
from webapp.domain.member.registration import IdCard
from webapp.domain.member.update_requests import UpdateRequest
from webapp.domain.messaging.message_tables import Message, MessageThread
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import access_requests, practices
from webapp.domain.support import staff, work_items, work_queue
from webapp.domain.support.work_items import Worker
from webapp.domain.support.work_queue import KINDS, Wanted

WRONG = IdCard(CLIENT_ID, "Ana", "Other", date(1990, 6, 15))
ODD = "O'Brien <b>“é”</b> =1+1\x00\x0b 日本"


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def client(request: pytest.FixtureRequest, new_client: Any) -> Client:
    """Every step the same with HTMX and without."""
    opened: Client = new_client(htmx=request.param)
    return opened


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.config["SETTINGS"]
    return found


def first(client: Client) -> Page:
    """The page of the oldest item."""
    page = client.get("/support/queues")
    return client.get(page.main.xpath(".//tbody//th//a/@href")[0])


def decide(client: Client, button: str, text: str | None, label: str = "Reason") -> Page:
    page = first(client)
    return (page.fill({label: text}) if text is not None else page).submit(button)


def kinds_on(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/support/queues{query}")
    return [row["Kind of work"] for row in page.table("What waits")] if page.tree.xpath("//table") else []


# --- every kind, from waiting to done -----------------------------------------------------------------


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


# --- the mismatch desk --------------------------------------------------------------------------------


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


# --- two on one item, and items that are gone ---------------------------------------------------------


def test_two_staff_on_one_item_the_second_is_told_who_has_it(
    client: Client, new_client: Any, settings: Settings
) -> None:
    rosa = made.ask_for_access(settings)
    at_work(client, staff.PROVIDER_SERVICES, first_name="Lena")
    other = new_client()
    at_work(other, staff.PROVIDER_SERVICES, "zoe", first_name="Zoe")
    theirs = first(other)
    first(client).submit("Take it on")
    page = theirs.fill({"Reason": "Too fast"}).submit("Approve")
    assert (page.status, page.errors) == (422, ["Lena Lake works on this now. Nothing was changed."])
    assert practices.reportable_tins(rosa) == ()
    assert "Lena Lake works on this now." in " ".join(first(other).notices)


def test_of_eight_who_claim_at_once_one_has_it(app: Flask, settings: Settings) -> None:
    made.ask_for_access(settings)
    people = [make_staff(staff.PROVIDER_SERVICES, f"staff{number}") for number in range(8)]
    [item] = work_queue.items(staff.SUPERVISOR, Wanted(), 0, settings.plan)

    def claim(account: Account) -> bool:
        with connected():
            try:
                KINDS["access"].claim(item.key, Worker(account, acting(account), settings))
            except work_items.ClaimedByOther:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, people)) == 1


def test_a_claim_that_was_forgotten_ends_by_itself_and_one_can_be_given_back(
    client: Client, new_client: Any, settings: Settings, clock: Hands
) -> None:
    made.ask_for_access(settings)
    zoe = make_staff(staff.PROVIDER_SERVICES, "zoe")
    max_ = make_staff(staff.PROVIDER_SERVICES, "max")
    [item] = work_queue.items(staff.PROVIDER_SERVICES, Wanted(), zoe.id, settings.plan)
    mine, theirs = Worker(zoe, acting(zoe), settings), Worker(max_, acting(max_), settings)
    KINDS["access"].claim(item.key, mine)
    with pytest.raises(work_items.ClaimedByOther):
        KINDS["access"].claim(item.key, theirs)
    KINDS["access"].release(item.key, mine)
    KINDS["access"].claim(item.key, theirs)
    clock.advance(minutes=61)
    KINDS["access"].claim(item.key, mine)


def test_an_item_decided_meanwhile_says_so(client: Client, settings: Settings) -> None:
    made.ask_for_access(settings)
    max_ = at_work(client, staff.PROVIDER_SERVICES)
    page = first(client)
    [item] = work_queue.items(staff.PROVIDER_SERVICES, Wanted(), max_.id, settings.plan)
    access_requests.approve(int(item.key), "By another", acting(max_), settings)
    page = page.fill({"Reason": "No"}).submit("Refuse")
    assert (page.status, page.heading) == (404, "This is done or taken back")


@pytest.mark.parametrize("how", ["deleted", "closed"])
def test_an_item_whose_account_is_gone_breaks_nothing(client: Client, settings: Settings, how: str) -> None:
    rosa = made.ask_for_access(settings)
    ana = made.ask_for_update(settings)
    made.write(ana, settings)
    at_work(client)
    urls = [first(client).url]
    pages = {kind: client.get(f"/support/queues?kind={kind}") for kind in ("access", "update", "message")}
    urls = [page.main.xpath(".//tbody//th//a/@href")[0] for page in pages.values()]
    for account in (rosa, ana):
        if how == "deleted":
            account.delete_instance()
        else:
            close_account(account, acting(account), settings.plan)
    OutboxMessage.delete().execute()
    for url in urls:
        page = client.get(url, status=None)
        assert page.status in (200, 404)
        if page.status == 200:
            label = "Answer to the person" if "Answer to the person" in page.text else "Reason"
            button = {"Reason": "Refuse", "Answer to the person": "Done"}[label]
            if "Send the answer" in page.buttons:
                button = "Send the answer"
            assert page.fill({label: "Closed meanwhile"}).submit(button).status in (200, 404)
    assert [mail.recipient for mail in OutboxMessage.select()] == []
    client.get("/support/queues")


@pytest.mark.parametrize(
    "url",
    [
        "access/999999",
        "access/x",
        "access/1%00",
        "message/nothing",
        "nothing/1",
        "registration/99999999999999",
    ],
)
def test_what_is_not_there_is_a_plain_page(client: Client, url: str) -> None:
    at_work(client)
    assert client.get(f"/support/queues/{url}", status=404).heading


def test_a_role_sees_and_opens_its_own_work_alone(client: Client, settings: Settings) -> None:
    made.ask_for_access(settings)
    account = at_work(client, staff.ELIGIBILITY)
    assert kinds_on(client) == []
    [item] = work_queue.items(staff.SUPERVISOR, Wanted(), account.id, settings.plan)
    client.get(f"/support/queues/access/{item.key}", status=404)
    client.post(f"/support/queues/access/{item.key}", {"go": "approve", "text": "x"}, status=404)
    assert AuditEntry.get(AuditEntry.action == "open-work").outcome == "refused"


# --- the list -----------------------------------------------------------------------------------------


def everything(settings: Settings, clock: Hands) -> None:
    """One of each kind, an hour apart, in this order."""
    made.report_mistake(settings)
    clock.advance(hours=1)
    ana = made.ask_for_update(settings)
    clock.advance(hours=1)
    made.write(ana, settings)
    clock.advance(hours=1)
    made.write(made.ask_for_access(settings), settings)
    clock.advance(hours=1)
    made.lock_registration(settings, WRONG)


def test_one_list_holds_every_kind_the_oldest_first(client: Client, settings: Settings, clock: Hands) -> None:
    everything(settings, clock)
    at_work(client)
    listed = kinds_on(client)
    assert listed[:3] == ["Mistake in the directory", "Personal information", "Message of a member"]
    assert set(listed[3:5]) == {"Report access", "Message to Web Support"}
    assert listed[5:] == ["Locked registration"]


def test_the_list_sorts_and_filters(client: Client, settings: Settings, clock: Hands) -> None:
    everything(settings, clock)
    at_work(client)
    assert kinds_on(client, "?dir=desc&sort=since")[0] == "Locked registration"
    assert kinds_on(client, "?kind=update") == ["Personal information"]
    assert kinds_on(client, "?kind=nothing&sort=x&state=y&page=zz") == kinds_on(client)
    page = client.get("/support/queues").click("Person")
    assert page.status == 200
    first(client).submit("Take it on")
    assert kinds_on(client, "?state=mine") == ["Mistake in the directory"]
    assert "Mistake in the directory" not in kinds_on(client, "?state=free")


def test_what_is_over_its_target_time_says_so(client: Client, settings: Settings, clock: Hands) -> None:
    made.ask_for_access(settings)
    at_work(client)
    assert "1 wait, 0 of them over" in client.get("/support/queues").text
    assert kinds_on(client, "?state=over") == []
    clock.advance(days=5)
    other = Client(client.app)
    at_work(other, username="zoe")
    page = other.get("/support/queues?state=over")
    assert page.table("What waits")[0]["Target time"].startswith("Over")


def test_the_list_pages_and_no_item_is_missing_or_twice(client: Client, settings: Settings) -> None:
    for number in range(31):
        lockouts.note("registration", "member", [f"key {number}", f"run {number}"])
    at_work(client)
    for sort in (*work_queue.SORTS, "nothing"):
        seen = []
        for page in (1, 2):
            rows = client.get(f"/support/queues?sort={sort}&page={page}").table("What waits")
            seen += [row["About"] for row in rows]
        assert len(seen) == len(set(seen)) == 31
    assert len(client.get("/support/queues?page=99").table("What waits")) == 6


def test_the_list_is_exported_as_it_is_shown_and_nothing_acts_in_a_spreadsheet(
    client: Client, settings: Settings
) -> None:
    ana = make_ana()
    made.write(ana, settings, subject="=HYPERLINK(1)")
    at_work(client)
    response = client.get("/support/queues.csv?kind=message").response
    lines = response.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffKind of work,Person,About")
    assert "'=HYPERLINK(1)" in lines[1]
    assert response.headers["Content-Type"].startswith("text/csv")
    assert AuditEntry.get(AuditEntry.action == "export-queues").detail == "1 rows"


def test_refreshing_with_htmx_swaps_the_list_and_takes_no_focus(
    htmx_client: Client, settings: Settings
) -> None:
    made.ask_for_access(settings)
    at_work(htmx_client)
    page = htmx_client.get("/support/queues")
    part = page.click("Refresh")
    assert part.fragment
    assert not part.tree.xpath("//*[@autofocus]")
    assert part.table("What waits")
