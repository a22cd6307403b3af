"""Reports/Data at all eleven: each report's page, paper, files and guide; the practice summary's charts."""

from typing import Any

import pytest

from reports import store, summary
from reports.catalog import GROUPS, REPORTS, in_group
from reports.dates import add_months
from tests.harness import spreadsheet
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import AS_OF, generated, publish
from webapp.domain.account import accounts
from webapp.domain.practice import practices

MINE, EMPTY = "061110001", "061110002"
ROWS = 60


def address(slug: str, tin: str = MINE, more: str = "") -> str:
    return f"/providers/reports?report={slug}&tin={tin}{more}"


@pytest.fixture
def account(app: Any) -> None:
    add_provider()
    add_provider(npi="1000000012", tin=EMPTY, practice_name="Oak Street")
    office = accounts.create_account(
        portal="provider",
        username="office",
        password="Sunny-2015!",
        email="office@practice.example",
        first_name="Rosa",
        last_name="Lake",
    )
    for tin in (MINE, EMPTY):
        practices.join_practice(office, tin, "Office Staff", "approved")


def sign_in(client: Client) -> Client:
    form = client.get(f"/providers/login?lang={client.language}").form()
    form.values["username"], form.values["password"] = "office", "Sunny-2015!"
    form.submit()
    return client


@pytest.fixture
def office(client: Client, account: None) -> Client:
    return sign_in(client)


def put(slug: str) -> None:
    """Publish the report with rows, or for the summary with the names of its measures."""
    rows = [generated(slug, number) for number in range(ROWS)]
    if slug == summary.SLUG:
        rows = [generated(slug, m.number, measure=m.name) for m in summary.measures()]
    publish(slug, {MINE: rows})


def shown(page: Page) -> list[dict[str, str]]:
    return page.table(next(page.tree.iter("caption")).text_content().strip())


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("slug", REPORTS)
def test_every_report_opens_prints_downloads_and_explains_itself(
    account: None, new_client: Any, slug: str, language: str
) -> None:
    client = sign_in(new_client(language=language))
    put(slug)
    total = len(summary.measures()) if slug == summary.SLUG else ROWS
    page = client.get(address(slug))
    assert len(shown(page)) == min(50, total)
    assert len(client.get(address(slug, more="&print=1")).table()) == total
    assert client.get(f"/providers/reports/{slug}.csv?tin={MINE}").response.mimetype == "text/csv"
    book = spreadsheet.read(client.get(f"/providers/reports/{slug}.xlsx?tin={MINE}").response.data)
    assert len(book.rows) == total
    assert list(shown(page)[0]) == book.lines[book.heads][: len(REPORTS[slug].columns)]
    assert client.get(f"/providers/reports/help/{slug}").heading.endswith(
        page.tree.xpath("string(//option[@selected])")
    )


def test_the_drop_down_lists_all_reports_in_their_groups(office: Client) -> None:
    page = office.get("/providers/reports")
    groups = page.tree.xpath("//select[@id='report-type']/optgroup")
    listed = {group.get("label"): [option.text for option in group] for group in groups}
    assert listed == {label: [report.name for report in in_group(group)] for group, label in GROUPS.items()}


def test_a_workbook_comes_with_its_name_and_length_and_is_noted(office: Client) -> None:
    put("admissions")
    link = office.get(address("admissions")).links()["Download XLSX"]
    response = office.get(link).response
    assert (
        response.headers["Content-Disposition"] == f'attachment; filename="admissions-{MINE}-2026-03-25.xlsx"'
    )
    assert int(response.headers["Content-Length"]) == len(response.data)
    assert response.mimetype.endswith("spreadsheetml.sheet")
    office.get(f"/providers/reports/ed-utilization.xlsx?tin={MINE}", status=404)
    office.get("/providers/reports/admissions.xlsx?tin=000000000", status=404)


def test_only_the_admission_report_is_refreshed_daily(office: Client) -> None:
    for slug in ("admissions", "inpatient-claims"):
        put(slug)
        word = "Refreshed daily" if slug == "admissions" else "Refreshed monthly"
        assert word in office.get(address(slug)).text


