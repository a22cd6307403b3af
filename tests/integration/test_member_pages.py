"""The signed-in member's pages: home, account information and the household."""

from datetime import date
from typing import Any

import pytest

from reports.tables import ATTRIBUTION, Attribution, ReportPublished
from tests.harness.pages import Client
from tests.harness.plan_rows import TODAY, add_member, add_provider, add_span
from tests.integration.registration_walk import add_ana
from webapp.domain.account import accounts
from webapp.domain.audit import AuditEntry


@pytest.fixture
def head(client: Client) -> Client:
    """Ana, head of a household with a child, a grown son and a stranger next door, signed in."""
    add_ana(renewal_on=date(TODAY.year, 12, 31))
    for number, (name, years) in enumerate((("Ben", 9), ("Carlos", 20)), start=8):
        add_member(
            f"00123456{number}",
            first_name=name,
            subscriber_id="001234567",
            birth_date=date(TODAY.year - years, 1, 15),
        )
        add_span(f"00123456{number}", date(TODAY.year - 1, 1, 1))
    add_member("009999999", first_name="Stranger")
    accounts.create_account(
        portal="member",
        username="ana",
        password="Naranja7lago",
        email="ana@example.com",
        first_name="Ana",
        last_name="Ortiz",
        client_id="001234567",
    )
    client.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    return client


def attribute(client_id: str) -> None:
    """Publish an attribution in which the member has a PCP."""
    provider = add_provider()
    Attribution.create(
        snapshot_id=1,
        client_id=client_id,
        npi=provider.npi,
        tin=provider.tin,
        kind="Attribution",
        effective_on=date(TODAY.year, 2, 1),
    )
    ReportPublished.create(slug=ATTRIBUTION, snapshot_id=1)


def test_home_shows_member_information_under_the_guides_labels(head: Client) -> None:
    facts = head.get("/members/home").facts
    assert facts["Client ID Number"] == "001234567"
    assert facts["Status"] == "Active"
    assert facts["Effective Date"] == f"01/01/{TODAY.year - 2}"
    assert facts["HUSKY Health Program"] == "HUSKY A"
    assert "Termination Date" in facts


def test_home_has_the_eight_links_of_the_information_center(head: Client) -> None:
    links = head.get("/members/home").links()
    for label in (
        "Member Information",
        "Member Benefits",
        "Find a Doctor",
        "Managing Your Care",
        "Health & Wellness",
        "Member Privacy",
        "Report Fraud",
        "Contact Us",
    ):
        assert label in links


def test_every_tab_leads_somewhere(head: Client) -> None:
    page = head.get("/members/home")
    for label in (
        "Member Portal Home",
        "My HUSKY Account Information",
        "Find a Doctor",
        "Update My Personal Information",
        "HUSKY Health Home Page",
        "PROFILE",
    ):
        assert page.click(label).status == 200


def test_account_information_shows_the_pcp_and_since_when(head: Client) -> None:
    attribute("001234567")
    facts = head.get("/members/account").facts
    assert facts["PCP Name"].startswith("Rosa Diaz")
    assert facts["Member's Effective Date for PCP"] == f"02/01/{TODAY.year}"
    assert facts["Renew by"] == f"12/31/{TODAY.year}"


def test_the_head_of_household_sees_self_and_the_minors(head: Client) -> None:
    page = head.get("/members/account")
    options = [option.text for option in page.tree.xpath("//select[@id='for']/option")]
    assert options == ["Ana Ortiz", "Ben Ortiz"]
    page = page.fill({"For:": "Ben Ortiz"}).submit("Show")
    assert page.facts["Name"] == "Ben Ortiz"
    assert page.facts["Client ID Number"] == "001234568"


def test_choosing_a_member_puts_no_client_id_into_an_address(head: Client) -> None:
    page = head.get("/members/account").fill({"For:": "Ben Ortiz"}).submit("Show")
    assert "001234568" not in page.url
    assert "?for=" in page.url


@pytest.mark.parametrize("wanted", ["001234569", "009999999", "001234568", "0", "x' OR 1=1"])
def test_any_other_id_is_not_found(head: Client, wanted: str) -> None:
    page = head.get(f"/members/account?for={wanted}", status=404)
    assert page.heading == "Page not found"
    assert (
        AuditEntry.select()
        .where(AuditEntry.action == "open-member", AuditEntry.outcome == "refused")
        .exists()
    )


def test_looking_at_a_member_is_in_the_audit_log(head: Client) -> None:
    head.get("/members/account").fill({"For:": "Ben Ortiz"}).submit("Show")
    subjects = [e.subject for e in AuditEntry.select().where(AuditEntry.action == "open-member")]
    assert subjects == ["member:001234567", "member:001234568"]


def test_a_key_of_one_session_opens_nothing_in_another(head: Client, new_client: Any) -> None:
    url = head.get("/members/account").fill({"For:": "Ben Ortiz"}).submit("Show").url
    other = new_client()
    other.get("/members/login").fill({"Username": "ana", "Password": "Naranja7lago"}).submit("Login")
    assert other.get(url, status=404)


def test_the_id_card_shows_the_program_letter(head: Client) -> None:
    page = head.get("/members/account")
    assert "ID card" in page.text
    assert "001234567" in page.text


def test_htmx_gets_the_part_and_a_restored_page_the_whole(head: Client) -> None:
    part = head.get("/members/account", htmx=True)
    assert "<main" not in part.html
    whole = head.get("/members/account", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<main" in whole.html


def test_print_leads_to_a_page_made_for_paper(head: Client) -> None:
    page = head.get("/members/account").click("Print")
    assert page.facts["Name"] == "Ana Ortiz"
    assert "Use your browser's menu to print this page." in page.text
