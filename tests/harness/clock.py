"""The day on which the tests take place, and moving on from it without waiting."""

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from webapp import clock as portal_clock

# A day in the middle of a quarter, not at the end of a month; PORTAL_TODAY tries another.
TODAY = date.fromisoformat(os.environ.get("PORTAL_TODAY") or "2026-03-25")


class Hands:
    """The hands of the one clock that everything reads, whichever one is installed."""

    def today(self) -> date:
        """The calendar day where the plan is."""
        return portal_clock.today()

    def now(self) -> datetime:
        """The moment in UTC."""
        return portal_clock.now()

    def advance(self, **by: float) -> None:
        """Move on: `clock.advance(minutes=10, seconds=1)`."""
        portal_clock.current().advance(timedelta(**by))

    def set_today(self, day: date) -> None:
        """Make it another day."""
        portal_clock.install(portal_clock.Clock(day))


@pytest.fixture
def clock() -> Iterator[Hands]:
    """It is TODAY; the test may move on."""
    before = portal_clock.current()
    portal_clock.install(portal_clock.Clock(TODAY))
    yield Hands()
    portal_clock.install(before)
