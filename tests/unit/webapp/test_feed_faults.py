"""Faults of feeds: those of a file refuse the load, those of a row set that row aside."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reports.extract import ExtractRefused
from reports.layout import TABLES
from tests.unit.webapp.feed_files import counts, eligibility, load, provider, reasons, spans, write
from webapp.domain.member.eligibility import Member

pytestmark = pytest.mark.usefixtures("database")


# --- faults of rows -----------------------------------------------------------------------------------


def test_a_program_that_the_plan_does_not_know_is_set_aside_with_the_first_row(tmp_path: Path) -> None:
    write(
        tmp_path, "eligibility", eligibility(), eligibility("002", plan="Gold"), eligibility("003", plan="")
    )
    outcome = load(tmp_path).feed("eligibility")
    assert (outcome.read, outcome.added, outcome.set_aside_rows) == (3, 1, 2)
    (aside,) = outcome.set_aside
    assert (aside.reason, aside.count) == ("plan is a program that the plan file does not know", 2)
    assert (aside.first["member_id"], aside.first["plan"]) == ("002", "Gold")
    assert str(outcome).splitlines() == [
        "eligibility: 3 rows, 1 added, 0 changed, 0 unchanged",
        (
            "  2 set aside: plan is a program that the plan file does not know; the first: member_id 002, "
            "enrollment_start_date 2024-01-01, enrollment_end_date (blank), plan Gold"
        ),
    ]
    assert Member.select().count() == 1


def test_a_bad_date_is_set_aside_and_the_rest_loads(tmp_path: Path) -> None:
    bad = [eligibility("002", birth_date="31/31/1990"), eligibility("003", birth_date="x")]
    write(tmp_path, "eligibility", eligibility(), *bad)
    outcome = load(tmp_path).feed("eligibility")
    (aside,) = outcome.set_aside
    assert (aside.count, aside.first["member_id"], outcome.added) == (2, "002", 1)
    assert "birth_date" in aside.reason


def test_a_span_that_ends_before_it_starts_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility(), eligibility("002", enrollment_end_date="2023-01-01"))
    assert load(tmp_path).feed("eligibility").set_aside_rows == 1
    assert Member.select().count() == 1


def test_a_member_twice_is_set_aside_once(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility(), eligibility(enrollment_end_date="2025-01-01"))
    outcome = load(tmp_path).feed("eligibility")
    assert (outcome.added, outcome.set_aside_rows) == (1, 1)
    assert spans() == [("001", date(2024, 1, 1), None, "A")]


def test_a_member_id_too_long_to_keep_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility("9" * 41))
    assert reasons(load(tmp_path).feed("eligibility")) == {"member_id is longer than 40 characters": 1}


def test_a_member_nobody_knows_is_set_aside(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility())
    load(tmp_path)
    (tmp_path / "eligibility.csv").unlink()
    write(
        tmp_path, "icm_status", {"member_id": "001", "status": "Enrolled"}, {"member_id": "7", "status": "x"}
    )
    write(tmp_path, "coverage", {"member_id": "7", "language": "Spanish"})
    outcome = load(tmp_path)
    assert counts(outcome.feed("icm_status")) == (1, 0, 0, 0)
    assert reasons(outcome.feed("icm_status")) == {"no such member": 1}
    assert reasons(outcome.feed("coverage")) == {"no such member": 1}
    assert outcome.feed("coverage").set_aside[0].first == {"member_id": "7"}


def test_a_zero_byte_in_a_name_does_not_stop_the_load(tmp_path: Path) -> None:
    row = eligibility(first_name="A\x00na") | {"birth_date": date(1990, 6, 15)}
    row |= {"enrollment_start_date": date(2024, 1, 1), "enrollment_end_date": date(9999, 12, 31)}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "eligibility.parquet")
    load(tmp_path)
    assert Member.get().first_name == "Ana"


# --- faults of files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column", [column.name for column in TABLES["eligibility"].columns if column.required]
)
def test_a_missing_column_refuses_the_load_and_names_file_and_column(tmp_path: Path, column: str) -> None:
    row = eligibility()
    del row[column]
    write(tmp_path, "eligibility", row)
    with pytest.raises(ExtractRefused) as refused:
        load(tmp_path)
    assert (refused.value.file, refused.value.column) == ("eligibility.csv", column)
    assert "eligibility.csv" in str(refused.value)
    assert column in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 and then nothing"])
def test_an_empty_or_truncated_parquet_file_refuses_the_load(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "eligibility.parquet").write_bytes(content)
    with pytest.raises(ExtractRefused, match=r"eligibility\.parquet"):
        load(tmp_path)


def test_a_file_with_a_header_and_no_rows_refuses_the_load(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", columns=tuple(eligibility()))
    with pytest.raises(ExtractRefused, match=r"eligibility\.csv.*no rows"):
        load(tmp_path)


def test_one_bad_file_keeps_the_good_ones_out_too(tmp_path: Path) -> None:
    write(tmp_path, "eligibility", eligibility())
    half = tmp_path / "provider.parquet"
    pq.write_table(pa.Table.from_pylist([provider()] * 1000), half)
    half.write_bytes(half.read_bytes()[:-200])
    with pytest.raises(ExtractRefused, match=r"provider\.parquet"):
        load(tmp_path)
    assert Member.select().count() == 0


def test_a_folder_without_feeds_refuses_the_load(tmp_path: Path) -> None:
    with pytest.raises(ExtractRefused, match="no feed"):
        load(tmp_path)
    with pytest.raises(ExtractRefused, match="no such folder"):
        load(tmp_path / "nowhere")
