"""A stolen password that tries to download everything, and what stops it: the budget of a new device, the mailed code,
the notice to the Office Manager, a hold by support in one click, and the release."""

import csv
from pathlib import Path

from tests.e2e.harness.walk import Walk

OWNER, MANAGER, PRACTICE = "road.nurse", "large.group", "061110003"
REPORTS = f"/providers/reports?tin={PRACTICE}"


def report_id(walk: Walk, file: Path) -> str:
    """The ID that stands over the table of a downloaded file."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return next(line[1] for line in csv.reader(lines) if line and line[0] == walk.t("Report ID"))


def first_file(walk: Walk) -> Path:
    """What was got out of the portal before anything stopped it."""
    return next(walk.folder.glob(f"adult-diabetes-{PRACTICE}-*.csv"))


def test_the_first_file_fits_into_the_budget_of_a_new_device(walk: Walk) -> None:
    walk.sign_in(walk.account(OWNER))
    walk.open(f"{REPORTS}&report=adult-diabetes")
    walk.download("Download CSV")
    assert report_id(walk, first_file(walk))


def test_the_office_manager_is_told_at_once(walk: Walk) -> None:
    told = walk.portal.mail(walk.account(MANAGER)["email"])[0]
    assert told["subject"] == "Unusual downloads in your practice"
    assert "Lowell" not in told["body"]


def test_the_whole_panel_is_too_much_and_asks_for_a_mailed_code(walk: Walk) -> None:
    walk.open(f"{REPORTS}&report=patient-panel")
    walk.click("Download CSV")
    walk.sees_heading("One more step before this download")
    walk.shot("one-more-step")
    walk.click("Send me a code")
    walk.sees(walk.account(OWNER)["email"])
    assert walk.code(walk.account(OWNER)["email"])


def test_guessing_the_code_leads_nowhere(walk: Walk) -> None:
    wrong = "000000" if walk.code(walk.account(OWNER)["email"]) != "000000" else "000001"
    walk.fill("Verification code", wrong)
    walk.click("Download")
    assert walk.errors() == [
        walk.t("That code is not right, or it is too old. Check it, or ask for a new one.")
    ]
    walk.shot("wrong-code")


def test_support_finds_the_download_by_the_id_in_the_file(walk: Walk, desk: Walk) -> None:
    desk.sign_in(desk.account("desk.providers"))
    desk.click("Downloads")
    desk.fill("Report ID, last name, username or Tax ID", report_id(walk, first_file(walk)))
    desk.click("Search")
    desk.sees("New device")
    desk.shot("downloads")
    desk.click("Lowell, Simone")
    desk.sees_heading("Downloads of one account")


def test_and_holds_the_account_in_one_click(walk: Walk, desk: Walk) -> None:
    desk.fill("Reason", "The Office Manager called: nobody there downloads today.")
    desk.click("Hold the downloads now")
    desk.sees("The account can download nothing until it is released.")
    desk.shot("hold")


def test_even_the_right_code_opens_nothing_now(walk: Walk) -> None:
    walk.fill("Verification code", walk.code(walk.account(OWNER)["email"]))
    walk.click("Download")
    walk.sees_heading("Your downloads are stopped")
    walk.shot("stopped")


def test_released_the_owner_downloads_again(walk: Walk, desk: Walk) -> None:
    desk.fill("Reason", "New password set, caller known.")
    desk.click("Release the downloads")
    desk.sees("The account can download again.")
    walk.click("Back to Reports/Data")
    walk.open(f"{REPORTS}&report=patient-panel")
    with walk.page.expect_download() as started:
        walk.pressable("Download CSV").click()
    assert report_id(walk, Path(started.value.path()))
