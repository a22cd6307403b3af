"""Inpatient Stay Claim Activity (guide 003, "Inpatient Claims Report")."""

from reports.definition import (
    CLIENT_ID,
    DATE_OF_BIRTH,
    EXCLUDED_NOTE,
    GENDER,
    ICM_STATUS,
    MEMBER_NAME,
    PCP_NAME,
    PCP_NUMBER,
    Column,
    Report,
)
from reports.words import N_

REPORT = Report(
    slug="inpatient-claims",
    name=N_("Inpatient Claims Report"),
    title=N_("Inpatient Stay Claim Activity"),
    group="utilization",
    order=30,
    rows="stays",
    columns=(
        PCP_NUMBER,
        PCP_NAME,
        MEMBER_NAME,
        CLIENT_ID,
        GENDER,
        DATE_OF_BIRTH,
        Column("program", N_("Program Name")),
        Column("revenue_code", N_("Revenue Code"), sensitive=True),
        Column("revenue", N_("Revenue Code Description"), sensitive=True),
        Column("admission_date", N_("Admission Date"), "date"),
        Column("discharge_date", N_("Discharge Date"), "date"),
        Column("diagnosis_code", N_("Diagnosis Code"), sensitive=True),
        Column("diagnosis", N_("Diagnosis"), sensitive=True),
        Column("hospital", N_("Hospital"), sensitive=True),
        ICM_STATUS,
    ),
    excluded=EXCLUDED_NOTE,
)
