"""Whether the reports that are served are as young as the plan says ([report_schedule] in the plan file), and the
alarm when one is not: reports that nobody refreshes look as good as fresh ones."""

from dataclasses import dataclass
from datetime import date

from reports import snapshot
from reports.catalog import REPORTS
from webapp import clock
from webapp.config import Plan, Settings
from webapp.domain import facts, outbox
from webapp.domain.db import transaction

_ALARM = "stale_reports_told_on"


@dataclass(frozen=True)
class Age:
    """How old a report is. as_of: the day it speaks of, None where none is served; limit: days; is_late: past it."""

    slug: str
    as_of: date | None
    days: int | None
    limit: int

    @property
    def is_late(self) -> bool:
        """Whether it should have been refreshed by now."""
        return self.days is None or self.days > self.limit


def ages(plan: Plan) -> list[Age]:
    """The age of every report, where reports are served at all."""
    served = {one.slug: one.as_of for one in snapshot.all_published(list(REPORTS))}
    return [_age(slug, served.get(slug), plan) for slug in REPORTS] if served else []


def tell_operator(settings: Settings) -> bool:
    """Queue a mail to the plan's operator when a report is late, once a day at most. Returns whether it did."""
    address, today = settings.plan["mail"]["operator_address"], clock.today().isoformat()
    late = [age for age in ages(settings.plan) if age.is_late]
    if not late or not address or facts.fact(_ALARM) == today:
        return False
    with transaction():
        facts.keep_fact(_ALARM, today)
        outbox.queue(
            sender=settings.plan["mail"]["from_address"],
            recipient=address,
            subject=f"{len(late)} reports are late",
            body=_body(late),
            language="en",
        )
    return True


def _age(slug: str, as_of: date | None, plan: Plan) -> Age:
    rules = plan["report_schedule"]
    every = rules["daily_days"] if slug in rules["daily"] else rules["other_days"]
    days = (clock.today() - as_of).days if as_of else None
    return Age(slug, as_of, days, every + rules["grace_days"])


def _body(late: list[Age]) -> str:
    lines = "".join(
        f"- {age.slug}: "
        + (f"{age.days} days old, {age.limit} allowed\n" if age.as_of else "never computed\n")
        for age in late
    )
    return (
        f"These reports are older than the plan allows:\n\n{lines}\n"
        "Has `portal refresh` run? What it said is in the log of portal-refresh.service, and in the support console "
        "under Data. The next mail about this comes tomorrow.\n"
    )
