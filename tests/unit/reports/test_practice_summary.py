"""The practice summary: rates, all practices together, last month, and the twelve month ends that are kept."""

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest
from peewee import Database

from reports import store, summary, summary_rows
from reports.catalog import REPORTS, in_group
from reports.dates import add_months
from reports.tables import ReportMonth

AS_OF = date(2026, 3, 25)
KEEP_MONTHS = 12


def measured(*rows: tuple[str, str, str, int, int]) -> list[tuple[str, str, str, int, int]]:
    return list(rows)


def computed(rows: list[tuple[str, str, str, int, int]], as_of: date = AS_OF) -> list[dict[str, Any]]:
    """The summary's rows of these figures, by practice and place."""
    engine = ibis.duckdb.connect()
    columns = dict(
        zip(("tin", "measure", "test_key", "eligible", "due"), zip(*rows, strict=True), strict=True)
    )
    table = engine.create_table("measured", pa.table({**columns, "practice": ["Elm Street"] * len(rows)}))
    made = summary_rows.rows(table, engine.create_table, summary_rows.last_month(as_of))
    return made.order_by("tin", "position").to_pyarrow().to_pylist()


def keep(as_of: date, rows: list[tuple[str, str, str, int, int]]) -> None:
    with store.transaction():
        summary.keep_month(as_of, rows)


def test_every_test_of_every_gap_report_is_a_measure_of_its_own() -> None:
    listed = summary.measures()
    assert [(m.report.slug, m.test.key) for m in listed] == [
        (report.slug, test.key) for report in in_group("gaps") for test in report.tests
    ]
    assert len({m.name for m in listed}) == len({m.key for m in listed}) == len(listed)
    assert [m.number for m in listed] == list(range(1, len(listed) + 1))
    assert listed[0].name == "Adult Diabetes Screening Tests: HbA1c"


def test_the_columns_are_the_contracts() -> None:
    keys = [column.key for column in REPORTS["practice-summary"].columns]
    assert keys == ["measure", "eligible", "due", "rate", "plan_rate", "last_month_rate"]


@pytest.mark.parametrize(
    ("eligible", "due", "rate"),
    [(3, 1, "0667"), (8, 7, "0125"), (2000, 1, "1000"), (2000, 1999, "0001"), (1, 0, "1000"), (1, 1, "0000")],
)
def test_a_rate_is_the_share_up_to_date_rounded_half_up(
    snapshots: Database, eligible: int, due: int, rate: str
) -> None:
    (row,) = computed(measured(("1", "adult-diabetes", "hba1c", eligible, due)))
    assert (row["eligible"], row["due"], row["rate"]) == (str(eligible), str(due), rate)
    assert summary.rate_of(eligible, due) == int(rate)


def test_all_practices_are_added_up_before_they_are_divided(snapshots: Database) -> None:
    rows = computed(
        measured(("1", "adult-diabetes", "hba1c", 10, 0), ("2", "adult-diabetes", "hba1c", 90, 90))
    )
    assert [row["plan_rate"] for row in rows] == ["0100", "0100"]


def test_all_practices_stay_unsaid_when_they_have_fewer_than_eleven_members(snapshots: Database) -> None:
    few = computed(measured(("1", "adult-diabetes", "hba1c", 4, 1), ("2", "adult-diabetes", "hba1c", 6, 1)))
    assert [(row["rate"], row["plan_rate"]) for row in few] == [("0750", ""), ("0833", "")]
    (enough,) = computed(measured(("1", "adult-diabetes", "hba1c", 11, 0)))
    assert enough["plan_rate"] == "1000"


def test_a_measure_that_nobody_is_meant_for_has_no_rate(snapshots: Database) -> None:
    (row,) = computed(measured(("1", "adult-diabetes", "hba1c", 0, 0)))
    assert (row["eligible"], row["rate"], row["plan_rate"]) == ("0", "", "")


def test_last_months_rate_is_that_of_the_calendar_month_before(snapshots: Database) -> None:
    keep(date(2026, 1, 31), measured(("1", "adult-diabetes", "hba1c", 10, 9)))
    keep(date(2026, 2, 3), measured(("1", "adult-diabetes", "hba1c", 10, 8)))
    keep(date(2026, 2, 28), measured(("1", "adult-diabetes", "hba1c", 10, 5)))
    now = measured(("1", "adult-diabetes", "hba1c", 10, 1), ("2", "adult-diabetes", "hba1c", 10, 1))
    keep(AS_OF, now)
    assert [row["last_month_rate"] for row in computed(now)] == ["0500", ""]


def test_a_month_is_as_its_last_refresh_left_it_and_twelve_are_kept(snapshots: Database) -> None:
    for back in range(15, -1, -1):
        for due in (9, back % 10):
            rows = measured(("1", "adult-diabetes", "hba1c", 10, due), ("2", "adult-diabetes", "ldl_c", 5, 1))
            keep(add_months(AS_OF, -back), rows)
    assert ReportMonth.select(ReportMonth.month).distinct().count() == KEEP_MONTHS
    found = summary.history("1", AS_OF)
    months = found["1"]["adult-diabetes.hba1c"]
    assert [m.month for m in months] == [add_months(date(2026, 3, 1), -back) for back in range(11, -1, -1)]
    assert [m.due for m in months] == [back % 10 for back in range(11, -1, -1)]
    assert [m.rate for m in months][-2:] == [900, 1000]
    assert set(found[summary.EVERYBODY]) == {"adult-diabetes.hba1c", "adult-diabetes.ldl_c"}
    assert set(found["1"]) == {"adult-diabetes.hba1c"}


def test_figures_of_a_publishing_that_fails_are_not_kept(snapshots: Database) -> None:
    keep(date(2026, 3, 1), measured(("1", "adult-diabetes", "hba1c", 10, 5)))
    with pytest.raises(RuntimeError), store.transaction():
        summary.keep_month(AS_OF, measured(("1", "adult-diabetes", "hba1c", 10, 1)))
        raise RuntimeError
    assert summary.history("1", AS_OF)["1"]["adult-diabetes.hba1c"][0].due == 5
