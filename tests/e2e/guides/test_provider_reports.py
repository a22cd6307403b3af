"""Using Provider Portal Reports to Manage HUSKY Members (guide 003), from the provider home page to the survey."""

import csv
from typing import Any

from playwright.sync_api import expect

from tests.e2e.harness.guide import guide
from tests.e2e.harness.walk import Walk

GUIDE = guide("provider-reports")
DIABETES = "Adult Diabetes Screening Tests"
PANEL = "Patient Panel Report"


def office(walk: Walk) -> dict[str, Any]:
    return next(account for account in walk.demo["accounts"] if account["username"] == "elm.manager")


def printed(walk: Walk, slug: str) -> list[dict[str, Any]]:
    """The rows that `portal report` prints."""
    return walk.portal.report(slug, office(walk)["tins"][0])


def shown(walk: Walk) -> list[str]:
    """Client IDs of the rows on the page, in their order."""
    label = walk.t("Client ID Number")
    cells = walk.page.locator(f'tbody td[data-label="{label}"]').all_text_contents()
    return [cell.strip() for cell in cells]


def first_due(walk: Walk) -> dict[str, Any]:
    return next(row for row in printed(walk, "adult-diabetes") if "Due" in row.values())


def shows_what_is_printed(walk: Walk, slug: str) -> None:
    """A report's own step, whose first page holds the first fifty rows that the command prints."""
    assert shown(walk) == [row["client_id"] for row in printed(walk, slug)[:50]]


# --- what the steps of the guide leave to us ---


def choose_adult_diabetes(walk: Walk) -> None:
    """From the drop-down; without script, press Show."""
    report = walk.control("Report Type")
    if walk.mode == "htmx":
        walk.change(
            report, lambda: report.select_option(label=walk.t(DIABETES)), budget=False
        )  # a whole table
    else:
        report.select_option(label=walk.t(DIABETES))
        walk.click("Show")


def tick_due_only(walk: Walk) -> None:
    """On a telephone the filters open from a line."""
    line = walk.page.locator("#choose details.more > summary")
    if line.is_visible():
        line.click()
    if walk.mode == "htmx":
        walk.change(walk.control("Due only"), lambda: walk.tick("Due only"), budget=False)  # a whole table
    else:
        walk.tick("Due only")
        walk.click("Show")


def type_the_client_id(walk: Walk) -> None:
    walk.fill("Member name or Client ID Number", first_due(walk)["client_id"])


def open_the_member(walk: Walk) -> None:
    walk.click(first_due(walk)["member_name"])


def type_the_last_name(walk: Walk) -> None:
    walk.fill(
        "Member name or Client ID Number", printed(walk, "adult-diabetes")[0]["member_name"].split(",")[0]
    )


# --- the walk ---


def test_starting_point(walk: Walk) -> None:
    GUIDE.walk(walk, "starting-point")


def test_provider_home_page(walk: Walk) -> None:
    GUIDE.walk(walk, "provider-home-page")


def test_login_to_secure_provider_portal(walk: Walk) -> None:
    GUIDE.walk(walk, "log-in")


def test_secure_provider_portal_welcome_page(walk: Walk) -> None:
    GUIDE.walk(walk, "welcome-page")


def test_reports_data_offers_the_report_types(walk: Walk) -> None:
    GUIDE.walk(walk, "available-reports")
    offered = walk.control("Report Type").locator("option").all_inner_texts()
    for name in (DIABETES, PANEL):
        assert walk.t(name) in [option.strip() for option in offered]


def test_adult_diabetes_shows_the_same_rows_as_the_command(walk: Walk) -> None:
    GUIDE.walk(walk, "adult-diabetes", choose_adult_diabetes=choose_adult_diabetes)
    shows_what_is_printed(walk, "adult-diabetes")


def test_the_address_shows_the_same_table_again(walk: Walk) -> None:
    before = shown(walk)
    walk.open(walk.page.url.removeprefix(walk.portal.url))
    assert shown(walk) == before


def test_sorting_by_a_date_keeps_every_row(walk: Walk) -> None:
    GUIDE.walk(walk, "sort")
    expect(walk.page.locator("th[aria-sort=ascending]")).to_have_count(1)
    assert "sort=hba1c_date" in walk.page.url


def test_due_only_leaves_those_with_something_due(walk: Walk) -> None:
    walk.open("/providers/reports?report=adult-diabetes")
    GUIDE.walk(walk, "filter", tick_due_only=tick_due_only)
    due = [row for row in printed(walk, "adult-diabetes") if "Due" in row.values()]
    assert shown(walk) == [row["client_id"] for row in due[:50]]


def test_a_due_cell_opens_why_it_is_due(walk: Walk) -> None:
    GUIDE.walk(walk, "why")
    assert not any(row["client_id"] in walk.page.url for row in printed(walk, "adult-diabetes"))


