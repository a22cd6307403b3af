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
    help=(
        N_(
            "Visits to an emergency department (ED) in the last 6 months, of which a claim was paid in the month "
            "before this report. Each visit is a row; all claims of one day are one visit."
        ),
        N_(
            "Visits in 6 Months counts every visit of the member, whenever it was paid. The last column shows when "
            "the member last had a preventive or office visit."
        ),
        N_(
            "Emergent or Non-emergent goes by the diagnosis, as the plan’s list has it. It is blank where the list "
            "says nothing, and it does not say whether the member was right to go."
        ),
        N_(
            "A visit for HIV, substance abuse or behavioral health is listed, but its diagnosis reads “withheld” "
            "unless the member agreed to share it."
        ),
    ),
)
