"""Patient look-up: who is found, whose sheet opens, what it holds, and what it leaves out."""

from collections.abc import Callable

import pytest

from tests.harness.pages import Client, Page
from tests.harness.panel_rows import panel_row, publish_panel
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.office_walk import ALSO_MINE, MINE, NOT_MINE, make_account, sign_in
from webapp.domain.audit import AuditEntry
from webapp.domain.member import consent
from webapp.domain.practice import practices
from webapp.web.texts import forget_kept

ANA, DUAL, THERE, STRANGER = "007000001", "007000002", "007000003", "009999999"


@pytest.fixture
def office(client: Client) -> Client:
    add_provider()
    add_provider(npi="1000000012", tin=ALSO_MINE, practice_name="Oak Street")
    publish_panel(
        {
            MINE: [
                panel_row(ANA, "Ortiz, Ana", icm_status="ACTIVE"),
                panel_row(DUAL, "Ortega, Luz", dual_eligible="YES"),
            ],
            ALSO_MINE: [panel_row(THERE, "Orsini, Bea")],
            NOT_MINE: [panel_row(STRANGER, "Orwell, Sam")],
        }
    )
    publish(
        "adult-diabetes",
        {
            MINE: [
                diabetic(
                    1, member_name="Ortiz, Ana", hba1c_due="", retinal_exam_date="", retinal_exam_due="Due"
                )
            ],
            NOT_MINE: [diabetic(9, client_id=STRANGER)],
        },
    )
    make_account("office", MINE, ALSO_MINE)
    sign_in(client)
    return client


def look_up(client: Client, text: str, **more: str) -> Page:
    page = client.get("/providers/patients")
    return page.fill({"Member name or Client ID Number": text, **more}).submit("Search")


def names(page: Page) -> list[str]:
    return [row["Member Name"] for row in page.table()]


def test_a_young_childs_sheet_says_that_visits_are_missing_not_that_the_last_is_long_ago(
    office: Client,
) -> None:
    child = diabetic(
        1,
        date_of_birth="2024-09-25",
        well_care_date="2026-02-06",
        well_care_due="Due",
        developmental_screening="YES",
    )
    publish("child-well-care", {MINE: [child]})
    due = look_up(office, "ortiz").click("Ortiz, Ana").text.partition("Up to date")[0]
    assert "Well-care visit · last on 02/06/2026 At this age the schedule asks for 8 visits" in due


def test_a_search_for_nothing_says_what_to_type(office: Client) -> None:
    page = look_up(office, "  ")
    assert page.notices == ["Type part of the last name, or the Client ID Number, then choose “Search.”"]
    assert look_up(office, "ortiz").notices == []


def test_the_menu_leads_to_it(office: Client) -> None:
    assert office.get("/providers/home").click("Patient Look-up").heading == "Patient Look-up"


def test_all_practices_of_the_account_are_searched_together_or_one_alone(office: Client) -> None:
    page = look_up(office, "or")
    assert names(page) == ["Orsini, Bea", "Ortega, Luz", "Ortiz, Ana"]
    assert {row["Practice"] for row in page.table()} == {"Oak Street", "Elm Street Family Practice"}
    assert names(look_up(office, "or", Practice=ALSO_MINE)) == ["Orsini, Bea"]
    assert names(look_up(office, "7000001")) == ["Ortiz, Ana"]


def test_nobody_of_another_practice_is_found(office: Client) -> None:
    for text in ("orwell", STRANGER):
        page = look_up(office, text)
        assert "No member of your panel matches" in page.text
        assert "Orwell," not in page.html


def test_neither_the_search_nor_the_sheet_puts_a_name_or_an_id_into_the_address(office: Client) -> None:
    page = look_up(office, "ortiz")
    sheet = page.click("Ortiz, Ana")
    for address in (page.url, sheet.url, *page.links().values(), *sheet.links().values()):
        assert "ortiz" not in address.lower()
        assert ANA not in address
    assert "Ortiz" not in sheet.title