def test_an_answer_must_be_chosen(walk: Walk) -> None:
    walk.click("Save the answer")
    assert walk.errors() == [walk.t("Choose one of the four answers.")]


def test_the_practice_answers_and_the_answer_stands_beside_the_due(walk: Walk) -> None:
    GUIDE.walk(walk, "answer")
    if walk.mode == "htmx":
        button = walk.page.locator("tbody button").get_by_text(walk.t("Declined"))
        expect(button).to_have_count(1)
        walk.click(f"{walk.t('Close')}: {walk.page.locator('#why-title').inner_text()}")
        expect(walk.page.locator("#why")).to_be_empty()
        expect(button).to_be_focused()
    else:
        walk.click("Back to the report")
        walk.sees("Declined", within=walk.page.locator("tbody"))


def test_what_changed_since_the_last_refresh_is_a_page(walk: Walk) -> None:
    GUIDE.walk(walk, "changes")


def test_a_member_is_looked_up_across_every_report(walk: Walk) -> None:
    GUIDE.walk(
        walk, "patient-look-up", type_the_client_id=type_the_client_id, open_the_member=open_the_member
    )
    assert first_due(walk)["client_id"] not in walk.page.url


def test_looking_for_a_member_puts_no_name_into_the_address(walk: Walk) -> None:
    GUIDE.walk(walk, "search", type_the_last_name=type_the_last_name)
    row = printed(walk, "adult-diabetes")[0]
    assert row["client_id"] in shown(walk)
    assert row["member_name"].split(",")[0] not in walk.page.url


def test_the_download_holds_all_rows(walk: Walk) -> None:
    for earlier in walk.folder.glob("*.csv"):
        earlier.unlink()
    GUIDE.walk(walk, "download")
    (target,) = walk.folder.glob("*.csv")
    lines = list(csv.reader(target.open(encoding="utf-8-sig")))
    rows = printed(walk, "adult-diabetes")
    ids = [line[3] for line in lines[-len(rows) :]]
    assert ids == [row["client_id"] for row in rows]


def test_adult_preventive_visits_age_21_to_49(walk: Walk) -> None:
    GUIDE.walk(walk, "preventive-21-49")
    shows_what_is_printed(walk, "preventive-21-49")


def test_adult_preventive_visits_age_50_to_64(walk: Walk) -> None:
    GUIDE.walk(walk, "preventive-50-64")
    shows_what_is_printed(walk, "preventive-50-64")


def test_cancer_screenings(walk: Walk) -> None:
    GUIDE.walk(walk, "cancer-screenings")
    shows_what_is_printed(walk, "cancer-screenings")


def test_child_diabetes_screening_tests(walk: Walk) -> None:
    GUIDE.walk(walk, "child-diabetes")
    shows_what_is_printed(walk, "child-diabetes")


def test_child_well_care_visits(walk: Walk) -> None:
    GUIDE.walk(walk, "child-well-care")
    shows_what_is_printed(walk, "child-well-care")


def test_daily_admission_and_discharge_report(walk: Walk) -> None:
    GUIDE.walk(walk, "admissions")
    shows_what_is_printed(walk, "admissions")


def test_ed_utilization_report(walk: Walk) -> None:
    GUIDE.walk(walk, "ed-utilization")
    shows_what_is_printed(walk, "ed-utilization")


def test_inpatient_claims_report(walk: Walk) -> None:
    GUIDE.walk(walk, "inpatient-claims")
    shows_what_is_printed(walk, "inpatient-claims")


def test_patient_panel_report_lists_every_member(walk: Walk) -> None:
    GUIDE.walk(walk, "patient-panel")
    assert len(shown(walk)) == 50
    shows_what_is_printed(walk, "patient-panel")


def test_practice_summary(walk: Walk) -> None:
    GUIDE.walk(walk, "practice-summary")
    walk.sees("The last twelve months")


def test_member_attribution(walk: Walk) -> None:
    GUIDE.walk(walk, "member-attribution")


def test_member_choices_for_sharing_medical_and_sensitive_health_information(walk: Walk) -> None:
    GUIDE.walk(walk, "member-choices")


def test_key_contacts(walk: Walk) -> None:
    GUIDE.walk(walk, "key-contacts")
    for number in ("1.800.440.5071", "1.855.755.0855", "1.866.361.7242"):
        walk.sees(number)


def test_who_has_not_asked_for_access_sees_the_alert_and_no_row(walk: Walk) -> None:
    walk.open("/providers/home")
    walk.click("LOGOUT")
    account = next(a for a in walk.demo["accounts"] if a["username"] == "no.access")
    walk.sign_in(account)
    walk.click("Reports/Data")
    walk.sees("ALERT!")
    assert shown(walk) == []


def test_member_satisfaction_with_provider_services_survey(walk: Walk) -> None:
    GUIDE.walk(walk, "satisfaction-survey")
