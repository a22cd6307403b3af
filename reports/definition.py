"""What a report definition is made of.

A definition is data: who is on the report, which tests are looked up, after how many months each falls due,
which columns are printed. One file in `reports/definitions/` holds one report.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from reports.dates import due_before
from reports.words import N_

Kind = Literal["text", "date", "due", "flag", "count", "percent", "id", "name"]
Group = Literal["gaps", "utilization", "panel", "overview"]
Gender = Literal["F", "M"]
#: What a row of a report is: a member, a stay that a hospital told of, a visit to an emergency department, a stay
#: that was billed, or a measure of the practice.
Rows = Literal["members", "admissions", "ed_visits", "stays", "measures"]

#: Printed over every report that leaves these members out (guide 003, each sample table).
EXCLUDED_NOTE = N_("Excludes Dual Eligible and Opt-Out Members")


@dataclass(frozen=True)
class Column:
    """One printed column: the JSON `key`, the English heading, and how its cells are read and sorted.

    A `sensitive` one is withheld on a claim about HIV, substance abuse or behavioral health, unless consented.
    """

    key: str
    label: str
    kind: Kind = "text"
    sensitive: bool = False


PCP_NUMBER = Column("pcp_number", N_("PCP Number"), "id")
PCP_NAME = Column("pcp_name", N_("PCP Name"), "name")
MEMBER_NAME = Column("member_name", N_("Member Name"), "name")
CLIENT_ID = Column("client_id", N_("Client ID Number"), "id")
DATE_OF_BIRTH = Column("date_of_birth", N_("Date of Birth"), "date")
GENDER = Column("gender", N_("Gender"), "text")
ICM_STATUS = Column("icm_status", N_("ICM Status"), "text")

#: The columns every report has, in the order the guide's gap tables print them; ICM Status comes last.
COMMON_FIRST = (PCP_NUMBER, PCP_NAME, MEMBER_NAME, CLIENT_ID, DATE_OF_BIRTH, GENDER)
COMMON_LAST = (ICM_STATUS,)


def with_common(*columns: Column) -> tuple[Column, ...]:
    """Put a report's own columns between the common ones."""
    return (*COMMON_FIRST, *columns, *COMMON_LAST)


@dataclass(frozen=True)
class Who:
    """Ages in whole years on the as-of date, both ends included, and a gender; None stands for any."""

    age_from: int | None = None
    age_to: int | None = None
    gender: Gender | None = None


@dataclass(frozen=True)
class Population:
    """Who is on a report, beside being enrolled, alive and attributed: anyone of `who`.

    `any_of` are concepts, of which at least one must have been reported in the `within_months` before the as-of
    date; those in `weak` are weaker evidence, and the detail `why` says so of a member listed by them alone.
    """

    who: tuple[Who, ...] = (Who(),)
    any_of: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    within_months: int | None = None
    leaves_out_dual: bool = True
    leaves_out_opted_out: bool = True


@dataclass(frozen=True)
class Way:
    """One way in which a test can be done, with its own interval: `name` is what the report calls it."""

    name: str
    concepts: tuple[str, ...]
    months: int


@dataclass(frozen=True)
class Never:
    """What ends the need for a test for good: any of `any_of`, or both of `both` on different days, ever reported."""

    any_of: tuple[str, ...]
    both: tuple[str, str] | None = None


@dataclass(frozen=True)
class Alongside:
    """A second test, printed as YES under `key` when done in the last `months`. The test beside it is not Due
    while both were done in that time."""

    key: str
    concepts: tuple[str, ...]
    months: int
    label: str


@dataclass(frozen=True)
class Schedule:
    """How many visits a young child should have had: one by each of these ages (the first in days, the others in
    months), with months of grace, watched until `until_months` of age."""

    first_days: int
    months: tuple[int, ...]
    grace_months: int
    until_months: int

    def asked_of_born_before(self, as_of: date) -> list[date]:
        """One visit is asked of who was born before the first of these days, one more before each of the others."""
        first = due_before(as_of, self.grace_months) - timedelta(days=self.first_days)
        return [first, *(due_before(as_of, months + self.grace_months) for months in self.months)]

    def watches_born_from(self, as_of: date) -> date:
        """The birth date of the oldest children who are watched."""
        return due_before(as_of + timedelta(days=1), self.until_months)

    def asks(self, born: date, as_of: date) -> int:
        """How many visits a child should have had; none where it is watched no longer."""
        if born < self.watches_born_from(as_of):
            return 0
        return sum(born < day for day in self.asked_of_born_before(as_of))


@dataclass(frozen=True)
class Test:
    """A service looked up for each member of `who`: any of `concepts` counts; Due `months` after the last one.

    Gives the columns `<key>_date` and `<key>_due`, and `<key>_kind` where there are `ways` (the last service counts,
    with the interval of its own way). With `once`, a single column `<key>`: YES if ever done, else Due.
    The date stands for members of `dated_for` too, for whom nothing is Due.
    """

    key: str
    label: str
    concepts: tuple[str, ...] = ()
    months: int = 12
    who: Who = Who()
    dated_for: Who | None = None
    ways: tuple[Way, ...] = ()
    never: Never | None = None
    alongside: Alongside | None = None
    schedule: Schedule | None = None
    once: bool = False

    @property
    def date_key(self) -> str:
        """The column of the last date."""
        return f"{self.key}_date"

    @property
    def due_key(self) -> str:
        """The column that says Due."""
        return self.key if self.once else f"{self.key}_due"

    @property
    def evidence_key(self) -> str:
        """The detail that says what the last date comes from (`reports.evidence`)."""
        return f"{self.key}_evidence"

    @property
    def all_concepts(self) -> tuple[str, ...]:
        """Every concept that counts as this test, whichever way."""
        return (*self.concepts, *(concept for way in self.ways for concept in way.concepts))


#: Kept beside the printed columns, under names that no page shows.
WHY = Column("why", "Why this member is listed")
CONSENTED = Column("consented", "Shown by the member's consent")


@dataclass(frozen=True)
class Report:
    """One report as the drop-down, the page, the download and the engine know it.

    `help` says in words whom a report lists that has neither tests nor the rules of stays and visits; of the others,
    `webapp.domain.reporting.help_guide` says it from those.
    """

    slug: str
    name: str
    title: str
    group: Group
    order: int
    columns: tuple[Column, ...]
    population: Population = Population()
    tests: tuple[Test, ...] = ()
    rows: Rows = "members"
    excluded: str | None = None
    help: tuple[str, ...] = ()

    @property
    def details(self) -> tuple[Column, ...]:
        """What is stored of a row but not printed: why the member is listed, the evidence of each test, and the
        sensitive categories that are shown by consent."""
        why = (WHY,) if self.population.any_of else ()
        evidence = tuple(Column(test.evidence_key, test.label) for test in self.tests)
        consented = (CONSENTED,) if any(column.sensitive for column in self.columns) else ()
        return (*why, *evidence, *consented)

    def column(self, key: str) -> Column:
        """The column called `key`, printed or kept as a detail. Raises KeyError."""
        for column in (*self.columns, *self.details):
            if column.key == key:
                return column
        raise KeyError(key)
