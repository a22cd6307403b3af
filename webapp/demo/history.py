"""What the demo's reports looked like before: members who joined and left, gaps opened and closed, rates of a year.

Two refreshes of the demo's extract as of earlier days give the oldest month end that is shown and all reports of last
month. The months between are invented like everything else here, on the way from the one to the other: a refresh of
each would take longer than people wait for a demo.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

from peewee import fn

from reports import summary
from reports.dates import add_months, first_of_month
from reports.snapshot import ATTRIBUTION, Attribution, ReportMonth, ReportPublished
from webapp.domain.db import database, transaction
from webapp.domain.eligibility import EligibilitySpan

#: Computes and publishes reports as of a day: (day, slugs, or None for all).
Refresh = Callable[[date, Sequence[str] | None], object]

#: In the year before the oldest month end shown, and the two before that, people came to their PCPs.
_MONTHS_OF_COMING = 36

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
    oldest, *between, last = month_ends(today)
    refresh(oldest, [summary.SLUG])
    _came_one_by_one(oldest)
    refresh(last, None)
    _between(oldest, between, last)


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


def _between(oldest: date, between: Sequence[date], last: date) -> None:
    """Invent the figures of the months between two that were computed."""
    first, final = _figures(oldest), _figures(last)
    for number, day in enumerate(between, 1):
        with transaction():
            summary.keep_month(day, _on_the_way(first, final, number, number / (len(between) + 1)))


def _figures(day: date) -> dict[tuple[str, str], tuple[int, int]]:
    rows = ReportMonth.select(
        ReportMonth.tin, ReportMonth.measure, ReportMonth.eligible, ReportMonth.due
    ).where(ReportMonth.month == first_of_month(day), ReportMonth.tin != summary.EVERYBODY)
    return {(tin, measure): (eligible, due) for tin, measure, eligible, due in rows.tuples()}


def _on_the_way(
    first: dict[tuple[str, str], tuple[int, int]],
    final: dict[tuple[str, str], tuple[int, int]],
    number: int,
    share: float,
) -> Iterator[Figure]:
    """The figures at `share` of the way, a little off it: the same for the same practice, measure and month."""
    for (tin, measure), (eligible_then, due_then) in sorted(first.items()):
        if (tin, measure) not in final:
            continue
        eligible_now, due_now = final[(tin, measure)]
        draw = random.Random(f"{tin} {measure} {number}")
        eligible = round(eligible_then + (eligible_now - eligible_then) * share)
        rate = _rate(eligible_then, due_then) * (1 - share) + _rate(eligible_now, due_now) * share
        due = round(eligible * (rate + draw.uniform(-0.025, 0.025)))
        slug, _, test = measure.partition(".")
        yield tin, slug, test, eligible, min(max(due, 0), eligible)


def _rate(eligible: int, due: int) -> float:
    return due / eligible if eligible else 0.0
