"""What a report definition is made of.

A definition is data: who is on the report, which tests are looked up, after how many months each falls due,
which columns are printed. One file in `reports/definitions/` holds one report.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reports.words import N_

Kind = Literal["text", "date", "due", "flag", "count", "id", "name"]
Group = Literal["gaps", "utilization", "panel", "overview"]

#: Printed over every report that leaves these members out (guide 003, each sample table).
EXCLUDED_NOTE = N_("Excludes Dual Eligible and Opt-Out Members")


@dataclass(frozen=True)
class Column:
    """One printed column: the JSON `key`, the English heading, and how its cells are read and sorted."""

    key: str
    label: str
    kind: Kind = "text"


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
class Population:
    """Who is on a report, beside being enrolled, alive and attributed.

    Ages are whole years on the as-of date, both ends included. `any_of` are concepts, of which at least one must
    have been reported in the `within_months` before the as-of date; those in `weak` are weaker evidence, and the
    detail `why` says so of a member who is listed by them alone.
    """

    age_from: int | None = None
    age_to: int | None = None
    gender: Literal["F", "M"] | None = None
    any_of: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    within_months: int | None = None
    leaves_out_dual: bool = True
    leaves_out_opted_out: bool = True


@dataclass(frozen=True)
class Test:
    """A service looked up for each member: any of `concepts` counts; Due `months` after the last one.

    Gives the columns `<key>_date` and `<key>_due`.
    """

    key: str
    concepts: tuple[str, ...]
    months: int
    label: str


@dataclass(frozen=True)
class Report:
    """One report as the drop-down, the page, the download and the engine know it."""

    slug: str
    name: str
    title: str
    group: Group
    order: int
    columns: tuple[Column, ...]
    population: Population
    tests: tuple[Test, ...] = ()
    excluded: str | None = None
    help: tuple[str, ...] = ()
    details: tuple[Column, ...] = field(default=())

    def column(self, key: str) -> Column:
        """The column called `key`, printed or kept as a detail. Raises KeyError."""
        for column in (*self.columns, *self.details):
            if column.key == key:
                return column
        raise KeyError(key)
