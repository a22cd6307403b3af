"""Printed consent and opt-out forms: entered for an opened member, decided by a second member of staff, told and shown
to the member."""

from datetime import date
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_member, add_provider
from tests.integration.profile_walk import last_mail, make_ana, sign_in
from tests.integration.registration_walk import CLIENT_ID, add_ana
from tests.integration.support_walk import acting, at_work, make_staff
from webapp import clock as portal_clock
from webapp.config import Settings, read_plan
from webapp.domain.audit import AuditEntry
from webapp.domain.find_a_doctor import directory_index
from webapp.domain.member import consent, paper_forms
from webapp.domain.member.consent import Consent
from webapp.domain.member.paper_forms import Draft, PaperForm
from webapp.domain.outbox import OutboxMessage
from webapp.domain.support import staff

BOX = "Number, username, email address, or “Last name, First name”"
SIGNED = {"Who signed?": "The member", "Date beside the signature": "3/20/2026", "Received on": "3/24/2026"}
OPT_OUT = {"What does the form ask for?": "Stop sharing medical information", **SIGNED}
CONSENT = {
    "What does the form ask for?": "Share sensitive health information",
    "Behavioral health": True,
    "Who may see it?": "Only one practice",
    "Name of the practice": "Elm Street",
    "Until": "12/31/2026",
    **SIGNED,
}


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def add_practice() -> None:
    """Elm Street, as Find a Doctor lists it."""
    add_provider()
    directory_index.complete(read_plan())


def entering(client: Client) -> Page:
    """The page on which a form of Ana's is entered, after a reason was given."""
    page = client.get("/support/people").fill({BOX: CLIENT_ID}).submit("Search").click("Ana Ortiz")
    return page.fill({"Reason": "A form came by post"}).submit("Open").click("Enter a printed form")


def second_look(new_client: Any, username: str = "zoe") -> Client:
    """A colleague at work."""
    other: Client = new_client()
    at_work(other, staff.MEMBER_SERVICES, username, first_name="Zoe")
    return other


def item(client: Client) -> Page:
    page = client.get("/support/queues?kind=form")
    return client.get(page.main.xpath(".//tbody//th//a/@href")[0])


def test_an_opt_out_goes_from_the_paper_to_the_members_choices(
    client: Client, new_client: Any, clock: Hands
) -> None:
    make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = entering(client).fill(OPT_OUT).submit("Enter the form")
    assert page.notices == ["The form is in the queue. A colleague looks at it and decides."]
    assert consent.opted_out() == []
    desk = second_look(new_client)
    page = item(desk).submit("Take it on")
    assert page.facts["The form asks us to"] == "Stop sharing medical information"
    assert page.facts["Entered by"] == "Maria Lake"
    page = page.click("Accepted").submit("Accept the form")
    assert page.path == "/support/queues"
    assert consent.opted_out() == [CLIENT_ID]
    assert last_mail().subject == "News about the form you sent us"
    ana = new_client()
    sign_in(ana, "member")
    page = ana.get("/members/consents")
    assert "Not shared since 03/25/2026" in page.text
    assert "Stop sharing medical information: Accepted" in " ".join(page.text.split())
    assert "We noted what your form says." in page.text


def test_a_consent_is_noted_as_the_members_own_would_be(
    client: Client, new_client: Any, clock: Hands
) -> None:
    make_ana()
    add_practice()
    at_work(client, staff.MEMBER_SERVICES)
    entering(client).fill(CONSENT).submit("Enter the form")
    page = item(second_look(new_client))
    assert page.facts["What may be shared"] == "Behavioral health"
    assert page.facts["Who may see it"].endswith("061110001")
    page.fill({"Answer to the person": "Noted."}).submit("Accept the form")
    [given] = consent.consents_of(CLIENT_ID)
    assert (given.category, given.tin, str(given.ends_on), given.given_by) == (
        "bh", "061110001", "2026-12-31", "member",
    )  # fmt: skip


