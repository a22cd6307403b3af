"""Reports/Data: the table, its filters, sorting and search, the download, and who may see what."""

import csv
import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from reports import summary
from reports.catalog import REPORTS
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, generated, publish
from tests.integration.office_walk import ALSO_MINE, MINE, NOT_MINE, make_account, sign_in
from webapp.domain.audit import AuditEntry
from webapp.domain.practice import practices
from webapp.domain.reporting import report_files, report_pages
from webapp.domain.reporting.download_guard import DownloadDay, ReportDownload
from webapp.domain.reporting.row_searches import RowSearch
from webapp.tables import SCHEMA

ROWS = 120
URL = f"/providers/reports?report=adult-diabetes&tin={MINE}"


@pytest.fixture
def rows(app: Any) -> list[dict[str, str]]:
    add_provider()
    add_provider(npi="1000000012", tin=ALSO_MINE, practice_name="Oak Street")
    add_provider(npi="1000000020", tin=NOT_MINE, practice_name="Elsewhere")
    made = [
        diabetic(
            n, npi="1000000004" if n % 2 else "1000000038", pcp_name="Diaz, Rosa" if n % 2 else "Roe, Jo"
        )
        for n in range(ROWS)
    ]
    theirs = [diabetic(900, member_name="Stranger, Sam", client_id="009999999")]
    publish("adult-diabetes", {MINE: made, ALSO_MINE: [diabetic(500)], NOT_MINE: theirs})
    return made


@pytest.fixture
def office(client: Client, rows: list[dict[str, str]]) -> Client:
    make_account("office", MINE, ALSO_MINE)
    sign_in(client)
    return client


def downloaded(client: Client, url: str) -> list[list[str]]:
    """The lines of a CSV, the column heads and what follows them first."""
    text = client.get(url).response.get_data(as_text=True).removeprefix("\ufeff")
    lines = list(csv.reader(io.StringIO(text)))
    return lines[lines.index([]) + 1 :]


def cells(page: Page) -> list[list[str]]:
    """The table of a page, row for row."""
    return [list(row.values()) for row in page.table()]


def every_row(client: Client, url: str) -> list[list[str]]:
    """The rows of all pages, one after the other."""
    page, found = client.get(url), []
    while True:
        found += cells(page)
        if not (following := [link for link in page.links() if link.startswith("Next")]):
            return found
        page = page.click(following[0])


def test_choosing_a_report_shows_its_table_under_the_drop_down(office: Client) -> None:
    landing = office.get("/providers/reports")
    assert landing.heading == "Reports/Data"
    page = landing.fill({"Report Type": "Adult Diabetes Screening Tests"}).submit("Show")
    assert "Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75" in page.text
    assert "Excludes Dual Eligible and Opt-Out Members" in page.text
    assert "As of 03/25/2026" in page.text
    assert "Claims complete through 02/28/2026" in page.text
    assert "120 rows · 80 with something Due" in page.text
    assert len(page.table()) == 50


def test_htmx_gets_the_same_table_and_the_controls_that_change(
    htmx_client: Client, rows: list[dict[str, str]]
) -> None:
    make_account("office", MINE, ALSO_MINE)
    sign_in(htmx_client)
    whole = htmx_client.get(URL)
    part = htmx_client.get(URL, htmx=True, headers={"HX-Current-URL": "http://localhost/providers/reports"})
    assert cells(part) == cells(whole)
    assert [p.get("hx-target") for p in part.tree.iter("hx-partial")] == ["#filters", "#search-part", "#live"]
    sorted_part = htmx_client.get(
        f"{URL}&sort=gender", htmx=True, headers={"HX-Current-URL": f"http://localhost{URL}"}
    )
    assert [p.get("hx-target") for p in sorted_part.tree.iter("hx-partial")] == ["#live"]
    assert sorted_part.response.headers["HX-Push-Url"].endswith("&sort=gender&dir=asc")


@pytest.mark.parametrize("key", [column.key for column in REPORTS["adult-diabetes"].columns])
def test_pages_together_hold_every_row_once_whatever_the_sort(office: Client, key: str) -> None:
    for direction in ("asc", "desc"):
        found = [row[3] for row in every_row(office, f"{URL}&sort={key}&dir={direction}")]
        assert len(found) == len(set(found)) == ROWS


def test_a_sorted_column_says_so_and_turns_round_when_asked_again(office: Client) -> None:
    page = office.get(URL).click("HbA1c")
    dates = [row["HbA1c"] for row in page.table()]
    assert page.tree.xpath("//th[@aria-sort='ascending']//a/text()") == ["HbA1c"]
    turned = page.click("HbA1c")
    assert turned.tree.xpath("//th[@aria-sort='descending']//a/text()") == ["HbA1c"]
    assert dates[0] == ""
    assert turned.table()[0]["HbA1c"] == "12/15/2025"


