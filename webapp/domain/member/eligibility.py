"""Members and their spans of eligibility: the tables, and the rules that read them.

Every rule is given the day it is asked about; none looks at the clock.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hmac import compare_digest
from typing import Self

from peewee import AutoField, BooleanField, CharField, DateField, TextField

from reports.prepared import Prepared, slot
from reports.words import N_
from webapp.config import Plan
from webapp.domain.db import Table, database
from webapp.domain.text import fold, fold_id

#: An end from this day on means "no end": payers write 9999-12-31, 2999-12-31 or 2299-12-31 for it.
OPEN_ENDED = date(2200, 1, 1)


#: How feeds write that a member speaks Spanish, folded.
_SPANISH = frozenset({"SPANISH", "ESPANOL", "SPA", "ES"})


class MemberNotFound(Exception):
    """There is no such member, or none that the one who asks may see: the two are never told apart."""


class Status(Enum):
    """A member's status on a day, as Member Information shows it (guide 000)."""

    ACTIVE = N_("Active")
    INACTIVE = N_("Inactive")


class Registration(Enum):
    """Whether a matched member may make an account."""

    OK = "ok"
    TOO_YOUNG = "too-young"
    NO_RECENT_SPAN = "no-recent-span"
    DECEASED = "deceased"


class Member(Table):
    """A person with a Client ID Number: the latest row of the eligibility file for it.

    Texts that a feed decides have no longest length: PostgreSQL would refuse the whole batch for one of them.
    """

    client_id = CharField(max_length=40, primary_key=True)
    client_id_key = CharField(max_length=40, index=True)  # folded, see text.fold_id
    person_id = TextField()
    subscriber_id = TextField(index=True)  # a blank household is one person: own client_id
    first_name = TextField()
    last_name = TextField()
    middle_name = TextField()
    name_suffix = TextField()
    birth_date = DateField(null=True)
    gender = TextField()
    address = TextField()
    city = TextField()
    state = TextField()
    zip_code = TextField()
    phone = TextField()
    email = TextField()
    death_date = DateField(null=True)
    # From the coverage feed; eligibility rows leave them as they are.
    language = TextField(default="")
    interpreter = BooleanField(null=True)
    renewal_on = DateField(null=True)
    # The names folded (text.fold): support looks members up by them.
    last_key = TextField(default="")
    first_key = TextField(default="")

    class Meta:
        indexes = ((("last_key", "first_key"), False),)

    @property
    def name(self) -> str:
        """First, middle and last name as printed on the ID card."""
        parts = (self.first_name, self.middle_name, self.last_name, self.name_suffix)
        return " ".join(part for part in parts if part)

    @property
    def is_head(self) -> bool:
        """Whether this is the head of the household (the subscriber)."""
        return self.client_id == self.subscriber_id

    @property
    def speaks_spanish(self) -> bool:
        """Whether the coverage feed says so: letters on paper are then in Spanish."""
        return fold(self.language) in _SPANISH


class EligibilitySpan(Table):
    """One stretch of enrolment in one program."""

    id = AutoField()
    client_id = CharField(max_length=40)
    start = DateField(column_name="starts_on")
    end = DateField(column_name="ends_on", null=True)  # the last day covered; None where it has no end
    program = CharField(max_length=8)
    dual_status = TextField()

    class Meta:
        indexes = ((("client_id", "start", "program"), True),)

    def covers(self, day: date) -> bool:
        """Whether `day` lies in the span, both ends included."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Eligibility:
    """What Member Information shows of a member on a day."""

    status: Status
    effective: date | None
    termination: date | None
    program: str | None  # the letter; Plan.program_name gives "HUSKY A"

    @classmethod
    def on(cls, day: date, spans: Iterable[EligibilitySpan]) -> Self:
        """Of one member's spans: the current one, else the latest past one, else the next to come.

        A member with two current spans is shown the one that began later.
        """
        found = list(spans)
        current = [span for span in found if span.covers(day)]
        past = [span for span in found if span.end is not None and span.end < day]
        ahead = [span for span in found if span.start > day]
        if current:
            span = max(current, key=lambda s: (s.start, s.program))
        elif past:
            span = max(past, key=lambda s: (s.end or s.start, s.start, s.program))
        elif ahead:
            span = min(ahead, key=lambda s: (s.start, s.program))
        else:
            return cls(Status.INACTIVE, None, None, None)
        return cls(Status.ACTIVE if current else Status.INACTIVE, span.start, span.end, span.program)


def spans_of(client_id: str) -> list[EligibilitySpan]:
    """A member's spans, the latest first."""
    return list(_spans(client_id=client_id))


_spans = Prepared(
    database,
    lambda: (
        EligibilitySpan.select()
        .where(EligibilitySpan.client_id == slot("client_id"))
        .order_by(EligibilitySpan.start.desc(), EligibilitySpan.program)
    ),
)


def eligibility_of(member: Member, today: date) -> Eligibility:
    """A member's status, dates and program on `today`. After a death the status is Inactive."""
    shown = Eligibility.on(today, spans_of(member.client_id))
    if died(member, today):
        return Eligibility(Status.INACTIVE, shown.effective, shown.termination, shown.program)
    return shown


