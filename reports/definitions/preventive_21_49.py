"""Gaps in Care: preventive visits of adults 21 to 49 (guide 003, "Adult Preventive Visits Age 21 to 49")."""

from reports.definition import EXCLUDED_NOTE, Column, Population, Report, Test, Who, with_common
from reports.words import N_

#: Asked of both age groups.
PREVENTIVE_VISIT = Test("preventive_visit", N_("Preventive visit"), ("preventive_visit_adult",))
COLUMNS = with_common(
    Column("preventive_visit_date", N_("Last Preventive Visit"), "date"),
    Column("preventive_visit_due", N_("Preventive Visit Due"), "due"),
)

REPORT = Report(
    slug="preventive-21-49",
    name=N_("Adult Preventive Visits Age 21-49"),
    title=N_("Gaps in Care: Preventive Adult Visits, Age 21-49"),
    group="gaps",
    order=20,
    population=Population(who=(Who(21, 49),)),
    tests=(PREVENTIVE_VISIT,),
    columns=COLUMNS,
    excluded=EXCLUDED_NOTE,
)
