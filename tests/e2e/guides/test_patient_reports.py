"""Asking for patient reports (guide 001, the NOTE of step 5; guide 003 from its start to the first table)."""

from typing import Any

import pytest

from tests.e2e.harness import decide
from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("patient-reports")


def nurse(walk: Walk) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == "no.access")


def only_with_own_database(walk: Walk) -> None:
    if walk.portal.database is None:
        pytest.skip("support's approval needs the portal's own database")


def support_approves(walk: Walk) -> None:
    decide.approve(walk.portal, nurse(walk)["username"])


def test_the_provider_home_page_leads_to_the_login(walk: Walk) -> None:
    GUIDE.walk(walk, "go-to-the-login")


def test_signing_in_opens_the_welcome_page_with_patient_reports_in_its_menu(walk: Walk) -> None:
    GUIDE.walk(walk, "log-in")
    walk.pressable("Patient Reports", within=walk.page.locator(".side"))


def test_reports_data_shows_the_alert_to_who_has_not_asked(walk: Walk) -> None:
    GUIDE.walk(walk, "alert")
    assert walk.page.locator("table").count() == 0


def test_web_support_opens_the_request_form(walk: Walk) -> None:
    GUIDE.walk(walk, "web-support")


def test_an_incomplete_request_says_what_is_missing(walk: Walk) -> None:
    walk.choose("I am a(n):", "Nurse/Medical Assistant")
    walk.click("Send the request")
    assert walk.errors() == [
        walk.t("Say in a few words what you need the reports for."),
        walk.t("Check this box to ask for access."),
    ]


def test_the_request_is_shown_as_requested(walk: Walk) -> None:
    GUIDE.walk(walk, "request")
    walk.sees("Requested", within=walk.page.locator(".defs"))


def test_until_approval_no_row_is_shown(walk: Walk) -> None:
    walk.click("Reports/Data")
    walk.sees("ALERT!")
    assert walk.page.locator("tbody tr").count() == 0


def test_the_answer_comes_by_mail_and_on_the_page(walk: Walk) -> None:
    only_with_own_database(walk)
    GUIDE.walk(walk, "answer", support_approves=support_approves)
    subjects = [mail["subject"] for mail in walk.portal.mail(nurse(walk)["email"])]
    assert sorted(subjects) == ["We have your request for report access", "You can read patient reports now"]
    walk.sees("Approved", within=walk.page.locator(".defs"))


def test_the_report_type_opens_the_table(walk: Walk) -> None:
    only_with_own_database(walk)
    GUIDE.walk(walk, "first-report")
    printed = walk.portal.report("adult-diabetes", nurse(walk)["tins"][0])
    label = walk.t("Client ID Number")
    cells = walk.page.locator(f'tbody td[data-label="{label}"]').all_text_contents()
    assert [cell.strip() for cell in cells] == [row["client_id"] for row in printed[:50]]
