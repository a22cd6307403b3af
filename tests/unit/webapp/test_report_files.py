"""A report as CSV and as XLSX: the same figures, nothing that acts, one snapshot, flat memory."""

import csv
import io
import tempfile
import tracemalloc
from datetime import datetime
from typing import Any

import pytest

from reports.catalog import REPORTS
from reports.snapshot import RowQuery
from tests.harness import spreadsheet
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, generated, publish
from webapp.domain.account import accounts
from webapp.domain.audit import Actor
from webapp.domain.reporting import gap_answers, report_files
from webapp.domain.reporting.gap_answers import Answer, Gap
from webapp.domain.reporting.report_pages import View, read_page, whole_report

TIN = "061110001"


@pytest.fixture
def practice(database: Any) -> None:
    add_provider()


def as_csv(view: View) -> list[list[str]]:
    """The lines of the CSV, as a reader of CSV gives them back."""
    return list(csv.reader(io.StringIO("".join(report_files.csv_text(view)), newline="")))


def as_xlsx(view: View) -> spreadsheet.Workbook:
    file = io.BytesIO()
    report_files.write_xlsx(view, file)
    return spreadsheet.read(file.getvalue())


def as_text(value: Any, kind: str) -> str:
    """A cell of a workbook as the CSV writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%m/%d/%Y}"
    return f"{value * 100:.1f}%" if kind == "percent" and not isinstance(value, str) else str(value)


def test_both_files_open_with_the_header_block(practice: None) -> None:
    publish("adult-diabetes", {TIN: [diabetic(1), diabetic(2, hba1c_date="")]})
    view = whole_report("adult-diabetes", TIN)
    lines = as_csv(view)
    assert lines[: lines.index([])] == [
        ["Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75"],
        ["Practice", "Elm Street"],
        ["Tax ID Number (TIN)", TIN],
        ["As of", "03/25/2026"],
        ["Claims complete through", "02/28/2026"],
        ["Excludes Dual Eligible and Opt-Out Members"],
        ["Rows", "2"],
        ["Rows with something Due", "2"],
        ["Report ID", f"adult-diabetes-2026-03-25-{view.snapshot.id}"],  # type: ignore[union-attr]
    ]
    assert lines[-1][6:8] == ["", "Due"]
    book = as_xlsx(view)
    assert book.lines[: book.heads + 1] == lines[: lines.index([]) + 2]


@pytest.mark.parametrize("slug", REPORTS)
def test_both_files_hold_the_same_rows(practice: None, slug: str) -> None:
    publish(slug, {TIN: [generated(slug, number) for number in range(60)]})
    view = whole_report(slug, TIN)
    lines, book = as_csv(view), as_xlsx(view)
    kinds = [column.kind for column in REPORTS[slug].columns] + ["text"] * bool(REPORTS[slug].tests)
    listed = lines[lines.index([]) + 2 :]
    assert len(listed) == 60
    assert [[as_text(*cell) for cell in zip(row, kinds, strict=True)] for row in book.rows] == listed


def test_a_workbook_holds_dates_as_dates_counts_as_numbers_and_ids_as_text(practice: None) -> None:
    given = {"client_id": "000000017", "hba1c_date": "2026-02-03", "ldl_c_date": "withheld", "ldl_c_due": ""}
    publish("adult-diabetes", {TIN: [diabetic(1, **given)]})
    keys = [column.key for column in REPORTS["adult-diabetes"].columns]
    row = dict(zip([*keys, "answers"], as_xlsx(whole_report("adult-diabetes", TIN)).rows[0], strict=True))
    assert {key: row[key] for key in given} == {
        **given,
        "hba1c_date": datetime(2026, 2, 3),
        "ldl_c_due": None,
    }
    publish("practice-summary", {TIN: [generated("practice-summary", 1, rate="0634", eligible="000000012")]})
    (measure,) = as_xlsx(whole_report("practice-summary", TIN)).rows
    assert (measure[1], measure[3]) == (12, 0.634)


def test_a_workbook_is_ready_to_read(practice: None) -> None:
    publish("adult-diabetes", {TIN: [diabetic(number) for number in range(3)]})
    book = as_xlsx(whole_report("adult-diabetes", TIN))
    assert book.frozen == book.heads + 1
    assert book.filtered == f"A{book.heads + 1}:P{book.heads + 4}"
    assert all(9 <= width <= 60 for width in book.widths)
    assert book.properties["title"] == "Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75"
    assert not book.properties.get("creator")
    assert not book.properties.get("lastModifiedBy")
    assert not [part for part in book.parts if "vba" in part.lower() or "external" in part.lower()]


NAMES = [
    'Say "Al"',
    "two\nlines",
    "=1+1, Ana",
    "+A",
    "-A",
    "@A",
    "\tA",
    "＝A",
    "http://a.example",
    "mailto:a@b.c",
    "007",
    "{=1}",
    "Núñez",
]


def test_nothing_in_a_workbook_acts_or_changes_its_type(practice: None) -> None:
    publish("adult-diabetes", {TIN: [diabetic(n, member_name=name) for n, name in enumerate(NAMES)]})
    book = as_xlsx(whole_report("adult-diabetes", TIN))
    assert [row[2] for row in book.rows] == NAMES
    assert (book.formulas, book.links) == (0, 0)


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "＝1"])
def test_a_cell_that_a_spreadsheet_would_run_stands_behind_an_apostrophe(text: str) -> None:
    assert report_files.safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "860-555-0100", "03/25/2026", "O'Neil", "007000011", "1+1"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert report_files.safe_cell(text) == text


def test_both_files_hold_the_practices_answers(practice: None) -> None:
    publish("adult-diabetes", {TIN: [diabetic(1), diabetic(2)]})
    account = accounts.create_account(
        portal="provider", username="rosa", password="Sunny-2015!", email="rosa@practice.example",
        first_name="Rosa", last_name="Lake",
    )  # fmt: skip
    gap = Gap(TIN, "007000002", "ldl_c")
    gap_answers.give(
        gap, Answer("declined", note="=at the visit, twice"), account, Actor("provider", ""), "1"
    )
    view = whole_report("adult-diabetes", TIN)
    lines = as_csv(view)
    assert lines[lines.index([]) + 1][-1] == "Practice's answers"
    assert lines[-2][-1] == ""
    assert lines[-1][-1].startswith("LDL-C: Declined (=at the visit, twice), by Rosa Lake")
    book = as_xlsx(view)
    assert (book.lines[book.heads][-1], book.rows[1][-1]) == ("Practice's answers", lines[-1][-1])


def test_an_endless_cell_is_cut_where_a_spreadsheet_ends(practice: None) -> None:
    publish("adult-diabetes", {TIN: [diabetic(1, member_name="A" * 40_000)]})
    assert as_xlsx(whole_report("adult-diabetes", TIN)).rows[0][2] == "A" * 32_767


def test_an_empty_report_is_a_file_with_its_heads(practice: None) -> None:
    publish("adult-diabetes", {"999999999": [diabetic(1)]})
    book = as_xlsx(whole_report("adult-diabetes", TIN))
    assert book.rows == []
    assert ["Rows", "0"] in book.lines


def test_a_file_is_of_one_snapshot_whatever_is_published_meanwhile(practice: None) -> None:
    publish("adult-diabetes", {TIN: [diabetic(number) for number in range(5)]})
    view = whole_report("adult-diabetes", TIN)
    page = read_page(REPORTS["adult-diabetes"], RowQuery((TIN,), sort="gender"), "Elm Street").view
    publish("adult-diabetes", {TIN: [diabetic(700)]})
    for one in (view, page):
        lines = as_csv(one)
        assert ["Rows", "5"] in lines
        assert len(lines[lines.index([]) + 2 :]) == len(as_xlsx(one).rows) == len(list(one.rows())) == 5
    assert as_csv(view)[8] != as_csv(whole_report("adult-diabetes", TIN))[8]  # the report ID


def test_a_long_file_takes_no_more_memory_than_a_short_one(practice: None) -> None:
    def peak(rows: int) -> int:
        publish(
            "adult-diabetes", {TIN: [diabetic(number, member_name=f"M{number}") for number in range(rows)]}
        )
        view = whole_report("adult-diabetes", TIN)
        with tempfile.TemporaryFile() as file:
            tracemalloc.start()
            for _piece in report_files.csv_text(view):
                pass
            report_files.write_xlsx(view, file)
            reached = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return reached

    peak(100)  # what is loaded once
    assert peak(4_500) < peak(2_200) + 500_000