def test_the_first_sort_by_a_due_column_puts_what_is_due_on_top(office: Client) -> None:
    assert {row["LDL-C Due"] for row in office.get(URL).click("LDL-C Due").table()} == {"Due"}


def test_due_only_a_pcp_and_an_icm_status_leave_the_rows_that_they_say(
    office: Client, rows: list[dict[str, str]]
) -> None:
    page = (
        office.get(URL).fill({"Due only": True, "PCP": "1000000004", "ICM Status": "ACTIVE"}).submit("Show")
    )
    wanted = [
        r["client_id"]
        for r in rows
        if r["hba1c_due"] and r["pcp_name"] == "Diaz, Rosa" and r["icm_status"] == "ACTIVE"
    ]
    assert [row["Client ID Number"] for row in page.table()] == wanted
    assert "Only: PCP Diaz, Rosa; Due; ICM Status ACTIVE" in page.text
    assert page.click("Show all rows").text.count("120 rows") == 1


def test_a_filter_left_over_from_another_practice_is_dropped(office: Client) -> None:
    page = office.get(f"{URL}&pcp=1000000038").fill({"Practice": ALSO_MINE}).submit("Show")
    assert "1 rows" in page.text
    assert "Only:" not in page.text


@pytest.mark.parametrize(
    "query",
    ["sort=nothing&dir=up", "page=0", "page=-1", "page=x", "page=٣", "pcp=%00", "icm=%00", "search=x%00"],
)
def test_what_an_address_says_wrongly_is_passed_over(office: Client, query: str) -> None:
    assert "120 rows" in office.get(f"{URL}&{query}").text


def test_a_page_beyond_the_last_is_the_last(office: Client) -> None:
    page = office.get(f"{URL}&page=99")
    assert "Showing 101 to 120 of 120" in page.text
    assert len(page.table()) == 20


def test_an_unknown_report_is_not_found(office: Client) -> None:
    for url in (
        "/providers/reports?report=made-up",
        "/providers/reports/made-up.csv",
        "/providers/reports/help/made-up",
    ):
        office.get(url, status=404)


# --- the search ---


def test_a_search_by_name_or_id_puts_neither_into_the_address(office: Client) -> None:
    for typed, found in (("member07", 3), ("MEMBER07 ana", 3), ("007000011", 1), ("nobody", 0)):
        page = (
            office.get(f"{URL}&sort=gender").fill({"Member name or Client ID Number": typed}).submit("Search")
        )
        assert page.status == 200
        assert f"{found} rows" in page.text if found else "No row matches" in page.text
        assert typed.split()[0].lower() not in page.url.lower()
        assert "&sort=gender" in page.url
        addresses = " ".join(page.links().values()).lower()
        assert typed.split()[0].lower() not in addresses


def test_no_address_of_the_page_holds_a_name_or_an_id(office: Client, rows: list[dict[str, str]]) -> None:
    page = office.get(URL).fill({"Member name or Client ID Number": "Member07"}).submit("Search")
    for attribute in ("href", "action", "hx-get", "hx-post"):
        for address in page.tree.xpath(f"//@{attribute}"):
            assert "member07" not in address.lower()
            assert not any(row["client_id"] in address for row in rows)


def test_a_search_stays_when_filters_change_and_goes_when_cleared(office: Client) -> None:
    page = office.get(URL).fill({"Member name or Client ID Number": "member07"}).submit("Search")
    narrowed = page.fill({"Due only": True}).submit("Show")
    assert "2 rows" in narrowed.text
    assert "Only: Due; Member name or ID with “member07”" in narrowed.text
    assert "80 rows" in narrowed.click("Clear search").text


def test_a_filter_that_was_taken_away_does_not_come_back_with_a_search(office: Client) -> None:
    # With HTMX the search keeps the address of the page that was opened, and the controls as they are now go with it.
    typed = {"q": "member07", "report": "adult-diabetes", "tin": MINE, "pcp": "", "icm": "", "sort": "gender"}
    page = office.post(f"{URL}&due=1&pcp=1000000004&icm=ACTIVE", {**typed, "dir": "asc"})
    assert "3 rows" in page.text
    assert "Only: Member name or ID with “member07” ·" in page.text
    assert parse_qs(urlsplit(page.url).query).keys() == {"report", "tin", "search", "sort", "dir"}


