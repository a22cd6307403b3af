"""Practice summary (ours): how each measure of the gap reports stands, against all practices and last month."""

from reports.definition import EXCLUDED_NOTE, Column, Report
from reports.words import N_

REPORT = Report(
    slug="practice-summary",
    name=N_("Practice summary"),
    title=N_("Practice summary"),
    group="overview",
    order=10,
    rows="measures",
    columns=(
        Column("measure", N_("Measure")),
        Column("eligible", N_("Eligible members"), "count"),
        Column("due", N_("Members Due"), "count"),
        Column("rate", N_("Up to date"), "percent"),
        Column("plan_rate", N_("All practices"), "percent"),
        Column("last_month_rate", N_("Last month"), "percent"),
    ),
    excluded=EXCLUDED_NOTE,
    help=(
        N_(
            "One line for each test of the Gaps in Care reports: how many members of the practice it is meant for, "
            "for how many it is Due, and the share who are up to date."
        ),
        N_(
            "Beside it stand the share of all practices together and the practice's own share at the end of last month."
        ),
    ),
)
