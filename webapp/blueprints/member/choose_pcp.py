"""Choosing a PCP (guide 003, "Self Selection"): for oneself, and for the minors of one's household."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_login import current_user

from webapp import clock
from webapp.blueprints.member import blueprint
from webapp.blueprints.member.directory_forms import ChoiceForm
from webapp.blueprints.member.directory_view import specialty_label
from webapp.blueprints.member.find_a_doctor import page
from webapp.domain import audit
from webapp.domain.find_a_doctor import provider_page
from webapp.domain.member import household_view, pcp_choice
from webapp.domain.member.eligibility import Member
from webapp.domain.us_dates import us_date
from webapp.web import audience
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.route("/find-a-doctor/providers/<npi>/choose", methods=["GET", "POST"])
@audience.member
def choose_pcp(npi: str) -> Response:
    """For whom a PCP is chosen, and what that means; then the choice."""
    rows, shown = pcp_choice.pcp_rows(npi), provider_page.of(npi)
    if not rows or shown is None:
        abort(404)
    members = _household()
    form = ChoiceForm(members)
    if request.method == "POST" and form.validate():
        member = _named(members)
        pcp_choice.choose(member.client_id, npi, _own_id(), actor(), settings().plan)
        return redirect(url_for("member.chosen_pcp", key=request.form["for"]), 303)  # type: ignore[return-value]
    return page(
        "choose",
        _("Choose a PCP"),
        status=422 if request.method == "POST" else 200,
        form=form,
        members=members,
        shown=shown,
        specialty=specialty_label(shown.specialty),
        is_full=all(row.accepting_new_patients is False for row in rows),
    )


@blueprint.get("/find-a-doctor/chosen/<key>")
@audience.member
def chosen_pcp(key: str) -> Response:
    """What was chosen, and from when it counts."""
    member = _named(_household(), key)
    chosen = pcp_choice.waiting(member.client_id)
    if chosen is None:
        return _to_account(key)
    return page("chosen", _("You chose a PCP"), member=member, chosen=chosen, key=key, us_date=us_date)


@blueprint.post("/find-a-doctor/take-back")
@audience.member
def take_back_pcp() -> Response:
    """Forget a choice that does not count yet."""
    members = _household()
    member = _named(members)
    if pcp_choice.take_back(member.client_id, _own_id(), actor(), settings().plan):
        flash(_("The choice was taken back."), "good")
    return _to_account(request.form["for"])


def _to_account(key: str) -> Response:
    shown: dict[str, Any] = {"for": key}
    return redirect(url_for("member.account", **shown), 303)  # type: ignore[return-value]


def _own_id() -> str:
    return str(current_user.account.client_id)


def _household() -> dict[str, Member]:
    """Oneself and the minors of the household, by a key that means nothing outside this session."""
    return household_view.by_key(_own_id(), current_user.session.token_hash, clock.today(), settings().plan)


def _named(members: dict[str, Member], key: str | None = None) -> Member:
    """The member of the household that was named; anybody else is "not found", and noted."""
    key = key or request.form.get("for", "")
    if key not in members:
        audit.record(actor(), "choose-pcp", "refused")
        abort(404)
    return members[key]