def test_neither_mail_nor_log_nor_list_says_what_it_is_about(
    client: Client, new_client: Any, clock: Hands
) -> None:
    make_ana()
    add_practice()
    at_work(client, staff.MEMBER_SERVICES)
    entering(client).fill(CONSENT).submit("Enter the form")
    desk = second_look(new_client)
    lists = desk.get("/support/queues").html + desk.get("/support/forms").html
    lists += desk.get("/support/forms.csv").html + desk.get("/support/queues.csv").html
    item(desk).fill({"Answer to the person": "Noted."}).submit("Accept the form")
    log = " ".join(f"{row.action} {row.detail} {row.subject}" for row in AuditEntry.select())
    mails = " ".join(f"{mail.subject} {mail.body}" for mail in OutboxMessage.select())
    for said in (lists, log, mails):
        assert "ehavioral" not in said
        assert " bh" not in said
    assert "give-consent" in log


def test_who_entered_a_form_does_not_decide_it(client: Client, clock: Hands) -> None:
    make_ana()
    at_work(client)
    entering(client).fill(OPT_OUT).submit("Enter the form")
    page = item(client).fill({"Answer to the person": "Fine."}).submit("Accept the form")
    assert (page.status, consent.opted_out()) == (422, [])
    assert page.errors == [
        "You entered this form. Somebody else looks at it and decides. Nothing was changed."
    ]
    assert page.form("Accept the form").values["text"].strip() == "Fine."


def test_a_form_is_refused_with_words_that_the_member_reads(
    client: Client, new_client: Any, clock: Hands
) -> None:
    make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    entering(client).fill(OPT_OUT).submit("Enter the form")
    desk = second_look(new_client)
    assert item(desk).submit("Refuse the form").errors == ["Write the answer. The person reads it."]
    item(desk).click("Not signed").submit("Refuse the form")
    assert consent.opted_out() == []
    ana = new_client()
    sign_in(ana, "member")
    page = ana.get("/members/consents")
    assert "We could not accept your form: it is not signed." in page.text
    assert client.get("/support/forms?state=refused").table()[0]["Decided by"] == "Zoe Lake"


def test_a_form_that_two_decide_at_once_is_decided_once(clock: Hands, settings: Settings) -> None:
    add_ana()
    eva, zoe = make_staff(username="eva"), make_staff(username="zoe")
    row = paper_forms.enter(_draft(asks="opt-out"), "1", acting(eva))
    paper_forms.refuse(row, "Not signed", acting(zoe), settings.plan)
    with pytest.raises(paper_forms.NotOpen):
        paper_forms.accept(row, "Fine", acting(zoe), settings.plan)
    assert consent.opted_out() == []


def test_a_consent_whose_last_day_passed_while_it_waited_is_not_noted(
    new_client: Any, clock: Hands, settings: Settings
) -> None:
    add_ana()
    paper_forms.enter(
        _draft(asks="consent", categories=("hiv",), ends_on=clock.today()), "1", acting(make_staff())
    )
    clock.advance(days=3)
    desk = second_look(new_client)
    page = item(desk).fill({"Answer to the person": "Fine."}).submit("Accept the form")
    assert page.errors == [
        "The last day of this consent is over. Refuse the form, and say so. Nothing was changed."
    ]
    assert (Consent.select().count(), PaperForm.get().state) == (0, "received")


def test_the_same_page_sent_twice_enters_one_form(client: Client, clock: Hands) -> None:
    add_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = entering(client).fill(OPT_OUT)
    page.submit("Enter the form")
    page.submit("Enter the form")
    assert PaperForm.select().count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose what the form asks for."),
        (
            {**CONSENT, "Behavioral health": False},
            "Mark what may be shared. Without a mark on the form, send it back.",
        ),
        (
            {**CONSENT, "Name of the practice": "Nowhere"},
            "We know of no practice with that name. Check the spelling, or enter only one word of it.",
        ),
        (
            {**CONSENT, "Until": "1/1/2020"},
            "That day is over: the form cannot be accepted. Send it back.",
        ),
        (
            {**OPT_OUT, "Date beside the signature": "4/1/2026"},
            "That day is still to come. Check the date beside the signature.",
        ),
        (
            {**OPT_OUT, "Received on": "3/1/2026"},
            "The form cannot have come before it was signed. Check both dates.",
        ),
        (
            {**OPT_OUT, "Received on": "O'Brien \x00 日本"},
            "Enter the date as month/day/year, like 03/25/2026.",
        ),
        (
            {**OPT_OUT, "Who signed?": "Somebody who may act for the member"},
            "Enter the name of who signed, and who that is to the member.",
        ),
    ],
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_lost(
    client: Client, clock: Hands, typed: dict[str, Any], said: str
) -> None:
    add_ana()
    add_practice()
    at_work(client, staff.MEMBER_SERVICES)
    page = entering(client)
    page = (page.fill(typed) if typed else page).submit("Enter the form")
    assert page.status == 422
    assert said in page.errors
    assert not PaperForm.select().exists()
    for label in ("Date beside the signature", "Received on"):
        if label in typed and "\x00" not in typed[label]:
            assert typed[label] in page.html


