"""Asking for patient reports (guide 001, the NOTE of step 5; guide 003 from its start to the first table)."""

import json
from typing import Any

import pytest

from tests.e2e.harness import decide
from tests.e2e.harness.walk import Walk

DIABETES = "Adult Diabetes Screening Tests"
PRACTICE = "Elm Street Family Medicine"
ATTEST = (
    "I work for this practice and need these reports for my work there. I will look only at what I need, "
    "keep it private as the law asks, and share my password with nobody."
)


def nurse(walk: Walk) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == "no.access")


def only_with_own_database(walk: Walk) -> None:
    if walk.portal.database is None:
        pytest.skip("support's approval needs the portal's own database")


def test_the_provider_home_page_leads_to_the_login(walk: Walk) -> None:
    walk.open("/")
    walk.click("Information for Providers", budget=False)  # brings the offices' style sheet, once
    walk.sees_heading("Provider Home Page")
    walk.click("Provider Login", within=walk.page.locator("main"))
    walk.sees_heading("HUSKY Health Secure Provider Login")


def test_signing_in_opens_the_welcome_page_with_patient_reports_in_its_menu(walk: Walk) -> None:
    walk.fill("Username", nurse(walk)["username"])
    walk.fill("Password", nurse(walk)["password"])
    walk.click("Login")
    walk.sees(PRACTICE)
    walk.pressable("Patient Reports", within=walk.page.locator(".side"))


def test_reports_data_shows_the_alert_to_who_has_not_asked(walk: Walk) -> None:
    walk.click("Reports/Data")
    walk.sees("ALERT!")
    assert walk.page.locator("table").count() == 0
    walk.shot("alert")


def test_web_support_opens_the_request_form(walk: Walk) -> None:
    walk.click("Web Support")
    walk.sees_heading("Patient Reports")
    walk.sees("Not requested")


def test_an_incomplete_request_says_what_is_missing(walk: Walk) -> None:
    walk.choose("I am a(n):", "Nurse/Medical Assistant")
    walk.click("Send the request")
    assert walk.errors() == [
        walk.t("Say in a few words what you need the reports for."),
        walk.t("Check this box to ask for access."),
    ]
    walk.shot("request-errors")


def test_the_request_is_shown_as_requested(walk: Walk) -> None:
    walk.fill("What do you need the reports for?", "I call members who are due for a screening.")
    walk.tick(ATTEST)
    walk.click("Send the request")
    walk.sees("We have your request. You will get an email when it is decided.")
    walk.sees("Requested", within=walk.page.locator(".defs"))
    walk.shot("requested", whole=True)


def test_until_approval_no_row_is_shown(walk: Walk) -> None:
    walk.click("Reports/Data")
    walk.sees("ALERT!")
    assert walk.page.locator("tbody tr").count() == 0


def test_the_answer_comes_by_mail_and_on_the_page(walk: Walk) -> None:
    only_with_own_database(walk)
    decide.approve(walk.portal, nurse(walk)["username"])
    subjects = [mail["subject"] for mail in walk.portal.mail(nurse(walk)["email"])]
    assert sorted(subjects) == ["We have your request for report access", "You can read patient reports now"]
    walk.click("Patient Reports")
    walk.sees("Approved", within=walk.page.locator(".defs"))
    walk.shot("approved")


def test_the_report_type_opens_the_table(walk: Walk) -> None:
    only_with_own_database(walk)
    walk.click("Reports/Data", within=walk.page.locator("main"))
    walk.click(DIABETES)
    walk.sees("Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75")
    output = walk.portal.command("report", "adult-diabetes", "--tin", nurse(walk)["tins"][0])
    label = walk.t("Client ID Number")
    cells = walk.page.locator(f'tbody td[data-label="{label}"]').all_text_contents()
    assert [cell.strip() for cell in cells] == [row["client_id"] for row in json.loads(output)["rows"][:50]]
    walk.shot("table")
