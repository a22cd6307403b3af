"""The practice summary: each measure's rate in a practice, in all practices, and at the end of past months.

A measure is one test of one gap report, so that the same test of two age groups is two measures. A rate is the share
of eligible members who are up to date, kept in tenths of a percent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from reports import store
from reports.catalog import in_group
from reports.dates import add_months, first_of_month
from reports.definition import Report, Test
from reports.tables import ReportMonth

SLUG = "practice-summary"

#: The `tin` under which all practices together are kept.
EVERYBODY = ""
#: Month ends that are kept and drawn.
MONTHS = 12
#: All practices together are not shown when they have fewer eligible members than this: the figure could speak of
#: persons. A practice always sees its own.
FEWEST = 11


@dataclass(frozen=True)
class Measure:
    """One test of one gap report. `number` is its place in the summary, from 1."""

    number: int
    report: Report
    test: Test

    @property
    def key(self) -> str:
        """How month ends and addresses name it: "adult-diabetes.hba1c"."""
        return f"{self.report.slug}.{self.test.key}"

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called, in parts that are translated: the report, and the test where the report has several."""
        several = len(self.report.tests) > 1
        return (self.report.name, self.test.label) if several else (self.report.name,)

    @property
    def name(self) -> str:
        """Its English name, as the summary stores it."""
        return ": ".join(self.names)


def measures() -> tuple[Measure, ...]:
    """Every test of every gap report, in the order of the drop-down and of the report's columns."""
    tests = [(report, test) for report in in_group("gaps") for test in report.tests]
    return tuple(Measure(number, report, test) for number, (report, test) in enumerate(tests, 1))


def rate_of(eligible: int, due: int) -> int | None:
    """The share who are up to date in tenths of a percent, as the engine rounds it; None where there is nobody."""
    return (2000 * (eligible - due) + eligible) // (2 * eligible) if eligible else None


# --- month ends ---


class Month(NamedTuple):
    """One practice's (or everybody's) figures of one measure at the end of a month; `month` is its first day."""

    month: date
    eligible: int
    due: int

    @property
    def rate(self) -> int | None:
        """The share who are up to date, in tenths of a percent; None where there is nobody."""
        return rate_of(self.eligible, self.due)


def keep_month(as_of: date, measured: Iterable[tuple[str, str, str, int, int]]) -> int:
    """Put this month's figures in the place of what an earlier refresh of the month left, and forget months beyond the
    last twelve. Call it in the transaction that publishes the summary. Returns how many figures were written.

    measured: tin, measure (slug of the gap report), test_key, eligible, due.
    """
    month = first_of_month(as_of)
    made: dict[tuple[str, str], list[int]] = {}
    for tin, slug, test_key, eligible, due in measured:
        for whose in (tin, EVERYBODY):
            total = made.setdefault((whose, f"{slug}.{test_key}"), [0, 0])
            total[0] += eligible
            total[1] += due
    oldest = add_months(month, 1 - MONTHS)
    ReportMonth.delete().where((ReportMonth.month == month) | (ReportMonth.month < oldest)).execute()
    written = [(month.isoformat(), tin, measure, *total) for (tin, measure), total in sorted(made.items())]
    return store.write(ReportMonth, ("month", "tin", "measure", "eligible", "due"), _batches(written))


def _batches(listed: Sequence[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, len(listed), store.BATCH):
        yield list(listed[start : start + store.BATCH])


def history(tin: str, as_of: date) -> Mapping[str, Mapping[str, tuple[Month, ...]]]:
    """The last twelve month ends up to `as_of`, oldest first: whose (the TIN, or EVERYBODY) -> measure's key -> months.
    Months without a refresh are absent."""
    month = first_of_month(as_of)
    months = [add_months(month, -back) for back in range(MONTHS)]
    # Written with every month named: the table lies in order of months, then practices.
    query = ReportMonth.select(
        ReportMonth.tin, ReportMonth.measure, ReportMonth.month, ReportMonth.eligible, ReportMonth.due
    ).where(ReportMonth.month.in_(months) & ReportMonth.tin.in_([tin, EVERYBODY]))
    found: dict[str, dict[str, list[Month]]] = {tin: {}, EVERYBODY: {}}
    for whose, measure, *rest in query.tuples():
        found[whose].setdefault(measure, []).append(Month(*rest))
    return {whose: {key: tuple(sorted(listed)) for key, listed in of.items()} for whose, of in found.items()}
