"""Care you are due for, and coverage: of the member and, for the head of household, of the children."""

from typing import Any

from flask import Response, abort, make_response, request
from flask_login import current_user

from webapp import clock
from webapp.blueprints.member import blueprint
from webapp.domain import audit
from webapp.domain.member import care_due, coverage, eligibility, household_view
from webapp.domain.member.eligibility import Member
from webapp.domain.us_dates import us_date
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.get("/care")
@audience.member
def care() -> Response:
    """Every kind of care that the reports ask for: what is due first, then what is up to date."""
    members = _household()
    _note(members)
    return _page("care", _("Care you are due for"), household=care_due.of_household(members))


@blueprint.get("/coverage", endpoint="coverage")
@audience.member
def show_coverage() -> Response:
    """Who is covered today, by when to renew, and what to send."""
    members = _household()
    _note(members)
    keys = _by_key()
    shown = [(key, coverage.of_member(member, clock.today())) for key, member in keys.items()]
    return _page("coverage", _("Your coverage"), household=shown, program_name=settings().plan.program_name)


@blueprint.get("/coverage/<key>.ics")
@audience.member
def renewal(key: str) -> Response:
    """The renewal date for a calendar."""
    member = _by_key().get(key)
    found = coverage.of_member(member, clock.today()) if member else None
    if found is None or found.renew_by is None:
        audit.record(actor(), "open-member", "refused")
        abort(404)
    plan = settings().plan
    file = coverage.calendar_file(
        found.renew_by,
        _("Renew %(plan)s coverage", plan=plan["plan"]["name"]),
        _("Questions? Call %(telephone)s.", telephone=plan["telephones"]["member_engagement"]),
        clock.today(),
    )
    response = make_response(file)
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="renewal.ics"'
    return response


def _household() -> list[Member]:
    return eligibility.household(current_user.account.client_id, clock.today(), settings().plan)


def _by_key() -> dict[str, Member]:
    account, session = current_user.account, current_user.session
    return household_view.by_key(account.client_id, session.token_hash, clock.today(), settings().plan)


def _note(members: list[Member]) -> None:
    for member in members:
        audit.record(
            actor(), "open-member", subject=f"member:{member.client_id}", detail=request.endpoint or ""
        )


def _page(name: str, title: str, **context: Any) -> Response:
    return render.page(
        "member/page.html", f"partials/member/{name}.html", title=title, us_date=us_date, **context
    )
