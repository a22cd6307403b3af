"""What the demo's reports looked like before: members who joined and left, gaps opened and closed, rates of a year.

One refresh of the demo's extract as of the end of last month gives what the present reports are compared with. The ten
months before are invented, like everything else in the demo, by going back from it: a refresh of each would take longer
than people wait for a demo.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from peewee import fn

from reports import summary
from reports.catalog import in_group
from reports.dates import add_months, first_of_month
from reports.tables import ATTRIBUTION, Attribution, ReportMonth, ReportPublished
from webapp.domain.db import database, transaction
from webapp.domain.member.eligibility import EligibilitySpan

#: Computes and publishes these reports as of a day: (day, slugs).
Refresh = Callable[[date, Sequence[str]], object]

#: Over so many months before the first refresh its members came to their PCPs.
_MONTHS_OF_COMING = 36
#: A month back: what part of the eligible members was not there yet, and of them, how much more was Due.
_GROWTH, _BETTER = 0.004, 0.005
#: How far a month lies off the straight line, either way.
_OFF = 0.02

Figure = tuple[
    str, str, str, int, int
]  # tin, measure, test, eligible, due: as `summary.keep_month` takes them


def month_ends(today: date) -> list[date]:
    """The last days of the months before `today`'s that the practice summary draws, oldest first."""
    return [
        add_months(first_of_month(today), 1 - back) - timedelta(days=1)
        for back in range(summary.MONTHS - 1, 0, -1)
    ]


def earlier_refreshes(today: date, refresh: Refresh) -> None:
    """Leave behind what a year of refreshes before `today` would have left."""
    *months, last = month_ends(today)
    # The reports in which something can have changed, and what stands beside them.
    refresh(last, [report.slug for group in ("gaps", "panel", "overview") for report in in_group(group)])
    _came_one_by_one(last)
    figures = _figures(last)
    for back, day in enumerate(reversed(months), 1):
        with transaction():
            summary.keep_month(day, _months_before(figures, back))


def _came_one_by_one(day: date) -> None:
    """Let members come to their PCPs in the months and years before `day`, not all in its month. Whoever is covered
    from a later month on came then."""
    current = ReportPublished.get_or_none(ReportPublished.slug == ATTRIBUTION)
    if current is None:
        return
    covered = dict(
        EligibilitySpan.select(EligibilitySpan.client_id, fn.MIN(EligibilitySpan.start))
        .group_by(EligibilitySpan.client_id)
        .tuples()
    )
    mine = Attribution.select(Attribution.client_id).where(
        Attribution.snapshot_id == current.snapshot_id, Attribution.effective_on == first_of_month(day)
    )
    moved = []
    for (client_id,) in mine.tuples():
        came = add_months(first_of_month(day), -random.Random(client_id).randrange(_MONTHS_OF_COMING))
        since = first_of_month(max(came, covered.get(client_id, came)))
        moved.append((min(since, first_of_month(day)).isoformat(), current.snapshot_id, client_id))
    mark = database.param
    sql = f"UPDATE attribution SET effective_on = {mark} WHERE snapshot_id = {mark} AND client_id = {mark}"  # noqa: S608
    with transaction():
        database.connection().cursor().executemany(sql, moved)


def _figures(day: date) -> dict[tuple[str, str], tuple[int, int]]:
    """Eligible and due by TIN and measure at the end of the month of `day`."""
    rows = ReportMonth.select(
        ReportMonth.tin, ReportMonth.measure, ReportMonth.eligible, ReportMonth.due
    ).where(ReportMonth.month == first_of_month(day), ReportMonth.tin != summary.EVERYBODY)
    return {(tin, measure): (eligible, due) for tin, measure, eligible, due in rows.tuples()}


def _months_before(figures: Mapping[tuple[str, str], tuple[int, int]], back: int) -> Iterator[Figure]:
    """The figures `back` months earlier: the same for the same practice, measure and number of months."""
    for (tin, measure), (eligible_then, due_then) in sorted(figures.items()):
        draw = random.Random(f"{tin} {measure} {back}")
        eligible = round(eligible_then * (1 - _GROWTH * back))
        share = due_then / eligible_then if eligible_then else 0.0
        due = round(eligible * (share + _BETTER * back + draw.uniform(-_OFF, _OFF)))
        slug, _, test = measure.partition(".")
        yield tin, slug, test, eligible, min(max(due, 0), eligible)
