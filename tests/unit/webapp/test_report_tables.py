"""Every report's table, whatever its columns: pages lose no row, files have them all, words are the reader's."""

import csv
import io
from typing import Any

import pytest

from reports import snapshot
from reports.catalog import GROUPS, REPORTS
from reports.definition import CLIENT_ID
from reports.snapshot import RowQuery
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import generated, publish
from webapp.domain.member import consent
from webapp.domain.reporting import report_files, report_pages

TIN, OTHER = "061110001", "061110002"
ROWS, PER_PAGE = 130, 50

#: As the guide's list has them, the summary last.
IN_ORDER = [
    "adult-diabetes",
    "preventive-21-49",
    "preventive-50-64",
    "cancer-screenings",
    "child-diabetes",
    "child-well-care",
    "admissions",
    "ed-utilization",
    "inpatient-claims",
    "patient-panel",
    "practice-summary",
]


@pytest.fixture
def practice(database: Any) -> None:
    add_provider()


def test_all_eleven_stand_in_the_order_of_the_guide() -> None:
    assert list(REPORTS) == IN_ORDER
    assert [report.group for report in REPORTS.values()] == sorted(
        (report.group for report in REPORTS.values()), key=list(GROUPS).index
    )


@pytest.mark.parametrize("slug", REPORTS)
def test_for_every_column_the_pages_together_hold_each_row_once(practice: None, slug: str) -> None:
    rows = [generated(slug, number) for number in range(ROWS)]
    publish(slug, {TIN: rows, OTHER: rows[:3]})
    for column in REPORTS[slug].columns:
        for descending in (False, True):
            query = RowQuery((TIN,), sort=column.key, descending=descending)
            pages = [snapshot.page(slug, query, number, PER_PAGE) for number in (1, 2, 3)]
            assert [page.total for page in pages] == [ROWS] * 3, column
            positions = [position for page in pages for position in page.positions]
            assert sorted(positions) == list(range(ROWS)), column
            stored = [rows[position][column.key] for position in positions]
            if column.key != "member_name":  # sorted without accents and marks
                assert stored == sorted(stored, reverse=descending), column


@pytest.mark.parametrize("slug", REPORTS)
def test_a_file_of_any_report_has_a_line_for_each_row(practice: None, slug: str) -> None:
    publish(slug, {TIN: [generated(slug, number) for number in range(ROWS)], OTHER: []})
    text = "".join(report_files.csv_text(report_pages.whole_report(slug, TIN)))
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines[lines.index([]) + 2 :]) == ROWS
    assert len(report_pages.as_json(report_pages.whole_report(slug, TIN))["rows"]) == ROWS


def test_percentages_are_numbers_with_one_decimal_and_blanks_stay_blank(practice: None) -> None:
    row = {
        "rate": "0634",
        "plan_rate": "",
        "last_month_rate": "1000",
        "eligible": "000000120",
        "due": "000000000",
    }
    publish("practice-summary", {TIN: [generated("practice-summary", 1, **row)]})
    (printed,) = report_pages.as_json(report_pages.whole_report("practice-summary", TIN))["rows"]
    assert {key: printed[key] for key in row} == {
        "rate": 63.4,
        "plan_rate": None,
        "last_month_rate": 100.0,
        "eligible": 120,
        "due": 0,
    }
    shown = report_pages.cell_text(REPORTS["practice-summary"].column("rate"), {})
    assert [shown(rate) for rate in (63.4, 100.0, 0.0)] == ["63.4%", "100.0%", "0.0%"]


def test_words_in_cells_are_the_readers(practice: None) -> None:
    ours = report_pages.cell_words(lambda text: f"<{text}>")
    assert (
        ours["Cancer Screenings: Breast cancer screening"] == "<Cancer Screenings>: <Breast cancer screening>"
    )
    assert (ours["withheld"], ours["Non-emergent"], ours["Colonoscopy"]) == (
        "<withheld>",
        "<Non-emergent>",
        "<Colonoscopy>",
    )


def test_who_opted_out_since_is_left_out_of_page_and_file_at_once(practice: None) -> None:
    rows = [generated("ed-utilization", number) for number in range(3)]
    publish("ed-utilization", {TIN: rows})
    consent.opt_out([rows[1][CLIENT_ID.key]])
    view = report_pages.whole_report("ed-utilization", TIN)
    assert (view.total, [row["client_id"] for row in view.rows()]) == (
        2,
        [rows[0]["client_id"], rows[2]["client_id"]],
    )
