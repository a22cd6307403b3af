"""Data: the last loads and refreshes, what was set aside and why, and the reports that are served."""

from flask import Response

from webapp.blueprints.support import blueprint, lists
from webapp.domain.operations import freshness
from webapp.domain.reporting.report_pages import us_date
from webapp.domain.support import data_runs
from webapp.web import audience
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _


@blueprint.get("/data")
@audience.room("data")
def data() -> Response:
    """Everything on one page."""
    late = {age.slug for age in freshness.ages(settings().plan) if age.is_late}
    return lists.page(
        "data",
        _("Data"),
        served=[
            {
                "report": _(one.report.name),
                "as_of": us_date(one.snapshot.as_of) if one.snapshot else "",
                "is_late": one.report.slug in late,
                "through": us_date(one.snapshot.complete_through)
                if one.snapshot and one.snapshot.complete_through
                else "",
                "published": lists.moment(one.snapshot.published_at) if one.snapshot else "",
                "rows": f"{one.snapshot.row_count:,}" if one.snapshot else "",
            }
            for one in data_runs.served()
        ],
        held=[(_(label), f"{count:,}") for label, count in data_runs.held()],
        runs=[(lists.moment(run.at), run.action, run.detail) for run in data_runs.recent()],
    )
