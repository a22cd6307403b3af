"""The practice summary's charts: each measure's rate at the last twelve month ends, beside that of all practices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports import summary
from reports.dates import add_months, first_of_month
from reports.summary import EVERYBODY, FEWEST, MONTHS, Measure, Month
from webapp.domain.reporting.report_pages import View, Words

#: A chart's size in its own units: a month apart, and half a unit a percent.
STEP, HEIGHT = 12, 50


@dataclass(frozen=True)
class Line:
    """One line of a chart: its points as SVG writes them, and its last point; empty and None without any."""

    points: str
    last: tuple[int, int] | None


@dataclass(frozen=True)
class Trend:
    """One measure: its name in the reader's language, both lines, the first and the last month that they span, and the
    figures that they are drawn from, oldest first: month (03/2026), the practice's rate and all practices' rate, as the
    table writes them."""

    name: str
    mine: Line
    everybody: Line
    ends: tuple[str, str]
    figures: tuple[tuple[str, str, str], ...]


def trends(view: View, rows: Sequence[Mapping[str, Any]], words: Words = str) -> list[Trend]:
    """A trend for each of the summary's rows, in their order; nothing before the summary has been made."""
    if view.snapshot is None:
        return []
    as_of = view.snapshot.as_of
    kept = summary.history(view.tin, as_of)
    named = {measure.name: measure for measure in summary.measures()}
    listed = [named[row["measure"]] for row in rows if row["measure"] in named]
    return [_trend(measure, kept[view.tin], kept[EVERYBODY], as_of, words) for measure in listed]


def _trend(
    measure: Measure,
    mine: Mapping[str, tuple[Month, ...]],
    everybody: Mapping[str, tuple[Month, ...]],
    as_of: date,
    words: Words,
) -> Trend:
    of_mine = {one.month: one.rate for one in mine.get(measure.key, ())}
    of_all = {one.month: one.rate for one in everybody.get(measure.key, ()) if one.eligible >= FEWEST}
    end = first_of_month(as_of)
    months = [add_months(end, back) for back in range(1 - MONTHS, 1)]
    said = [month for month in months if month in of_mine or month in of_all]
    return Trend(
        ": ".join(words(part) for part in measure.names),
        _line(months, of_mine),
        _line(months, of_all),
        (f"{months[0]:%m/%Y}", f"{months[-1]:%m/%Y}"),
        tuple(
            (f"{month:%m/%Y}", _percent(of_mine.get(month)), _percent(of_all.get(month))) for month in said
        ),
    )


def _line(months: Sequence[date], rates: Mapping[date, int | None]) -> Line:
    points = [
        (place * STEP, HEIGHT - round(rate * HEIGHT / 1000))
        for place, month in enumerate(months)
        if (rate := rates.get(month)) is not None
    ]
    return Line(" ".join(f"{x},{y}" for x, y in points), points[-1] if points else None)


def _percent(rate: int | None) -> str:
    return "" if rate is None else f"{rate / 10:.1f}%"
