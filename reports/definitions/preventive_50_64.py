"""Gaps in Care: preventive visits of adults 50 to 64 (guide 003, "Adult Preventive Visits Age 50 to 64")."""

from reports.definition import EXCLUDED_NOTE, Population, Report, Who
from reports.definitions.preventive_21_49 import COLUMNS, PREVENTIVE_VISIT
from reports.words import N_

REPORT = Report(
    slug="preventive-50-64",
    name=N_("Adult Preventive Visits Age 50-64"),
    title=N_("Gaps in Care: Preventive Adult Visits, Age 50-64"),
    group="gaps",
    order=30,
    population=Population(who=(Who(50, 64),)),
    tests=(PREVENTIVE_VISIT,),
    columns=COLUMNS,
    excluded=EXCLUDED_NOTE,
)
