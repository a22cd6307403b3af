"""Your choices about sharing: opting out, and consents a member gives, ends and takes back."""

import re
from datetime import date, timedelta

import pytest

from reports.tables import ATTRIBUTION, Attribution, ReportPublished
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import TODAY, add_member, add_provider, add_span
from tests.integration.test_tries import at_once
from webapp.config import read_plan
from webapp.domain.account import accounts
from webapp.domain.audit import AuditEntry
from webapp.domain.db import transaction
from webapp.domain.find_a_doctor import directory_index
from webapp.domain.member import choices, consent
from webapp.domain.member.consent import Consent
from webapp.domain.outbox import OutboxMessage

ANA, BEN, TEEN = "001234567", "001234568", "001234569"


@pytest.fixture
def ana(client: Client) -> Client:
    """Ana, with Ben of 9 and Tina of 14; her PCP is at Elm Street."""
    for client_id, name, years in ((ANA, "Ana", 40), (BEN, "Ben", 9), (TEEN, "Tina", 14)):
        born = date(TODAY.year - years, 1, 15)
        add_member(client_id, first_name=name, subscriber_id=ANA, birth_date=born)
        add_span(client_id, date(TODAY.year - 1, 1, 1))
    provider = add_provider()
    for number, name in enumerate(("Lake Family Health", "Lake Eye Care")):
        add_provider(npi=f"100000010{number}", tin=f"06111002{number}", practice_name=name)
    directory_index.complete(read_plan())
    Attribution.create(
        snapshot_id=900, client_id=ANA, npi=provider.npi, tin=provider.tin, kind="Attribution",
        effective_on=date(TODAY.year, 2, 1),
    )  # fmt: skip
    ReportPublished.create(slug=ATTRIBUTION, snapshot_id=900)
    accounts.create_account(
        portal="member", username="ana", password="Naranja7lago", email="ana@example.com",
        first_name="Ana", last_name="Ortiz", client_id=ANA,
    )  # fmt: skip
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    return client


def for_person(client: Client, name: str) -> Page:
    page = client.get("/members/consents")
    return page.fill({"For:": name}).submit("Show")


def give(page: Page, category: str = "HIV", **typed: str | bool) -> Page:
    wanted = {"Who may see it?": "Every practice that treats me", **typed}
    wanted["Yes, I want this shared. I can take it back at any time."] = True
    return page.click(f"Share: {category}").fill(wanted).submit("Share")


def test_nothing_sensitive_is_shared_to_begin_with(ana: Client) -> None:
    page = ana.get("/members/consents")
    assert page.text.count(": not shared") == 3


def test_each_category_is_given_on_its_own_and_reaches_the_next_refresh(ana: Client) -> None:
    page = give(ana.get("/members/consents"), "Substance abuse")
    assert page.notices[0] == "Thank you. It is shared from the next monthly update on."
    assert page.text.count(": not shared") == 2
    assert [(one.client_id, one.category, one.tin) for one in consent.live_consents(TODAY)] == [
        (ANA, "sud", "")
    ]


def test_a_consent_can_be_for_the_pcps_practice_alone(ana: Client) -> None:
    page = give(
        ana.get("/members/consents"),
        **{"Who may see it?": "Only my PCP's practice: Elm Street Family Practice"},
    )
    assert "Elm Street Family Practice" in page.text
    assert Consent.get().tin == "061110001"


def test_another_practice_is_found_by_its_name(ana: Client) -> None:
    page = ana.get("/members/consents").click("Share: HIV")
    typed: dict[str, str | bool] = {
        "Who may see it?": "Only another practice",
        "Yes, I want this shared. I can take it back at any time.": True,
    }
    page = page.fill({**typed, "Name of the practice": "Nowhere"}).submit("Share")
    assert page.errors == [
        "We know of no practice with that name. Check the spelling, or enter only one word of it."
    ]
    page = page.fill({**typed, "Name of the practice": "lake"}).submit("Share")
    assert page.errors == ["More than one practice has that name. Choose one."]
    page.fill({**typed, "Which one?": "Lake Eye Care"}).submit("Share")
    assert Consent.get().tin == "061110021"


