"""What was loaded and computed, and when, for the support console: notes in the audit log, and what the tables hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reports import snapshot
from reports.catalog import REPORTS, Report
from reports.snapshot import Snapshot
from reports.words import N_
from webapp.domain import audit
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import Table, transaction
from webapp.domain.existing.existing_accounts import ExistingAccount
from webapp.domain.find_a_doctor.directory import Provider
from webapp.domain.member.eligibility import EligibilitySpan, Member

if TYPE_CHECKING:
    from webapp.domain.feeds.outcome import LoadOutcome

LOAD, REFRESH, PUBLISH = "load", "refresh", "publish-earlier"
#: What was done, in words.
WORDS = {LOAD: N_("Load"), REFRESH: N_("Refresh of the reports"), PUBLISH: N_("An earlier refresh served")}
_SHELL = Actor("command", "")
_HELD: tuple[tuple[str, type[Table]], ...] = (
    (N_("Members"), Member),
    (N_("Spans of eligibility"), EligibilitySpan),
    (N_("Providers"), Provider),
    (N_("Accounts of the earlier system"), ExistingAccount),
)


@dataclass(frozen=True)
class Served:
    """A report with the snapshot that is being served; None where there is none yet."""

    report: Report
    snapshot: Snapshot | None


def note_load(outcome: LoadOutcome) -> None:
    """Note one call of `portal load`: counts, and for what reasons rows were set aside; no value of a row."""
    with transaction():
        for feed in outcome.feeds:
            counts = str(feed).partition("\n")[0]
            why = "".join(f"; {one.count:,} set aside: {one.reason}" for one in feed.set_aside)
            audit.record(_SHELL, LOAD, subject=f"feed:{feed.feed}", detail=f"{counts}{why}")


def note_refresh(lines: Iterable[str]) -> None:
    """Note one call of `portal refresh`."""
    with transaction():
        audit.record(_SHELL, REFRESH, detail="; ".join(" ".join(line.split()) for line in lines))


def recent(most: int = 30) -> list[AuditEntry]:
    """The last loads, refreshes and publications of earlier ones, the newest first."""
    by_command = AuditEntry.action.in_((LOAD, REFRESH)) & (AuditEntry.portal == _SHELL.portal)
    rows = AuditEntry.select().where(by_command | (AuditEntry.action == PUBLISH))
    return list(rows.order_by(AuditEntry.id.desc()).limit(most))


def served() -> list[Served]:
    """Every report with what is served of it."""
    return [Served(report, snapshot.published(slug)) for slug, report in REPORTS.items()]


def held() -> list[tuple[str, int]]:
    """How much there is of what the feeds bring."""
    return [(label, table.select().count()) for label, table in _HELD]
