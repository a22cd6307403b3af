"""Days as pages, mail and files write them, in both languages: 03/25/2026."""

from datetime import date, datetime

from webapp import clock


def us_date(day: date | str | None) -> str:
    """A date or its ISO text, written out; empty for none, and text that is no date as it stands."""
    if isinstance(day, str):
        return f"{day[5:7]}/{day[8:]}/{day[:4]}" if len(day) == 10 and day[4] == "-" else day
    return f"{day:%m/%d/%Y}" if day else ""


def us_day(moment: datetime | None) -> str:
    """The day of a stored moment where the plan is, written out; empty for none."""
    return us_date(clock.current().local(moment).date()) if moment else ""
