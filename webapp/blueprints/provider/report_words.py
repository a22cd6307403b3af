"""What Reports/Data says in words of a report: how often it is made, and what it means that nobody is listed."""

from reports.definition import Report
from reports.words import N_
from webapp.web.texts import gettext as _

#: Of a report without rows: what that means, by what its rows are; reports of members, by their group.
_NOBODY = {
    "gaps": (
        N_("No member of this practice is on this report"),
        N_(
            "That is in order when no member of your panel is in its group. Choose another report, or read in the "
            "Report Help Guide whom it lists."
        ),
    ),
    "panel": (
        N_("No member is attributed to this practice"),
        N_(
            "Members appear after the monthly refresh in which they choose one of your primary care providers, or have "
            "most of their visits with one."
        ),
    ),
    "admissions": (
        N_("No member of this practice is in a hospital now"),
        N_(
            "Nor was any discharged in the last 30 days, as far as hospitals have told the plan. This report is made "
            "anew every day: look again tomorrow."
        ),
    ),
    "ed_visits": (
        N_("No emergency department visit was paid last month"),
        N_(
            "The report lists visits of the last 6 months whose claims were paid in the month before its date. Claims "
            "that are paid this month appear next month."
        ),
    ),
    "stays": (
        N_("No hospital stay of a member of this practice was paid in the last 3 months"),
        N_(
            "The report lists stays of the last year. The Daily Admission and Discharge Report knows of stays before "
            "they are billed."
        ),
    ),
    "measures": (
        N_("There is nothing to sum up for this practice yet"),
        N_("The summary counts the members on your Gaps in Care reports, and there are none yet."),
    ),
}  # fmt: skip


def nobody(report: Report) -> tuple[str, str]:
    """A heading and a sentence for a report that lists nobody of the practice."""
    title, hint = _NOBODY[report.group if report.rows == "members" else report.rows]
    return _(title), _(hint)


def how_often(report: Report) -> str:
    """How often the plan makes the report."""
    return _("Refreshed daily") if report.rows == "admissions" else _("Refreshed monthly")
