"""The code lists that ship, and the reports' catalogue."""

from pathlib import Path

import pytest

from reports.catalog import GROUPS, REPORTS, in_group
from reports.codes import FOLDER, normal, of, read_codes
from reports.definition import Report
from reports.services import ndc11
from reports.tables import CELLS, cell_names
from reports.words import fold


def test_the_concepts_that_the_definitions_name_have_codes() -> None:
    codes = read_codes()
    for report in REPORTS.values():
        for concept in (*report.population.any_of, *(c for test in report.tests for c in test.concepts)):
            assert of(codes, [concept]), f"{report.slug}: {concept}"


def test_the_code_lists_call_nothing_by_a_proprietary_name() -> None:
    for path in (*FOLDER.rglob("*.csv"), *FOLDER.rglob("*.md")):
        assert "hedis" not in path.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.slug)
def test_a_definition_fits_the_store_and_prints_what_it_computes(report: Report) -> None:
    keys = [column.key for column in (*report.columns, *report.details)]
    assert len(set(keys)) == len(keys)
    assert len(cell_names(keys)) <= CELLS
    for test in report.tests:
        assert report.column(test.due_key).kind == "due"
        assert test.once or report.column(test.date_key).kind == "date"
    assert report in in_group(report.group)
    assert report.group in GROUPS


def test_a_malformed_code_list_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "codes.csv").write_text("concept,system,code\nhba1c,CPT,83036\nhba1c,,1\n")
    with pytest.raises(ValueError, match=r"codes\.csv, line 3"):
        read_codes(tmp_path)
    (tmp_path / "codes.csv").write_text("concept,code\n")
    with pytest.raises(ValueError, match="system is missing"):
        read_codes(tmp_path)


@pytest.mark.parametrize(
    ("system", "written", "compared"),
    [
        ("ICD-10-CM", " e11.9", "E119"),
        ("REVENUE", "510.0", "0510"),
        ("DUAL_STATUS", "2.0", "02"),
        ("CPT", "2022f", "2022F"),
        ("INGREDIENT", "Insulin  Lispro", "insulin lispro"),
    ],
)
def test_codes_are_compared_whatever_their_spelling(system: str, written: str, compared: str) -> None:
    assert normal(system, written) == compared


def test_ndcs_are_compared_in_eleven_digits() -> None:
    assert {ndc11(text) for text in ("0093-1048-01", "00093-1048-01", "00093104801", "93104801")} == {
        "00093104801"
    }
    assert ndc11("50090-539-02") == "50090053902"


def test_names_are_searched_without_accents_case_or_punctuation() -> None:
    assert fold("Núñez-Ortiz,  JOSÉ") == "nunez ortiz jose"
    assert fold("O'Brien") == fold("O’Brien") == "obrien"
