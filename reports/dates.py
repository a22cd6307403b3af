"""Date arithmetic of the rules, in plain Python: thresholds are computed once, queries only compare with them."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

_DAY = timedelta(days=1)


def add_months(day: date, months: int) -> date:
    """The same day `months` later (earlier if negative), or the month's last day where there is no such day.

    >>> add_months(date(2015, 8, 31), -6)
    datetime.date(2015, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_before(as_of: date, months: int) -> date:
    """The day T for which "last date + `months` is strictly before `as_of`" means "last date before T".

    Adding months clips at month ends and never turns two dates round, so there is one such day.
    """
    threshold = add_months(as_of, -months)
    while add_months(threshold, months) < as_of:
        threshold += _DAY
    while add_months(threshold - _DAY, months) >= as_of:
        threshold -= _DAY
    return threshold


def born_on_or_before(as_of: date, age: int) -> date:
    """The last birth date of people who are `age` or older on `as_of`.

    Someone born on 29 February turns a year older on 1 March of other years.
    """
    try:
        return as_of.replace(year=as_of.year - age)
    except ValueError:  # as_of is 29 February and that year has none
        return date(as_of.year - age, 2, 28)


def first_of_month(day: date) -> date:
    return day.replace(day=1)