def test_a_consent_ends_on_its_last_day(ana: Client, clock: Hands) -> None:
    last = TODAY + timedelta(days=10)
    page = give(ana.get("/members/consents"), Until=f"{last:%m/%d/%Y}")
    assert f"until {last:%m/%d/%Y}" in page.text
    assert consent.live_consents(last)
    assert not consent.live_consents(last + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "error"),
    [
        ("soon", "Enter the date as month/day/year, like 03/25/2026."),
        ("01/01/2020", "That day is over. Enter a day that is still to come, or leave it blank."),
    ],
)
def test_an_end_that_makes_no_sense_is_said(ana: Client, day: str, error: str) -> None:
    page = give(ana.get("/members/consents"), Until=day)
    assert page.errors == [error]
    assert page.form("Share").values["until"] == day


def test_it_must_be_meant(ana: Client) -> None:
    page = ana.get("/members/consents").click("Share: HIV")
    page = page.fill({"Who may see it?": "Every practice that treats me"}).submit("Share")
    assert page.errors == ["Tick the box to say that you want this shared."]
    assert not Consent.select().exists()


def test_a_double_tap_gives_one_consent(ana: Client) -> None:
    form = (
        ana.get("/members/consents")
        .click("Share: HIV")
        .fill(
            {
                "Who may see it?": "Every practice that treats me",
                "Yes, I want this shared. I can take it back at any time.": True,
            }
        )
    )
    form.submit("Share")
    form.submit("Share")
    assert Consent.select().count() == 1


def test_taking_it_back_counts_at_once(ana: Client) -> None:
    page = give(ana.get("/members/consents")).submit("Stop sharing: HIV")
    assert page.notices[0] == "It is not shared any more. Practices cannot see it from now on."
    assert not consent.live_consents(TODAY)
    assert "Earlier choices" in page.text


def test_opting_out_and_back(ana: Client) -> None:
    page = ana.get("/members/consents").submit("Stop sharing")
    assert "Not shared since" in page.text
    assert consent.opted_out() == [ANA]
    page = page.submit("Share again")
    assert "Shared with your doctors now." in page.text
    assert consent.opted_out() == []


def test_a_parent_chooses_for_a_small_child(ana: Client) -> None:
    give(for_person(ana, "Ben Ortiz"))
    assert (Consent.get().client_id, Consent.get().given_by) == (BEN, "authorized")


def test_a_teenagers_choices_are_the_teenagers_own(ana: Client) -> None:
    consent.give_consent(TEEN, "hiv")
    page = for_person(ana, "Tina Ortiz")
    assert "only Tina can see and change them" in page.text
    assert "HIV" not in page.text
    key = page.form("Stop sharing").values["for"]
    own = ana.get("/members/consents").click("Share: HIV")
    ana.get(f"{own.path}?for={key}", status=404)


def test_neither_an_address_nor_a_title_says_what_is_shared(ana: Client) -> None:
    """Both stay in the browser's history."""
    page = ana.get("/members/consents")
    opened = [page.click(f"Share: {name}") for name in ("HIV", "Substance abuse")]
    assert "HIV" in opened[0].text
    for one in (*opened, give(page)):
        assert not re.search(r"hiv|sud|bh|substance|behavioral", f"{one.url} {one.title}", re.IGNORECASE)


def test_nobody_elses_key_or_consent_is_found(ana: Client) -> None:
    ana.get("/members/consents?for=nonsense", status=404)
    ana.get("/members/consents/give/everything", status=404)
    ana.post("/members/consents/withdraw", {"consent": "1"}, status=404)


def test_choices_are_audited_and_mailed_without_saying_what_they_are_about(ana: Client) -> None:
    give(ana.get("/members/consents"))
    entry = AuditEntry.select().where(AuditEntry.action == "give-consent").get()
    assert entry.subject == f"member:{ANA}"
    assert "hiv" not in entry.detail.lower()
    mail = OutboxMessage.get()
    assert "HIV" not in mail.body
    assert "/account/freeze/" in mail.body


def test_two_taps_at_once_give_one_consent(ana: Client) -> None:
    """Of two, one would stay when the other is taken back."""

    def give_once() -> None:
        with transaction():
            choices.given_once(ANA, "hiv", "", None, "member")

    at_once(give_once)
    assert Consent.select().where(Consent.client_id == ANA).count() == 1