def get_member(client_id: str) -> Member:
    """The member with exactly this Client ID Number. Raises MemberNotFound."""
    member: Member | None = next(_member(client_id=client_id), None)
    if member is None:
        raise MemberNotFound(client_id)
    return member


_member = Prepared(database, lambda: Member.select().where(Member.client_id == slot("client_id")))


def age_on(birth_date: date, day: date) -> int:
    """Whole years lived on `day`; somebody born on 29 February turns a year older on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def died(member: Member, day: date) -> bool:
    """Whether the member's death is on file on `day`."""
    return member.death_date is not None and member.death_date <= day


def household(client_id: str, today: date, plan: Plan) -> list[Member]:
    """The members whom `client_id` may see: self first, then, for the head of household, the living
    minors with the same subscriber, the oldest first. Every other member sees only self.

    A minor without a birth date on file cannot be told from an adult and is not shown.
    Raises MemberNotFound.
    """
    head = get_member(client_id)
    if not head.is_head:
        return [head]
    others = _others(client_id=client_id)
    return [head, *(m for m in _by_age(others) if _is_living_minor(m, today, plan))]


_others = Prepared(
    database,
    lambda: Member.select().where(
        (Member.subscriber_id == slot("client_id")) & (Member.client_id != slot("client_id"))
    ),
)


# What a try for an unknown Client ID Number is compared with, so that it costs what a known one costs.
_NOBODY = Member(client_id="", first_name="Nobody", last_name="Of This Name", birth_date=date(1900, 1, 1))


def match(client_id: str, first_name: str, last_name: str, birth_date: date | None) -> Member | None:
    """The member whose ID card holds these four, or None; which of them was wrong is not said.
    Names compare folded, the number without spaces and hyphens.

    An unknown number does the same work as a known one. A member without a name or a birth date on file
    matches nothing.
    """
    member = _numbered(client_id)
    kept = member.birth_date.isoformat() if member.birth_date else ""
    birth_dates = (birth_date.isoformat() if birth_date else "", kept)
    equal = _all_equal(birth_dates, *_names(member, first_name, last_name))
    return member if equal and member is not _NOBODY else None


def differing(
    client_id: str, first_name: str, last_name: str, birth_date: date | None
) -> tuple[Member | None, tuple[str, ...]]:
    """For support, after a lock: the member of the number, and which of the four are not as on record, as keys. An
    unknown number does the same work as a known one."""
    member = _numbered(client_id)
    names = _names(member, first_name, last_name)
    equal = {
        "client_id": member is not _NOBODY,
        "first_name": _all_equal(names[0]),
        "last_name": _all_equal(names[1]),
        "birth_date": birth_date is not None and birth_date == member.birth_date,
    }
    if member is _NOBODY:
        return None, ("client_id",)
    return member, tuple(key for key, same in equal.items() if not same)


def match_names(client_id: str, first_name: str, last_name: str) -> Member | None:
    """The member of a number, a first and a last name, or None: what guide 000 asks of somebody who forgot the
    username. Compared as `match` does."""
    member = _numbered(client_id)
    equal = _all_equal(*_names(member, first_name, last_name))
    return member if equal and member is not _NOBODY else None


def find_by_number(client_id: str) -> Member | None:
    """The member of a number as people type it, or None."""
    member = _numbered(client_id)
    return None if member is _NOBODY else member


def _numbered(client_id: str) -> Member:
    """The member of a number, else the one who is nobody. Two numbers that fold alike cannot be told apart:
    neither is found."""
    key = fold_id(client_id)
    found = list(Member.select().where(Member.client_id_key == key).limit(2))
    return found[0] if len(found) == 1 and key else _NOBODY


def _names(member: Member, first_name: str, last_name: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (fold(first_name), fold(member.first_name)), (fold(last_name), fold(member.last_name))


def _all_equal(*pairs: tuple[str, str]) -> bool:
    """Whether each pair is the same and not empty. No short cut: every pair is compared, whatever the first gave."""
    equal = [compare_digest(given.encode(), kept.encode()) and bool(given) for given, kept in pairs]
    return all(equal)


def may_register(member: Member, today: date, plan: Plan) -> Registration:
    """Whether a matched member may make an account: alive, of the plan's age, and with a span that covers
    a day of the last `span_within_months` (both settings of [registration])."""
    rules = plan["registration"]
    if died(member, today):
        return Registration.DECEASED
    if member.birth_date is None or age_on(member.birth_date, today) < rules["minimum_age"]:
        return Registration.TOO_YOUNG
    since = months_before(today, rules["span_within_months"])
    recent = EligibilitySpan.select().where(
        (EligibilitySpan.client_id == member.client_id)
        & (EligibilitySpan.start <= today)
        & (EligibilitySpan.end.is_null() | (EligibilitySpan.end >= since))
    )
    return Registration.OK if recent.exists() else Registration.NO_RECENT_SPAN


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where it is shorter."""
    month = day.year * 12 + day.month - 1 - months
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _is_living_minor(member: Member, today: date, plan: Plan) -> bool:
    if member.birth_date is None or died(member, today):
        return False
    return age_on(member.birth_date, today) < plan["household"]["adult_age"]


def _by_age(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda m: (m.birth_date or date.max, m.client_id))