def test_the_sheet_says_who_what_is_due_what_is_up_to_date_and_as_of_when(office: Client) -> None:
    sheet = look_up(office, "ortiz").click("Ortiz, Ana")
    assert sheet.heading == "Pre-visit sheet"
    assert "Ortiz, Ana" in sheet.text
    facts = sheet.facts
    assert facts["Client ID Number"] == ANA
    assert facts["Date of Birth"] == "05/17/1980"
    assert facts["Program Name"] == "HUSKY A"
    assert facts["PCP Name"] == "Diaz, Rosa"
    assert facts["ICM Status"] == "ACTIVE"
    assert "Due now (3)" in sheet.text
    assert "Retinal eye exam · none on record" in sheet.text
    assert "It is Due when the last one was more than 12 months ago" in sheet.text
    assert "HbA1c · 02/15/2025" in sheet.text
    assert (
        "As of 03/25/2026, Claims complete through 02/28/2026: Adult Diabetes Screening Tests; Patient Panel Report"
        in sheet.text
    )
    assert sheet.click("Back to the list").table()


def test_a_dual_eligible_member_has_panel_data_only_and_the_sheet_says_why(office: Client) -> None:
    sheet = look_up(office, "ortega").click("Ortega, Luz")
    assert sheet.facts["Program Name"] == "HUSKY A"
    assert "This member has Medicare too (dual eligible)" in sheet.text
    assert "Due now" not in sheet.text


def test_a_member_who_opted_out_has_panel_data_only_at_once(office: Client) -> None:
    consent.opt_out([ANA])
    sheet = look_up(office, "ortiz").click("Ortiz, Ana")
    assert "This member opted out of sharing medical information" in sheet.text
    assert "HbA1c" not in sheet.text


def test_a_sheet_opens_for_the_panels_of_the_account_only(
    office: Client, new_client: Callable[..., Client]
) -> None:
    url = look_up(office, "ortiz").click("Ortiz, Ana").url
    make_account("other", MINE)
    other = new_client()
    sign_in(other, "other")
    assert "Ortiz" not in other.get(url, status=404).html  # a key of another session
    practices.PracticeAccess.update(report_access="expired").execute()
    assert "Ortiz" not in office.get(url, status=404).html
    for key in ("0" * 16, "x", "%00", ANA):
        office.get(f"/providers/patients/{key}", status=404)


def test_each_opening_and_each_refusal_is_noted(office: Client) -> None:
    look_up(office, "ortiz").click("Ortiz, Ana")
    office.get(f"/providers/patients?tin={NOT_MINE}", status=404)
    found = [(e.action, e.outcome, e.subject) for e in AuditEntry.select().order_by(AuditEntry.id)][-3:]
    assert found == [
        ("patient-search", "done", "report:patient-panel:all"),
        ("open-member", "done", f"member:{ANA}"),
        ("patient-search", "refused", f"report:patient-panel:{NOT_MINE}"),
    ]


def test_another_practices_panel_cannot_be_asked_for(office: Client) -> None:
    office.post("/providers/patients", {"q": "or", "tin": NOT_MINE}, status=404)


def test_who_has_no_report_access_sees_the_alert(client: Client) -> None:
    make_account("new", MINE, access="requested")
    sign_in(client, "new")
    assert client.get("/providers/patients").notices[0].startswith("ALERT!")


def test_a_search_of_an_ended_session_says_so(office: Client) -> None:
    url = look_up(office, "ortiz").url
    office.get("/providers/home").submit("LOGOUT")
    sign_in(office)
    page = office.get(url)
    assert "Your search has ended" in page.text
    assert "Ortiz" not in page.html


def test_no_word_of_the_sheet_bypasses_the_catalogue(office: Client) -> None:
    publish("ed-utilization", {MINE: [{**panel_row(ANA, "Ortiz, Ana"), "visit_date": "2026-02-10"}]})
    url = look_up(office, "ortiz").click("Ortiz, Ana").url
    forget_kept()
    with pseudo_locale():
        page = office.get(url)
    forget_kept()
    tree = page.main
    for data in tree.xpath(".//dd | .//td"):
        data.drop_tree()
    assert bypassing(tree, ("Rosa Diaz, MD",)) == []


def test_the_sheet_lists_visits_and_stays_and_says_where_there_are_none(office: Client) -> None:
    visit = {"visit_date": "2026-02-10", "facility": "Saint Anne Hospital", "diagnosis": "withheld"}
    publish("ed-utilization", {MINE: [{**panel_row(ANA, "Ortiz, Ana"), **visit}]})
    publish("inpatient-claims", {MINE: []})
    sheet = look_up(office, "ortiz").click("Ortiz, Ana")
    row = sheet.table("ED Utilization")[0]
    assert (row["Visit Date"], row["Facility"], row["Diagnosis"]) == (
        "02/10/2026",
        "Saint Anne Hospital",
        "withheld",
    )
    assert "Nothing in: Inpatient Stay Claim Activity." in sheet.text