@pytest.mark.parametrize("slug", REPORTS)
def test_a_report_that_lists_nobody_says_what_that_means(office: Client, slug: str) -> None:
    publish(slug, {MINE: [generated(slug, 1)]})
    page = office.get(address(slug, EMPTY))
    title = page.tree.xpath("string(//*[@class='empty']/h2)")
    assert title
    assert "0 rows" not in page.text
    if REPORTS[slug].rows != "members":
        assert title != "No member of this practice is on this report"


@pytest.mark.parametrize("slug", [slug for slug, report in REPORTS.items() if report.rows != "members"])
def test_nothing_can_be_filtered_by_what_a_report_does_not_say(office: Client, slug: str) -> None:
    put(slug)
    page = office.get(address(slug, more="&due=1"))
    assert not page.tree.xpath("//*[@id='due']")
    assert "Only:" not in page.text


def test_the_summary_has_no_filters_and_no_search(office: Client) -> None:
    put(summary.SLUG)
    page = office.get(address(summary.SLUG, more="&pcp=1000000004&icm=ACTIVE"))
    assert len(shown(page)) == len(summary.measures())
    assert not page.tree.xpath("//*[@id='pcp' or @id='icm' or @id='q']")


def test_the_search_comes_and_goes_with_reports_of_members(htmx_client: Client, account: None) -> None:
    sign_in(htmx_client)
    put("cancer-screenings")
    put(summary.SLUG)
    for before, after, fields in (
        (summary.SLUG, "cancer-screenings", 1),
        ("cancer-screenings", summary.SLUG, 0),
    ):
        at = {"HX-Current-URL": f"http://localhost{address(before)}"}
        part = htmx_client.get(address(after), htmx=True, headers=at)
        (search,) = part.tree.xpath("//hx-partial[@hx-target='#search-part']")
        assert len(search.xpath(".//input[@id='q']")) == fields


def test_withheld_is_explained_where_it_stands_and_only_there(office: Client) -> None:
    publish("admissions", {MINE: [generated("admissions", 7)]})
    assert (
        "withheld: about HIV, substance abuse or behavioral health" in office.get(address("admissions")).text
    )
    publish("admissions", {MINE: [generated("admissions", 8)]})
    assert "withheld" not in office.get(address("admissions")).text


def test_counts_and_percentages_stand_to_the_right(office: Client) -> None:
    put(summary.SLUG)
    page = office.get(address(summary.SLUG))
    row = page.tree.xpath("//table[@id='rows']/tbody/tr")[0]
    assert [cell.get("class") for cell in row] == ["long", *["num"] * 5]
    assert row[3].text.endswith("%")


def test_each_measure_is_drawn_with_its_figures_in_a_table(office: Client) -> None:
    put(summary.SLUG)
    mine = [(MINE, m.report.slug, m.test.key, 20, 5) for m in summary.measures()]
    for back, due in ((2, 10), (1, 8), (0, 5)):
        with store.transaction():
            figures = [(*row[:4], due) for row in mine]
            summary.keep_month(add_months(AS_OF, -back), [*figures, ("x", "adult-diabetes", "hba1c", 80, 80)])
    page = office.get(address(summary.SLUG))
    name = "Adult Diabetes Screening Tests: HbA1c"
    assert page.table(name) == [
        {"Month": "01/2026", "This practice": "50.0%", "All practices": "10.0%"},
        {"Month": "02/2026", "This practice": "60.0%", "All practices": "12.0%"},
        {"Month": "03/2026", "This practice": "75.0%", "All practices": "15.0%"},
    ]
    lines = page.tree.xpath("//h4[text()=$name]/..//*[name()='polyline']", name=name)
    assert [len(line.get("points").split()) for line in lines] == [3, 3]


def test_all_practices_are_not_drawn_while_they_are_few(office: Client) -> None:
    put(summary.SLUG)
    with store.transaction():
        summary.keep_month(AS_OF, [(MINE, "adult-diabetes", "hba1c", 10, 5)])
    (row,) = office.get(address(summary.SLUG)).table("Adult Diabetes Screening Tests: HbA1c")
    assert (row["This practice"], row["All practices"]) == ("50.0%", "–")


def test_the_list_of_guides_leads_to_every_guide(office: Client) -> None:
    page = office.get("/providers/reports").click("What each report lists, and by which rules")
    for report in REPORTS.values():
        assert page.click(report.name).heading == f"Report Help Guide: {report.name}"
