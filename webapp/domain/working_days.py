"""Target times in working days."""

from datetime import datetime, timedelta

from webapp import clock


def after(moment: datetime, days: int) -> datetime:
    """So many working days after a moment (UTC), at the same hour where the plan is. Saturdays and Sundays do not
    count."""
    due = moment
    while days > 0:
        due += timedelta(days=1)
        days -= clock.current().local(due).weekday() < 5
    return due
