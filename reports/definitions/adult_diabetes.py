"""Gaps in Care: Adult Diabetes (guide 003, "Adult Diabetes Screening Tests")."""

from reports.definition import EXCLUDED_NOTE, Column, Population, Report, Test, Who, with_common
from reports.words import N_

#: Asked of children with diabetes too.
NEPHROPATHY = Test(
    "nephropathy",
    N_("Nephropathy testing"),
    ("nephropathy_uacr", "nephropathy_screen_2015", "nephropathy_treatment_2015"),
)
RETINAL_EXAM = Test(
    "retinal_exam", N_("Retinal eye exam"), ("retinal_exam_eye_provider", "retinal_exam_any_provider")
)

REPORT = Report(
    slug="adult-diabetes",
    name=N_("Adult Diabetes Screening Tests"),
    title=N_("Gaps in Care: Adult Diabetes (Type 1 and 2), Ages 18-75"),
    group="gaps",
    order=10,
    population=Population(
        who=(Who(18, 75),),
        any_of=("diabetes_dx", "diabetes_rx"),
        weak=("diabetes_rx",),
        within_months=24,
    ),
    tests=(
        Test("hba1c", N_("HbA1c"), ("hba1c",), months=6),
        Test("ldl_c", N_("LDL-C"), ("ldl_c",)),
        NEPHROPATHY,
        RETINAL_EXAM,
    ),
    columns=with_common(
        Column("hba1c_date", N_("HbA1c"), "date"),
        Column("hba1c_due", N_("HbA1c Due"), "due"),
        Column("ldl_c_date", N_("LDL-C"), "date"),
        Column("ldl_c_due", N_("LDL-C Due"), "due"),
        Column("nephropathy_date", N_("Nephropathy"), "date"),
        Column("nephropathy_due", N_("Nephropathy Due"), "due"),
        Column("retinal_exam_date", N_("Retinal Eye Exam"), "date"),
        Column("retinal_exam_due", N_("Retinal Eye Exam Due"), "due"),
    ),
    excluded=EXCLUDED_NOTE,
)