def test_with_htmx_clearing_a_search_stays_at_the_report_and_the_filters_of_now(
    htmx_client: Client, rows: list[dict[str, str]]
) -> None:
    make_account("office", MINE, ALSO_MINE)
    sign_in(htmx_client)
    at = {"HX-Current-URL": f"http://localhost{URL}"}
    sent = {"q": "member07", "report": "adult-diabetes", "tin": MINE, "due": "1"}
    found = htmx_client.post(URL, sent, htmx=True, headers=at)
    assert found.links()["Clear search"] == f"{URL}&due=1"
    at = {"HX-Current-URL": f"http://localhost{found.url}"}
    panel = htmx_client.get(found.url.replace("adult-diabetes", "patient-panel"), htmx=True, headers=at)
    assert panel.links()["Clear search"] == URL.replace("adult-diabetes", "patient-panel")
    cleared = htmx_client.post(URL, {**sent, "q": ""}, htmx=True, headers=at)
    assert "Clear search" not in cleared.links()
    assert [p.get("hx-target") for p in cleared.tree.iter("hx-partial")] == ["#search-part", "#live"]


def test_another_accounts_token_finds_nothing_and_hides_nothing(
    office: Client, new_client: Callable[..., Client]
) -> None:
    searched = office.get(URL).fill({"Member name or Client ID Number": "member07"}).submit("Search")
    make_account("other", MINE)
    other = new_client()
    sign_in(other, "other")
    page = other.get(searched.url)
    assert "120 rows" in page.text
    assert "member07" not in page.html.lower().replace("member07,", "")
    assert "Your search has ended" in page.text


def test_tokens_are_long_random_and_die_with_the_session(office: Client) -> None:
    tokens = set()
    for text in ("aa", "ab", "ac"):
        page = office.get(URL).fill({"Member name or Client ID Number": text}).submit("Search")
        tokens.add(parse_qs(urlsplit(page.url).query)["search"][0])
    assert len(tokens) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22}", token) for token in tokens)
    page.submit("LOGOUT")
    assert RowSearch.select().count() == 0
    sign_in(office)
    assert "Your search has ended" in office.get(page.url).text


def test_a_session_that_went_idle_takes_its_searches_along(office: Client, clock: Hands) -> None:
    page = office.get(URL).fill({"Member name or Client ID Number": "member07"}).submit("Search")
    clock.advance(minutes=16)
    assert office.get(page.url).path == "/providers/login"
    sign_in(office)
    assert "120 rows" in office.get(page.url).text


def test_reading_changes_nothing_but_the_log(office: Client) -> None:
    logs = (AuditEntry, DownloadDay, ReportDownload)

    def counts() -> dict[str, int]:
        return {t.__name__: t.select().count() for t in SCHEMA if t not in logs}

    before = counts()
    for url in (
        "/providers/reports",
        URL,
        f"{URL}&print=1",
        f"{URL}&search=x",
        f"/providers/reports/adult-diabetes.csv?tin={MINE}",
    ):
        office.get(url)
    assert counts() == before


# --- who may see what ---


@pytest.mark.parametrize(
    "url",
    [
        "/providers/reports?report=adult-diabetes&tin={}",
        "/providers/reports/adult-diabetes.csv?tin={}",
        "/providers/reports?report=adult-diabetes&print=1&tin={}",
    ],
)
@pytest.mark.parametrize("tin", [NOT_MINE, "000000000", "x'--", "%00"])
def test_another_practices_report_is_not_found_and_noted(office: Client, url: str, tin: str) -> None:
    page = office.get(url.format(tin), status=404)
    assert "Stranger" not in page.html
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.outcome) == ("report-view", "refused")
    assert (
        entry.subject == f"report:adult-diabetes:{''.join(c for c in tin.replace('%00', '') if c.isalnum())}"
    )


def test_a_search_in_another_practices_report_is_not_found(office: Client) -> None:
    page = office.post(
        f"/providers/reports?report=adult-diabetes&tin={NOT_MINE}", {"q": "stranger"}, status=404
    )
    assert "Stranger" not in page.html
    office.post(URL, {"q": "stranger", "tin": NOT_MINE}, status=404)


def test_access_that_ends_ends_at_once(office: Client) -> None:
    office.get(URL)
    practices.PracticeAccess.update(report_access="expired").execute()
    office.get(URL, status=404)
    assert office.get("/providers/reports").notices


@pytest.mark.parametrize("access", [state for state in practices.STATES if state != "approved"])
def test_who_has_no_report_access_sees_the_alert_and_web_support(
    client: Client, rows: list[dict[str, str]], access: str
) -> None:
    make_account("new", MINE, access=access)
    sign_in(client, "new")
    page = client.get("/providers/reports")
    assert page.notices[0].startswith("ALERT!")
    assert page.click("Web Support").heading == "Patient Reports"
    client.get(URL, status=404)


