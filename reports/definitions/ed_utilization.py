"""ED Utilization (guide 003, "ED Utilization Report")."""

from reports.definition import EXCLUDED_NOTE, Column, Report, with_common
from reports.words import N_

REPORT = Report(
    slug="ed-utilization",
    name=N_("ED Utilization Report"),
    title=N_("ED Utilization"),
    group="utilization",
    order=20,
    rows="ed_visits",
    columns=with_common(
        Column("program", N_("Program Name")),
        Column("visit_date", N_("Visit Date"), "date"),
        Column("facility", N_("Facility"), sensitive=True),
        Column("diagnosis_code", N_("Diagnosis Code"), sensitive=True),
        Column("diagnosis", N_("Diagnosis"), sensitive=True),
        Column("emergent", N_("Emergent / Non-emergent"), sensitive=True),
        Column("visits_6_months", N_("Visits in 6 Months"), "count"),
        Column("last_office_visit_date", N_("Last Preventive or Office Visit"), "date"),
    ),
    excluded=EXCLUDED_NOTE,
)
