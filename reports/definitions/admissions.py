"""Daily Admission and Discharge (guide 003, "Daily Admission and Discharge Report")."""

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
    slug="admissions",
    name=N_("Daily Admission and Discharge Report"),
    title=N_("Daily Admission and Discharge"),
    group="utilization",
    order=10,
    rows="admissions",
    columns=(
        PCP_NUMBER,
        PCP_NAME,
        MEMBER_NAME,
        CLIENT_ID,
        GENDER,
        Column("program", N_("Program Name")),
        DATE_OF_BIRTH,
        Column("hospital", N_("Hospital"), sensitive=True),
        Column("hospital_state", N_("Hospital State")),
        Column("attending", N_("Attending"), "name", sensitive=True),
        Column("admission_date", N_("Admission Date"), "date"),
        Column("discharge_date", N_("Discharge Date"), "date"),
        Column("diagnosis_code", N_("Diagnosis Code"), sensitive=True),
        Column("diagnosis", N_("Diagnosis"), sensitive=True),
        ICM_STATUS,
    ),
    excluded=EXCLUDED_NOTE,
)
