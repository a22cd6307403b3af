"""Draws near edges."""

import random
from calendar import isleap
from datetime import date, timedelta
from typing import TypeVar

from tests.unit.reports.oracle.dates import plus_months

Drawn = TypeVar("Drawn")
DAY = timedelta(days=1)

#: Month ends, a leap day and the days around the one that a common year lacks.
DAYS = (
    date(2015, 8, 31),
    date(2016, 2, 29),
    date(2025, 2, 28),
    date(2025, 3, 1),
    date(2026, 3, 30),
    date(2024, 1, 31),
)


class Draws:
    """Draws for a plan as of one day."""

    def __init__(self, seed: int, as_of: date) -> None:
        self.random = random.Random(seed)
        self.as_of = as_of

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, *options: Drawn) -> Drawn:
        return self.random.choice(options)

    def times(self, most: int) -> range:
        """A loop of none to `most` turns."""
        return range(self.random.randint(0, most))

    def beside(self, day: date) -> date:
        """The day, the one before or the one after."""
        return day + self.one(-1, 0, 0, 1) * DAY

    def day(self, *months: int) -> date:
        """A day at, or one beside, the as-of date some months back; sometimes any day of the years before."""
        if self.chance(0.2):
            return self.as_of - timedelta(days=self.random.randrange(1500))
        return self.beside(plus_months(self.as_of, -self.one(0, *months)))

    def recent(self) -> date:
        """A day of the last year."""
        return self.as_of - timedelta(days=self.random.randrange(360))

    def born(self, *years: int) -> date:
        """A birthday at, or one day beside, the as-of date, or a 29 February near it."""
        age = self.one(*years)
        leap = self.as_of.year - age
        if self.chance(0.15) and isleap(leap):
            return date(leap, 2, 29)
        return self.beside(plus_months(self.as_of, -12 * age))

    def perhaps(self, share: float, value: Drawn) -> Drawn | None:
        return value if self.chance(share) else None
