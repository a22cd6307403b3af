"""Which rows each report should hold, by its address."""

from collections.abc import Callable

from tests.unit.reports.oracle import gaps, summary
from tests.unit.reports.oracle.attribution import patient_panel
from tests.unit.reports.oracle.ed import ed_utilization
from tests.unit.reports.oracle.plan import Plan, Row
from tests.unit.reports.oracle.stays import admissions, inpatient_claims

GAPS: dict[str, gaps.Cells] = {
    "adult-diabetes": gaps.adult_diabetes,
    "preventive-21-49": gaps.preventive(21, 49),
    "preventive-50-64": gaps.preventive(50, 64),
    "cancer-screenings": gaps.cancer,
    "child-diabetes": gaps.child_diabetes,
    "child-well-care": gaps.well_care,
}
ROWS: dict[str, Callable[[Plan], list[Row]]] = {
    "admissions": admissions,
    "ed-utilization": ed_utilization,
    "inpatient-claims": inpatient_claims,
    "patient-panel": patient_panel,
    "practice-summary": lambda plan: summary.practice_summary(plan, lambda slug: gaps.rows(plan, GAPS[slug])),
}
ROWS |= {slug: lambda plan, cells=cells: gaps.rows(plan, cells) for slug, cells in GAPS.items()}  # type: ignore[misc]
