"""Data: the last loads and refreshes, what was set aside and why, the reports that are served, and serving earlier
ones again."""

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from reports.store import RefreshRunning
from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import ReasonForm
from webapp.domain.operations import freshness
from webapp.domain.support import data_runs, earlier_reports, staff
from webapp.domain.support.earlier_reports import NotOffered, Offer
from webapp.domain.us_dates import us_date
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.get("/data")
@audience.room("data")
def data() -> Response:
    """Everything on one page."""
    may_publish = staff.may_enter(staff.role_of(current_user.account), "publish")
    late = {age.slug for age in freshness.ages(settings().plan) if age.is_late}
    return lists.page(
        "data",
        _("Data"),
        served=[
            {
                "report": _(one.report.name),
                "as_of": us_date(one.snapshot.as_of) if one.snapshot else "",
                "is_late": one.report.slug in late,
                "through": us_date(one.snapshot.complete_through) if one.snapshot else "",
                "published": lists.moment(one.snapshot.published_at) if one.snapshot else "",
                "rows": f"{one.snapshot.row_count:,}" if one.snapshot else "",
            }
            for one in data_runs.served()
        ],
        offers=[_line(offer) for offer in earlier_reports.offers()] if may_publish else [],
        is_earlier=any(offer.newer for offer in earlier_reports.offers()),
        held=[(_(label), f"{count:,}") for label, count in data_runs.held()],
        runs=[
            (lists.moment(run.at), _(data_runs.WORDS[run.action]), run.detail) for run in data_runs.recent()
        ],
    )


@blueprint.route("/data/publish/<int(max=2147483647):offer_id>", methods=["GET", "POST"])
@audience.room("publish")
def publish_earlier(offer_id: int) -> Response:
    """What would change, and the reason; then it is served."""
    form = ReasonForm()
    try:
        offer, changes = earlier_reports.changes(offer_id)
        if request.method == "POST" and form.has_reason():
            earlier_reports.publish(offer_id, form.reason.data, actor())
            flash(_("It is served from now on. The next refresh publishes anew."), "good")
            return render.leave_for(url_for("support.data"))
    except NotOffered:
        abort(404)
    except RefreshRunning:
        form.form_errors.append(
            _("A refresh is at work. Nothing was changed. Try again when it has finished.")
        )
    return lists.page(
        "data_publish",
        _("Serve this again"),
        422 if form.reason.errors or form.form_errors else 200,
        form=form,
        offer=_line(offer),
        changes=[
            (_(one.report.name), us_date(one.now), us_date(one.then), one.is_same, one.then is None)
            for one in changes
            if one.now or one.then
        ],
        action=request.path,
    )


def _line(offer: Offer) -> dict[str, str]:
    return {
        "what": _(offer.report.name) if offer.report else _("All reports"),
        "as_of": us_date(offer.as_of),
        "published": lists.moment(offer.published_at),
        "note": _("Newer than what is served") if offer.newer else "",
        "url": url_for("support.publish_earlier", offer_id=offer.id),
    }
