"""A member's coverage in one glance: covered today or not, and by when to renew, with a calendar file for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from icalendar import Alarm, Calendar, Event

from webapp.domain.member import eligibility
from webapp.domain.member.eligibility import Eligibility, Member, Status

#: From how long before the renewal date on the page asks to act, and the calendar reminds.
SOON = timedelta(days=60)
REMINDERS = (timedelta(days=30), timedelta(days=7))


@dataclass(frozen=True)
class Coverage:
    """One member's coverage on a day. `renew_by`: the renewal date on file, while it is still to come."""

    member: Member
    eligibility: Eligibility
    renew_by: date | None
    days_left: int | None

    @property
    def is_covered(self) -> bool:
        """Whether the member is covered today."""
        return self.eligibility.status is Status.ACTIVE

    @property
    def is_soon(self) -> bool:
        """Whether it is time to renew."""
        return self.days_left is not None and self.days_left <= SOON.days


def of_member(member: Member, today: date, known: Eligibility | None = None) -> Coverage:
    """The coverage of a member on `today`. known: the eligibility of that day, where it has been looked up."""
    renewal = member.renewal_on
    ahead = renewal if renewal and renewal >= today else None
    return Coverage(
        member=member,
        eligibility=known or eligibility.eligibility_of(member, today),
        renew_by=ahead,
        days_left=(ahead - today).days if ahead else None,
    )


def calendar_file(renew_by: date, title: str, about: str, today: date) -> bytes:
    """An iCalendar file (RFC 5545) with the renewal as an all-day event that reminds 30 and 7 days before. It names
    nobody: calendars are shared."""
    event = Event()
    event.add("uid", f"renewal-{renew_by:%Y%m%d}@member-portal")
    event.add("dtstamp", today)
    event.add("summary", title)
    event.add("description", about)
    event.add("dtstart", renew_by)
    event.add("dtend", renew_by + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    for before in REMINDERS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", title)
        alarm.add("trigger", -before)
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Member Portal//Renewal//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
