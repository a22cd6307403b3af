"""Dates as people type them, and the time of day as they read it."""

import re
from datetime import date, datetime

from flask_babel import format_time

from webapp import clock


def read_date(text: str) -> date | None:
    """A date typed as month/day/year; month and day may have one digit. None when it is not one.

    Eight digits alone will do, as the number keys of many telephones have no slash; so will year-month-day,
    as browsers fill it in.
    """
    if filled_in := re.fullmatch(r"\s*(\d{4})-(\d{2})-(\d{2})\s*", text):
        text = "/".join(filled_in.group(2, 3, 1))
    apart = r"\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4})\s*"
    found = re.fullmatch(apart, text) or re.fullmatch(r"\s*(\d{2})(\d{2})(\d{4})\s*", text)
    if not found:
        return None
    month, day, year = map(int, found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def time_of_day(at: datetime) -> str:
    """The time on the plan's wall clock, with a.m. or p.m. in both languages: by itself Spanish counts to 24."""
    return format_time(clock.current().local(at), "h:mm\N{NO-BREAK SPACE}a", rebase=False)
