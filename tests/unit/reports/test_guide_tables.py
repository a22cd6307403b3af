"""Guide 003's sample tables, which were printed at the end of August 2015: the rows come out as printed.

Adult diabetes stands in test_adult_diabetes.py. The table of child diabetes is exempt: its columns are unnamed and it
cannot be read one way. Those of admissions and inpatient stays carry ICD-9 codes and show columns only.
"""

from datetime import date

import pytest

from reports import snapshot
from reports.catalog import REPORTS
from reports.refresh import refresh
from reports.snapshot import RowQuery
from tests.unit.reports.plan_extract import AS_OF, TIN, PlanExtract

pytestmark = pytest.mark.usefixtures("snapshots")

#: Printed rows: date of birth, gender, ICM status, then the report's own cells.
Printed = tuple[tuple[str, str, str, tuple[str, ...]], ...]

PREVENTIVE_21_49: Printed = (
    ("1993-02-28", "M", "PENDING", ("2015-02-18", "")),
    ("1972-04-06", "M", "", ("2015-07-20", "")),
    ("1972-11-27", "M", "ACTIVE", ("2015-02-05", "")),
    ("1972-06-19", "M", "CLOSED", ("2015-07-28", "")),
    ("1969-07-25", "M", "", ("2014-08-06", "Due")),
)
PREVENTIVE_50_64: Printed = (
    ("1958-01-01", "M", "", ("2014-07-29", "Due")),
    ("1951-09-24", "F", "", ("2014-07-24", "Due")),
    ("1957-03-14", "M", "CLOSED", ("2015-05-07", "")),
    ("1953-08-28", "F", "CLOSED", ("2015-07-09", "")),
    ("1963-08-11", "F", "", ("2015-07-14", "")),
)
CANCER: Printed = (
    ("1950-11-04", "F", "", ("2014-07-09", "Due", "", "2011-04-04", "Due")),
    ("1984-05-30", "F", "CLOSED", ("", "", "YES", "2012-12-17", "")),
    ("1973-01-01", "F", "", ("2014-05-23", "", "YES", "2014-04-15", "")),
    ("1981-11-24", "F", "ACTIVE", ("", "", "YES", "", "Due")),
    ("1956-12-24", "F", "", ("2013-11-19", "Due", "", "2013-10-07", "")),
)
WELL_CARE: Printed = (
    ("1994-09-30", "M", "", ("", "Due", "YES")),
    ("2011-07-26", "M", "PENDING", ("2014-03-31", "Due", "Due")),
    ("1997-07-23", "F", "", ("2015-02-20", "", "YES")),
    ("2013-02-13", "M", "", ("2015-04-06", "", "Due")),
    ("2014-09-12", "M", "CLOSED", ("2015-06-19", "Due", "Due")),
)

#: By report, its own columns as they are printed and, for each, the code that puts a date or YES there.
TABLES: tuple[tuple[str, Printed, dict[str, str]], ...] = (
    ("preventive-21-49", PREVENTIVE_21_49, {"preventive_visit_date": "99396", "preventive_visit_due": ""}),
    ("preventive-50-64", PREVENTIVE_50_64, {"preventive_visit_date": "99396", "preventive_visit_due": ""}),
    (
        "cancer-screenings",
        CANCER,
        {
            "breast_date": "77057",
            "breast_due": "",
            "hpv_test": "87621",
            "cervical_date": "88142",
            "cervical_due": "",
        },
    ),
    (
        "child-well-care",
        WELL_CARE,
        {"well_care_date": "99392", "well_care_due": "", "developmental_screening": "96110"},
    ),
)


def test_the_guides_sample_rows_come_out_as_printed(extract: PlanExtract) -> None:
    extract.standard()
    for table, (_, printed, columns) in enumerate(TABLES):
        for number, (born, gender, icm, cells) in enumerate(printed, 1):
            client_id = f"{table}{number}"
            extract.member(client_id, date.fromisoformat(born), gender=gender)
            extract.visit(client_id, date(2015, 8, 1))
            if icm:
                extract.add("icm_status", member_id=client_id, status=icm)
            for cell, code in zip(cells, columns.values(), strict=True):
                if code and cell not in ("", "Due"):
                    day = date(2014, 1, 15) if cell == "YES" else date.fromisoformat(cell)
                    extract.claim(client_id, day, code, rendering_npi="1000000009")
    refresh(extract.write(), AS_OF, slugs=[slug for slug, *_ in TABLES])
    for table, (slug, printed, columns) in enumerate(TABLES):
        rows = {row["client_id"]: row for row in snapshot.rows(slug, RowQuery((TIN,)))}
        shown = [
            (
                row["date_of_birth"],
                row["gender"],
                row["icm_status"] or "",
                tuple(row[key] or "" for key in columns),
            )
            for client_id, row in sorted(rows.items())
            if client_id.startswith(str(table))
        ]
        assert shown == list(printed), slug


@pytest.mark.parametrize(
    ("slug", "columns"),
    [
        (
            "admissions",
            (
                "pcp_number pcp_name member_name client_id gender program date_of_birth hospital hospital_state "
                "attending admission_date discharge_date diagnosis_code diagnosis icm_status"
            ),
        ),
        (
            "inpatient-claims",
            (
                "pcp_number pcp_name member_name client_id gender date_of_birth program revenue_code revenue "
                "admission_date discharge_date diagnosis_code diagnosis hospital icm_status"
            ),
        ),
    ],
)
def test_the_columns_of_stays_are_the_printed_ones(slug: str, columns: str) -> None:
    assert [column.key for column in REPORTS[slug].columns] == columns.split()
