"""Publishing an earlier snapshot: what was computed before is served again until the next refresh publishes
anew.

What is served always goes together: an earlier refresh is published as a whole, with the attribution that its reports
were computed with. A single report has an earlier version of its own where it was refreshed alone since
(`portal refresh --report admissions`). Readers see all of the one or all of the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from reports import store
from reports.catalog import REPORTS
from reports.definition import Report
from reports.tables import ATTRIBUTION, ReportPublished, ReportSnapshot
from webapp.domain import audit
from webapp.domain.audit import Actor
from webapp.domain.member import consent
from webapp.domain.support.data_runs import PUBLISH


@dataclass(frozen=True)
class Offer:
    """What can be published again. id: of its snapshot; report: None for a whole refresh; newer: it was computed after
    what is served, which was itself published again."""

    id: int
    report: Report | None
    as_of: date
    published_at: datetime
    newer: bool


@dataclass(frozen=True)
class Change:
    """A report: the days that what is served and what would be served speak of; None for nothing served."""

    report: Report
    now: date | None
    then: date | None
    is_same: bool


class NotOffered(Exception):
    """It cannot be published, or is served already."""


def offers() -> list[Offer]:
    """What can be published again, the newest first."""
    served = _served()
    return [
        Offer(
            row.id,
            REPORTS.get(row.slug),
            row.as_of,
            row.published_at,
            row.id > served.get(row.slug, 0),
        )
        for row in _published()
        if _differs(_plan(row), served)
    ]


def changes(offer_id: int) -> tuple[Offer, list[Change]]:
    """An offer, and what becomes of each report. Raises NotOffered."""
    offer = next((one for one in offers() if one.id == offer_id), None)
    if offer is None:
        raise NotOffered
    served, wanted = _served(), _plan(ReportSnapshot.get_by_id(offer_id))
    days = _days([*served.values(), *(number for number in wanted.values() if number)])
    told = []
    for slug, report in REPORTS.items():
        now, then = served.get(slug), wanted.get(slug, served.get(slug))
        told.append(Change(report, days.get(now or 0), days.get(then or 0), now == then))
    return offer, told


def publish(offer_id: int, reason: str, actor: Actor) -> None:
    """Serve it from now on, in one transaction. Whoever opted out or took a consent back since it was computed is
    hidden when it is read. Raises NotOffered, and store.RefreshRunning while a refresh is at work."""
    with store.only_one_refresh():
        offer, _changes = changes(offer_id)
        what = offer.report.slug if offer.report else "all reports"

        def belongs_to_it() -> None:
            consent.forget_reflected()
            detail = f"{what} as of {offer.as_of}: {reason}"
            audit.record(actor, PUBLISH, subject=f"snapshot:{offer.id}", detail=detail)

        store.publish_again(_plan(ReportSnapshot.get_by_id(offer_id)), belongs_to_it)


def _published() -> list[ReportSnapshot]:
    """The snapshots that an offer can stand for: attributions, and single reports that go with the served one."""
    mine = (ReportSnapshot.slug == ATTRIBUTION) | (
        ReportSnapshot.attribution_id == store.served_attribution()
    )
    rows = ReportSnapshot.select().where(mine, ReportSnapshot.published_at.is_null(False))
    return list(rows.order_by(ReportSnapshot.published_at.desc(), ReportSnapshot.id.desc()))


def _plan(row: ReportSnapshot) -> dict[str, int | None]:
    """Which snapshot of which report is to be served; None: the refresh had none, so none is."""
    if row.slug != ATTRIBUTION:
        return {row.slug: row.id}
    together = ReportSnapshot.select().where(
        ReportSnapshot.attribution_id == row.id, ReportSnapshot.published_at.is_null(False)
    )
    wanted: dict[str, int | None] = dict.fromkeys(_served())
    # In their order: the newest of a report stays.
    wanted.update((one.slug, one.id) for one in together.order_by(ReportSnapshot.id))
    return wanted


def _served() -> dict[str, int]:
    return {row.slug: row.snapshot_id for row in ReportPublished.select()}


def _differs(wanted: dict[str, int | None], served: dict[str, int]) -> bool:
    return any(served.get(slug) != number for slug, number in wanted.items())


def _days(numbers: Sequence[int]) -> dict[int, date]:
    rows = ReportSnapshot.select(ReportSnapshot.id, ReportSnapshot.as_of).where(
        ReportSnapshot.id.in_(numbers)
    )
    return dict(rows.tuples())
