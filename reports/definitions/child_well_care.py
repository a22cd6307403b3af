"""Gaps in Care: Child Well Care Visits (guide 003, "Child Well-Care Visits")."""

from reports.definition import EXCLUDED_NOTE, Column, Population, Report, Schedule, Test, Who, with_common
from reports.words import N_

REPORT = Report(
    slug="child-well-care",
    name=N_("Child Well-Care Visits"),
    title=N_("Gaps in Care: Child Well Care Visits, Ages 0-21"),
    group="gaps",
    order=60,
    population=Population(who=(Who(0, 21),)),
    tests=(
        Test(
            "well_care",
            N_("Well-care visit"),
            ("well_child_visit",),
            schedule=Schedule(
                first_days=5, months=(1, 2, 4, 6, 9, 12, 15, 18, 24), grace_months=1, until_months=30
            ),
        ),
        Test(
            "developmental_screening",
            N_("Developmental screening"),
            ("developmental_screening",),
            who=Who(0, 18),
            dated_for=Who(),
            once=True,
        ),
    ),
    columns=with_common(
        Column("well_care_date", N_("Last Well-Care Visit"), "date"),
        Column("well_care_due", N_("Well-Care Visit Due"), "due"),
        Column("developmental_screening", N_("Developmental Screening"), "due"),
    ),
    excluded=EXCLUDED_NOTE,
)
