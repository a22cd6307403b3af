"""Gaps in Care: Child Diabetes (guide 003, "Child Diabetes Screening Tests")."""

from reports.definition import EXCLUDED_NOTE, Column, Population, Report, Who, with_common
from reports.definitions.adult_diabetes import NEPHROPATHY, RETINAL_EXAM
from reports.words import N_

REPORT = Report(
    slug="child-diabetes",
    name=N_("Child Diabetes Screening Tests"),
    title=N_("Gaps in Care: Child Diabetes (Type 1 and 2), Ages 04-17"),
    group="gaps",
    order=50,
    population=Population(
        who=(Who(4, 17),),
        any_of=("diabetes_dx", "diabetes_rx"),
        weak=("diabetes_rx",),
        within_months=24,
    ),
    tests=(NEPHROPATHY, RETINAL_EXAM),
    columns=with_common(
        Column("nephropathy_date", N_("Nephropathy"), "date"),
        Column("nephropathy_due", N_("Nephropathy Due"), "due"),
        Column("retinal_exam_date", N_("Retinal Eye Exam"), "date"),
        Column("retinal_exam_due", N_("Retinal Eye Exam Due"), "due"),
    ),
    excluded=EXCLUDED_NOTE,
)
