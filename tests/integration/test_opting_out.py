"""A member who opts out is gone from the practice's gap reports at once, and from the next refresh in the store."""

from typing import Any

from peewee import DatabaseProxy

from tests.harness.pages import Client
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.integration.office_walk import make_account, sign_in
from webapp.domain.member import consent
from webapp.domain.reporting import report_pages
from webapp.domain.reporting.report_inputs import note_refreshed, portal_data

TIN = "061110001"
GONE = "007000001"


def office(client: Client) -> Client:
    add_provider()
    rows = [diabetic(number) for number in range(5)]
    publish("adult-diabetes", {TIN: rows})
    make_account("office", TIN, role="Office Manager")
    sign_in(client)
    return client


def test_whoever_opts_out_is_hidden_from_page_download_and_command_at_once(client: Client) -> None:
    browser = office(client)
    url = f"/providers/reports?report=adult-diabetes&tin={TIN}"
    assert GONE in browser.get(url).text
    consent.opt_out([GONE])
    page = browser.get(url)
    assert GONE not in page.text
    assert "4 rows" in page.text
    assert GONE not in browser.get(f"/providers/reports/adult-diabetes.csv?tin={TIN}").html
    assert GONE not in [row["client_id"] for row in report_pages.whole_report("adult-diabetes", TIN).rows()]


def test_the_panel_lists_who_opted_out(client: Client) -> None:
    office(client)
    publish("patient-panel", {TIN: [diabetic(1)]})
    consent.opt_out([GONE])
    rows: list[dict[str, Any]] = list(report_pages.whole_report("patient-panel", TIN).rows())
    assert [row["client_id"] for row in rows] == [GONE]


def test_a_refresh_that_knew_of_it_ends_the_hiding_and_one_that_did_not_does_not(
    database: DatabaseProxy,
) -> None:
    consent.opt_out(["1"])
    told = portal_data()
    consent.opt_out(["2"])
    note_refreshed(told)
    report = report_pages.find_report("adult-diabetes")
    assert consent.hidden_from(report) == ("2",)
    assert consent.opted_out() == ["1", "2"]
