"""The practice summary: each measure's figures in a practice and in all of them."""

from collections.abc import Callable

from tests.unit.reports.oracle import gaps
from tests.unit.reports.oracle.dates import age
from tests.unit.reports.oracle.plan import Plan, Row

#: All practices together are not shown with fewer members than this: the figure could speak of persons.
FEWEST = 11


def _everyone(_plan: Plan, _row: Row) -> bool:
    return True


def _years(plan: Plan, row: Row) -> int:
    return age(plan.members[row["client_id"]]["birth_date"], plan.as_of)


def _breast(plan: Plan, row: Row) -> bool:
    woman = row["gender"] == "F"
    return woman and 52 <= _years(plan, row) <= 74 and not gaps.had_mastectomy(plan, row["client_id"])


def _cervical(plan: Plan, row: Row) -> bool:
    woman = row["gender"] == "F"
    return woman and 24 <= _years(plan, row) <= 64 and not gaps.ended(plan, row["client_id"], "no_cervix")


def _colorectal(plan: Plan, row: Row) -> bool:
    member = row["client_id"]
    return 50 <= _years(plan, row) <= 75 and not gaps.ended(plan, member, "no_colorectal_screening")


def _up_to_18(plan: Plan, row: Row) -> bool:
    return _years(plan, row) <= 18


#: Report, column that says Due, how the summary calls the measure, and whom it is meant for.
MEASURES: tuple[tuple[str, str, str, Callable[[Plan, Row], bool]], ...] = (
    ("adult-diabetes", "hba1c_due", "Adult Diabetes Screening Tests: HbA1c", _everyone),
    ("adult-diabetes", "ldl_c_due", "Adult Diabetes Screening Tests: LDL-C", _everyone),
    ("adult-diabetes", "nephropathy_due", "Adult Diabetes Screening Tests: Nephropathy testing", _everyone),
    ("adult-diabetes", "retinal_exam_due", "Adult Diabetes Screening Tests: Retinal eye exam", _everyone),
    ("preventive-21-49", "preventive_visit_due", "Adult Preventive Visits Age 21-49", _everyone),
    ("preventive-50-64", "preventive_visit_due", "Adult Preventive Visits Age 50-64", _everyone),
    ("cancer-screenings", "breast_due", "Cancer Screenings: Breast cancer screening", _breast),
    ("cancer-screenings", "cervical_due", "Cancer Screenings: Cervical cancer screening", _cervical),
    ("cancer-screenings", "colorectal_due", "Cancer Screenings: Colorectal cancer screening", _colorectal),
    ("child-diabetes", "nephropathy_due", "Child Diabetes Screening Tests: Nephropathy testing", _everyone),
    ("child-diabetes", "retinal_exam_due", "Child Diabetes Screening Tests: Retinal eye exam", _everyone),
    ("child-well-care", "well_care_due", "Child Well-Care Visits: Well-care visit", _everyone),
    (
        "child-well-care",
        "developmental_screening",
        "Child Well-Care Visits: Developmental screening",
        _up_to_18,
    ),
)


def practice_summary(plan: Plan, rows_of: Callable[[str], list[Row]]) -> list[Row]:
    """One row a practice and measure. A rate is the share up to date, in tenths of a percent, halves rounded up."""
    made = []
    for slug, due, name, applies in MEASURES:
        eligible = [row for row in rows_of(slug) if applies(plan, row)]
        for tin in sorted({row["tin"] for row in eligible}):
            own = [row for row in eligible if row["tin"] == tin]
            made.append(
                {
                    "tin": tin,
                    "measure": name,
                    "eligible": len(own),
                    "due": sum(row[due] == "Due" for row in own),
                    "rate": _rate(own, due),
                    "plan_rate": _rate(eligible, due) if len(eligible) >= FEWEST else None,
                    "last_month_rate": None,
                }
            )
    return made


def _rate(rows: list[Row], due: str) -> float:
    done = sum(row[due] != "Due" for row in rows)
    return int(1000 * done / len(rows) + 0.5) / 10