def test_each_view_and_each_download_is_noted_without_health_data(office: Client) -> None:
    office.get(URL)
    office.get(f"/providers/reports/adult-diabetes.csv?tin={MINE}&due=1")
    found = [(e.action, e.outcome, e.subject, e.detail) for e in AuditEntry.select().order_by(AuditEntry.id)][
        -2:
    ]
    subject = f"report:adult-diabetes:{MINE}"
    assert found[0] == ("report-view", "done", subject, "")
    assert found[1][:3] == ("download", "done", subject)
    assert re.fullmatch(r"csv, 80 rows, adult-diabetes-2026-03-25-\d+-[a-z2-9]{7}", found[1][3])


# --- the download and the page say the same ---


@pytest.mark.parametrize(
    "query", ["", "&due=1", "&pcp=1000000004&sort=member_name&dir=desc", "&icm=ACTIVE&sort=hba1c_date"]
)
def test_the_download_equals_the_page_row_for_row(office: Client, query: str) -> None:
    heads, *listed = downloaded(office, f"/providers/reports/adult-diabetes.csv?tin={MINE}{query}")
    page = office.get(URL + query)
    assert heads == [*page.table()[0], "Practice's answers"]
    assert [row[:-1] for row in listed] == every_row(office, URL + query)
    assert office.get(page.links()["Download CSV"]).response.headers["Content-Disposition"] == (
        f'attachment; filename="adult-diabetes-{MINE}-2026-03-25.csv"'
    )


def test_the_download_equals_what_the_command_prints(office: Client) -> None:
    _heads, *listed = downloaded(office, f"/providers/reports/adult-diabetes.csv?tin={MINE}")
    text = "".join(report_files.csv_text(report_pages.whole_report("adult-diabetes", MINE)))
    printed = list(csv.reader(io.StringIO(text)))
    assert listed == printed[printed.index([]) + 2 :]


def test_nothing_in_a_name_acts_in_a_spreadsheet_or_a_browser(office: Client) -> None:
    names = ["=1+1, Ana", "+A", "-A", "@A", "\tA", "＝A", '<b>O\'Neil</b>, "Al"', "Plain, Ana"]
    publish("adult-diabetes", {MINE: [diabetic(n, member_name=name) for n, name in enumerate(names)]})
    listed = [row[2] for row in downloaded(office, f"/providers/reports/adult-diabetes.csv?tin={MINE}")[1:]]
    assert listed == [f"'{name}" for name in names[:6]] + names[6:]
    page = office.get(URL)
    assert [row["Member Name"] for row in page.table()][6:] == names[6:]
    assert "<b>O" not in page.html


def test_the_print_page_holds_every_row_and_the_header(office: Client) -> None:
    page = office.get(URL).click("Print")
    assert page.heading.startswith("Gaps in Care:")
    assert "Practice: Elm Street" in page.text
    assert len(page.table()) == ROWS


def test_the_summary_on_paper_has_its_charts_and_figures_under_their_heads(office: Client) -> None:
    made = [generated("practice-summary", 1, measure=measure.name) for measure in summary.measures()]
    publish("practice-summary", {MINE: made})
    page = office.get(f"/providers/reports?report=practice-summary&tin={MINE}").click("Print")
    assert "The last twelve months" in page.text
    assert len(page.tree.xpath("//ul[@class='trends']/li")) == len(made)
    heads, first = page.tree.xpath("//table[1]/thead/tr")[0], page.tree.xpath("//table[1]/tbody/tr")[0]
    assert [cell.get("class") == "num" for cell in heads] == [cell.get("class") == "num" for cell in first]


# --- nothing there ---


def test_a_report_that_lists_nobody_says_what_to_do(office: Client) -> None:
    publish("adult-diabetes", {NOT_MINE: [diabetic(1)]})
    assert "No member of this practice is on this report" in office.get(URL).text


def test_a_report_that_was_never_made_says_so(office: Client) -> None:
    assert (
        "This report has not been made yet"
        in office.get(f"/providers/reports?report=patient-panel&tin={MINE}").text
    )
    office.get(f"/providers/reports/patient-panel.csv?tin={MINE}", status=404)


def test_the_help_guide_stands_above_the_table(office: Client) -> None:
    page = office.get(URL).click("Report Help Guide")
    assert page.heading == "Report Help Guide: Adult Diabetes Screening Tests"
    assert "It is Due when the last one was more than 6 months ago" in page.text
    assert page.click("All Report Help Guides").click("Cancer Screenings").status == 200
