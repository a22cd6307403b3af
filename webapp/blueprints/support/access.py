"""Report access: who may read which reports, and taking it away. Requests are decided in the queues."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import ReasonForm
from webapp.domain import audit
from webapp.domain.practice import access_overview, access_requests
from webapp.domain.practice.access_overview import FILTERS, PER_PAGE, SORTS, STATES, Standing, Wanted
from webapp.domain.reporting import row_searches
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.route("/access", methods=["GET", "POST"], endpoint="access")
@audience.room("access")
def every_tie() -> Response:
    """The list. What is typed to find somebody is posted, so that no name stands in an address."""
    if request.method == "POST":
        token = row_searches.keep_search(current_user.session, request.form.get("q", ""))
        return render.leave_for(lists.address("support.access", {"search": token, "state": _wanted().state}))
    wanted = _wanted()
    number = lists.number(request.args.get("page"))
    found, total = access_overview.standings(wanted, number, settings().plan)
    return lists.page(
        "access",
        _("Report access"),
        wanted=wanted,
        states=[(name, _(word)) for name, word in FILTERS.items()],
        columns=lists.columns(_heads(), tuple(SORTS), wanted.sort, wanted.down, _link),
        rows=[_row(one) for one in found],
        number=number,
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
        per_page=PER_PAGE,
        page_url=lambda page: _link(page=page),
        csv_url=f"{url_for('support.access_csv')}?{request.query_string.decode()}",
    )


@blueprint.get("/access.csv")
@audience.room("access")
def access_csv() -> Response:
    """The whole list as a file."""
    found = access_overview.every(_wanted(), settings().plan)
    audit.record(actor(), "export-access", detail=f"{len(found)} rows")
    keys = [key for key, _label in _heads()]
    rows = [[_row(one)[key] for key in keys] for one in found]
    return lists.csv_file("report-access", [label for _key, label in _heads()], rows)


@blueprint.route("/access/<int(max=2147483647):tie_id>", methods=["GET", "POST"])
@audience.room("access")
def access_tie(tie_id: int) -> Response:
    """One account at one practice: end its approval, with a reason that the practice reads."""
    one = access_overview.find(tie_id, settings().plan)
    if one is None:
        abort(404)
    form = ReasonForm()
    if request.method == "POST" and form.has_reason():
        ended = access_requests.revoke(one.tie.account, one.tie.tin, form.reason.data, actor(), settings())
        flash(
            _("The access has ended. The person was told by email.")
            if ended
            else _("There was no approval to end. Nothing was changed."),
            "good" if ended else "warn",
        )
        return render.leave_for(url_for("support.access_tie", tie_id=tie_id))
    return lists.page(
        "access_tie",
        _("Report access of one person"),
        422 if form.errors or form.reason.errors else 200,
        form=form,
        row=_row(one),
        reason=one.tie.reason,
        is_approved=one.tie.report_access == "approved",
        action=request.path,
    )


def _row(one: Standing) -> dict[str, Any]:
    tie = one.tie
    return {
        "person": f"{tie.account.last_name}, {tie.account.first_name}",
        "username": tie.account.username,
        "tin": tie.tin,
        "practice": one.practice,
        "role": tie.role,
        "state": _(STATES.get(tie.report_access, tie.report_access)),
        "since": lists.moment(tie.changed_at),
        "ends": lists.moment(one.ends_at),
        "note": _("The only Office Manager: ask for a second one") if one.only_manager else "",
        "url": url_for("support.access_tie", tie_id=tie.id),
    }


def _heads() -> list[tuple[str, str]]:
    return [
        ("person", _("Person")),
        ("username", _("Username")),
        ("tin", _("Tax ID Number (TIN)")),
        ("practice", _("Practice")),
        ("role", _("Role")),
        ("state", _("State")),
        ("since", _("Since")),
        ("ends", _("Ends")),
        ("note", _("To note")),
    ]


def _wanted() -> Wanted:
    return Wanted(
        text=row_searches.find_search(current_user.session, request.args.get("search")) or "",
        state=lists.chosen("state", FILTERS)
        or (request.form.get("state", "") if request.method == "POST" else ""),
        sort=lists.chosen("sort", SORTS) or "tin",
        down=request.args.get("dir") == "desc",
    )


def _link(**changed: object) -> str:
    wanted = _wanted()
    state = {
        "search": request.args.get("search", ""),
        "state": wanted.state,
        "sort": wanted.sort,
        "dir": "desc" if wanted.down else "",
    }
    return lists.address("support.access", state, **changed)
