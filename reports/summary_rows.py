"""The rows of the practice summary, computed by the engine. What reads them (`reports.summary`) does without it: a web
node holds neither the engine nor its tables in memory.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import ibis
import pyarrow as pa
from ibis import _

from reports.dates import add_months, first_of_month
from reports.summary import EVERYBODY, FEWEST, measures, rate_of
from reports.tables import ReportMonth

#: Hands a small table to the engine under a name.
Keep = Callable[[str, pa.Table], ibis.Table]


def rows(measured: ibis.Table, keep: Keep, before: pa.Table) -> ibis.Table:
    """The rows of the practice summary, ready to be published: tin, position, npi, any_due, practice, and a text
    column for each column key (counts plain, rates as four digits).

    measured: one row a practice and measure: tin, practice (its name), measure (the slug of the gap report), test_key,
    eligible (members whom the test is meant for) and due (those for whom it is Due). keep: hands a small table to the
    engine under a name. before: the rates of last month (`last_month`).
    """
    places = keep("summary_measures", _names())
    last = keep("summary_last_month", before)
    plan = measured.group_by("measure", "test_key").agg(plan_eligible=_.eligible.sum(), plan_due=_.due.sum())
    table = measured.join(places, ["measure", "test_key"]).join(plan, ["measure", "test_key"])
    table = table.left_join(last, [("tin", "tin"), ("key", "measure")], rname="before_{name}")
    enough = table.plan_eligible >= FEWEST
    return table.select(
        "tin",
        position=_.number.cast("int64"),
        npi=ibis.literal(""),
        any_due=table.due > 0,
        practice=_.practice,
        measure=_.name,
        eligible=_.eligible.cast("string"),
        due=_.due.cast("string"),
        rate=_rate(table.eligible, table.due),
        plan_rate=ibis.ifelse(enough, _rate(table.plan_eligible, table.plan_due), ""),
        last_month_rate=_.last_rate.fill_null(""),
    )


def _names() -> pa.Table:
    listed = measures()
    return pa.table(
        {
            "measure": [measure.report.slug for measure in listed],
            "test_key": [measure.test.key for measure in listed],
            "key": [measure.key for measure in listed],
            "number": [measure.number for measure in listed],
            "name": [measure.name for measure in listed],
        }
    )


def _rate(eligible: ibis.Value, due: ibis.Value) -> ibis.Value:
    """Four digits: the share who are up to date in tenths of a percent, halves rounded up; blank without anybody."""
    tenths = ((2000 * (eligible - due) + eligible) / (2 * eligible.nullif(0))).floor().cast("int64")
    return tenths.cast("string").lpad(4, "0").fill_null("")


def last_month(as_of: date) -> pa.Table:
    """Each practice's rates at the end of the month before `as_of`: tin, measure (its key), last_rate (four digits)."""
    before = add_months(first_of_month(as_of), -1)
    query = ReportMonth.select(ReportMonth.tin, ReportMonth.measure, ReportMonth.eligible, ReportMonth.due)
    found = list(query.where((ReportMonth.month == before) & (ReportMonth.tin != EVERYBODY)).tuples())
    rates = [rate_of(eligible, due) for *_rest, eligible, due in found]
    columns = {
        "tin": pa.array([row[0] for row in found], pa.string()),
        "measure": pa.array([row[1] for row in found], pa.string()),
        "last_rate": pa.array(["" if rate is None else f"{rate:04}" for rate in rates], pa.string()),
    }
    return pa.table(columns)
