"""What happened to members, one row an event: emergency visits, stays that were billed, admissions.

Each gives its own columns for all members; who is listed in which report, and what is withheld, is decided by those
who join members to them.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis

from reports.definition import Rows
from reports.event_rules import EventRules
from reports.events.admissions import admissions
from reports.events.emergency import visits
from reports.events.sources import Sources
from reports.events.stays import stays

__all__ = ["EVENTS", "FACILITY_COLUMNS", "EventRules", "Sources", "concepts"]

#: By what a row of a report is: how its rows are made. `flags` holds the sensitive categories of the event as a
#: whole, `facility_flags` those that the facility or the doctor by itself tells.
EVENTS: dict[Rows, Callable[[Sources], ibis.Table]] = {
    "admissions": admissions,
    "ed_visits": visits,
    "stays": stays,
}

#: Columns that name a facility or a doctor: withheld only where `facility_flags` says that the name tells too much.
FACILITY_COLUMNS = ("hospital", "facility", "attending")


def concepts(rows: Rows, rules: EventRules | None = None) -> frozenset[str]:
    """The concepts whose last dates `EVENTS[rows]` reads."""
    return frozenset((rules or EventRules()).office_concepts if rows == "ed_visits" else ())
