"""The one clock. Rules ask it for the time; PORTAL_TODAY and tests set it."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """Tells the time, shifted so that "today" can be any chosen day."""

    def __init__(self, today: date | None = None, zone: str = "America/New_York") -> None:
        self.zone = ZoneInfo(zone)
        self._shift = timedelta()
        self._advanced = timedelta()
        if today is not None:
            # The same time of day there: summer time must not carry a late evening into the next day.
            here = datetime.now(self.zone)
            there = datetime.combine(today, here.time(), self.zone)
            self._shift = there.astimezone(UTC) - here.astimezone(UTC)

    def now(self) -> datetime:
        """The moment in UTC, without a zone, as the database stores it."""
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0) + self._shift

    def elsewhere(self) -> datetime:
        """The moment in UTC on people's own devices, whose clocks PORTAL_TODAY does not move."""
        return datetime.now(UTC).replace(tzinfo=None, microsecond=0) + self._advanced

    def today(self) -> date:
        """The calendar day where the plan is."""
        return self.local(self.now()).date()

    def local(self, moment: datetime) -> datetime:
        """A stored moment as the plan's own wall clock shows it."""
        return moment.replace(tzinfo=UTC).astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """When a day begins where the plan is, as the database stores moments."""
        there = datetime.combine(day, time(), self.zone)
        return there.astimezone(UTC).replace(tzinfo=None)

    def advance(self, by: timedelta) -> None:
        """Move on without waiting (tests)."""
        self._shift += by
        self._advanced += by


_clock = Clock()


def install(clock: Clock) -> None:
    """Make `clock` the one that the whole process reads."""
    global _clock
    _clock = clock


def current() -> Clock:
    """The installed clock."""
    return _clock


def now() -> datetime:
    """The moment in UTC, without a zone."""
    return _clock.now()


def today() -> date:
    """The calendar day where the plan is."""
    return _clock.today()