def test_a_young_childs_form_is_told_to_the_head_of_the_household(clock: Hands, settings: Settings) -> None:
    make_ana()
    add_member("001234568", birth_date=date(2020, 5, 1), subscriber_id=CLIENT_ID)
    row = paper_forms.enter(
        _draft(client_id="001234568", asks="opt-out", signed_by="authorized", signer="Ana Ortiz, mother"),
        "1", acting(make_staff()),
    )  # fmt: skip
    paper_forms.accept(row, "Noted", acting(make_staff(username="zoe")), settings.plan)
    assert last_mail().recipient == "ana@example.com"
    assert consent.opted_out() == ["001234568"]


def test_a_member_without_an_account_gets_a_letter_and_staff_are_told_so(
    new_client: Any, clock: Hands
) -> None:
    add_ana()
    paper_forms.enter(_draft(asks="opt-out"), "1", acting(make_staff()))
    page = item(second_look(new_client))
    assert page.facts["How the member is told"] == "By a letter from you: there is no account"
    page.fill({"Answer to the person": "Noted"}).submit("Accept the form")
    assert OutboxMessage.select().count() == 0


def test_a_form_that_waits_too_long_is_over_its_target_time(new_client: Any, clock: Hands) -> None:
    add_ana()
    paper_forms.enter(_draft(asks="opt-out"), "1", acting(make_staff()))
    clock.advance(days=6)
    page = second_look(new_client).get("/support/queues?state=over")
    assert [row["Kind of work"] for row in page.table("What waits")] == ["Consent or opt-out form"]


@pytest.mark.parametrize("role", [staff.ELIGIBILITY, staff.PROVIDER_SERVICES])
def test_other_roles_enter_see_and_decide_no_form(new_client: Any, clock: Hands, role: str) -> None:
    add_ana()
    row = paper_forms.enter(_draft(asks="opt-out"), "1", acting(make_staff()))
    client = new_client()
    at_work(client, role, "eva")
    client.get("/support/forms", status=403)
    client.get("/support/forms.csv", status=403)
    client.get(f"/support/people/{'x' * 22}/form", status=403)
    client.get(f"/support/queues/form/{row.id}", status=404)


def test_the_list_pages_and_sorts_and_no_form_is_missing_or_twice(new_client: Any, clock: Hands) -> None:
    add_ana()
    maker = acting(make_staff())
    for number in range(31):
        paper_forms.enter(_draft(asks=("opt-out", "opt-in")[number % 2]), str(number), maker)
    client = second_look(new_client)
    for sort in ("received", "person", "asks", "state", "decided", "nothing"):
        for way in ("asc", "desc"):
            pages = [
                client.get(f"/support/forms?sort={sort}&dir={way}&page={page}").main.xpath(
                    ".//tbody//th//a/@href"
                )
                for page in (1, 2)
            ]
            assert len(set(pages[0] + pages[1])) == 31
    assert client.get("/support/forms.csv").html.count("Received") == 32


def _draft(**given: Any) -> Draft:
    today = portal_clock.today()
    values = {
        "client_id": CLIENT_ID,
        "signed_on": today,
        "received_on": today,
        "signed_by": "member",
        **given,
    }
    return Draft(**values)
