"""Using Provider Portal Reports to Manage HUSKY Members (guide 003), from the provider home page to a download."""

import csv
import json
from typing import Any

from playwright.sync_api import expect

from tests.e2e.harness.walk import Walk

DIABETES = "Adult Diabetes Screening Tests"
PANEL = "Patient Panel Report"


def office(walk: Walk) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == "elm.manager")


def choose_report(walk: Walk, name: str) -> None:
    """Choose from the drop-down; without script, press Show."""
    report = walk.control("Report Type")
    if walk.mode == "htmx":
        with walk.page.expect_response(lambda response: "/providers/reports" in response.url):
            report.select_option(label=walk.t(name))
        expect(walk.page.locator("table caption, h2").first).to_be_visible()
    else:
        report.select_option(label=walk.t(name))
        walk.click("Show")


def printed(walk: Walk, slug: str) -> list[dict[str, Any]]:
    """The rows that `portal report` prints."""
    output = walk.portal.command("report", slug, "--tin", office(walk)["tins"][0])
    rows: list[dict[str, Any]] = json.loads(output)["rows"]
    return rows


def shown(walk: Walk) -> list[str]:
    """Client IDs of the rows on the page, in their order."""
    label = walk.t("Client ID Number")
    cells = walk.page.locator(f'tbody td[data-label="{label}"]').all_text_contents()
    return [cell.strip() for cell in cells]


def test_for_providers_leads_to_the_provider_login(walk: Walk) -> None:
    walk.open("/")
    walk.click("Information for Providers", budget=False)  # brings the style sheet of offices, once
    walk.sees_heading("Provider Home Page")
    walk.click("Provider Login", within=walk.page.locator("main"))
    walk.sees_heading("HUSKY Health Secure Provider Login")


def test_the_welcome_page_shows_the_practice(walk: Walk) -> None:
    walk.fill("Username", office(walk)["username"])
    walk.fill("Password", office(walk)["password"])
    walk.click("Login", budget=False)  # brings the offices' style sheet, once
    walk.sees("Elm Street Family Medicine")
    walk.shot("welcome")


def test_reports_data_offers_the_report_types(walk: Walk) -> None:
    walk.click("Reports/Data")
    walk.sees_heading("Reports/Data")
    offered = walk.control("Report Type").locator("option").all_inner_texts()
    for name in (DIABETES, PANEL):
        assert walk.t(name) in [option.strip() for option in offered]


def test_adult_diabetes_shows_the_same_rows_as_the_command(walk: Walk) -> None:
    choose_report(walk, DIABETES)
    walk.sees("Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75")
    rows = printed(walk, "adult-diabetes")
    assert shown(walk) == [row["client_id"] for row in rows[:50]]
    walk.shot("adult-diabetes")


def test_the_address_shows_the_same_table_again(walk: Walk) -> None:
    before = shown(walk)
    walk.open(walk.page.url.removeprefix(walk.portal.url))
    assert shown(walk) == before


def test_sorting_by_a_date_keeps_every_row(walk: Walk) -> None:
    walk.click("HbA1c", within=walk.page.locator("thead"))
    expect(walk.page.locator("th[aria-sort=ascending]")).to_have_count(1)
    assert "sort=hba1c_date" in walk.page.url


def test_due_only_leaves_those_with_something_due(walk: Walk) -> None:
    walk.open("/providers/reports?report=adult-diabetes&due=1")
    due = [row for row in printed(walk, "adult-diabetes") if "Due" in row.values()]
    assert shown(walk) == [row["client_id"] for row in due[:50]]


def test_a_due_cell_opens_why_it_is_due(walk: Walk) -> None:
    walk.click("Due", within=walk.page.locator("tbody"))
    walk.sees("The rule")
    walk.sees("The last claim that counted")
    walk.sees("Why this member is listed")
    assert not any(row["client_id"] in walk.page.url for row in printed(walk, "adult-diabetes"))


def test_the_practice_answers_and_the_answer_stands_beside_the_due(walk: Walk) -> None:
    walk.click("Save the answer")
    assert walk.errors() == [walk.t("Choose one of the four answers.")]
    walk.choose("Answer", "Declined")
    walk.fill("Note", "Will think it over")
    walk.click("Save the answer")
    walk.sees("Your answer is kept. It stands beside the Due and does not clear it: only a claim does.")
    if walk.mode == "htmx":
        button = walk.page.locator("tbody button").get_by_text(walk.t("Declined"))
        expect(button).to_have_count(1)
        walk.click(f"{walk.t('Close')}: {walk.page.locator('#why-title').inner_text()}")
        expect(walk.page.locator("#why")).to_be_empty()
        expect(button).to_be_focused()
    else:
        walk.click("Back to the report")
        walk.sees("Declined", within=walk.page.locator("tbody"))
    walk.shot("answer")


def test_what_changed_since_the_last_refresh_is_a_page(walk: Walk) -> None:
    walk.click("Changed since last refresh")
    walk.sees_heading("Changed since last refresh")
    walk.shot("changes")


def test_a_member_is_looked_up_across_every_report(walk: Walk) -> None:
    row = next(row for row in printed(walk, "adult-diabetes") if "Due" in row.values())
    walk.click("Patient Look-up")
    walk.fill("Member name or Client ID Number", row["client_id"])
    walk.click("Search")
    walk.click(row["member_name"])
    walk.sees_heading("Pre-visit sheet")
    walk.sees("What this sheet was made from")
    assert row["client_id"] not in walk.page.url
    walk.shot("pre-visit-sheet", whole=True)


def test_the_download_holds_all_rows(walk: Walk) -> None:
    walk.open("/providers/reports?report=adult-diabetes")
    target = walk.download("Download CSV")
    lines = list(csv.reader(target.open(encoding="utf-8-sig")))
    rows = printed(walk, "adult-diabetes")
    ids = [line[3] for line in lines[-len(rows) :]]
    assert ids == [row["client_id"] for row in rows]


def test_looking_for_a_member_puts_no_name_into_the_address(walk: Walk) -> None:
    row = printed(walk, "adult-diabetes")[0]
    last_name = row["member_name"].split(",")[0]
    walk.fill("Member name or Client ID Number", last_name)
    walk.click("Search")
    assert row["client_id"] in shown(walk)
    assert last_name not in walk.page.url
    walk.shot("search")


def test_the_patient_panel_lists_every_member(walk: Walk) -> None:
    walk.open("/providers/reports?report=adult-diabetes")
    choose_report(walk, PANEL)
    rows = printed(walk, "patient-panel")
    walk.open("/providers/reports?report=patient-panel")
    assert len(shown(walk)) == 50
    assert shown(walk) == [row["client_id"] for row in rows[:50]]
    walk.shot("patient-panel")


def test_who_has_not_asked_for_access_sees_the_alert_and_no_row(walk: Walk) -> None:
    walk.open("/providers/home")
    walk.click("LOGOUT")
    account = next(a for a in walk.demo["accounts"] if a["username"] == "no.access")
    walk.sign_in(account)
    walk.click("Reports/Data")
    walk.sees("ALERT!")
    assert shown(walk) == []
