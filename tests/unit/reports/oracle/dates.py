"""Dates as one counts them on a calendar."""

from calendar import monthrange
from datetime import date


def plus_months(day: date, months: int) -> date:
    """The same day of a later month (earlier if negative), or that month's last day where it has no such day."""
    year, month = day.year, day.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month == 13:
            year, month = year + 1, 1
        if month == 0:
            year, month = year - 1, 12
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def age(born: date, on: date) -> int:
    """Whole years; someone born on 29 February is a year older on 1 March of other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def is_due(last: date | None, months: int, as_of: date) -> bool:
    """Due: the last date plus the interval is strictly before the day, or there is none."""
    return last is None or plus_months(last, months) < as_of


def within(day: date | None, months: int, as_of: date) -> bool:
    """Whether the day is one of the last `months` up to and with `as_of`."""
    return day is not None and plus_months(as_of, -months) <= day <= as_of


def month_before(as_of: date) -> tuple[int, int]:
    """Year and month of the calendar month before the one of `as_of`."""
    return (as_of.year, as_of.month - 1) if as_of.month > 1 else (as_of.year - 1, 12)
