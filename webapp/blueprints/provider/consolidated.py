"""Signed in: the accounts of the older portal that are part of this one, and taking one out within the days for it."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_login import current_user

from webapp import clock
from webapp.blueprints.provider import blueprint
from webapp.domain.existing import consolidation
from webapp.domain.existing.consolidation import Brought
from webapp.domain.existing.existing_accounts import username_key
from webapp.domain.us_dates import us_day
from webapp.web import audience, render
from webapp.web.signed_in import actor, freeze_links, settings, sign_out
from webapp.web.texts import gettext as _


@blueprint.get("/consolidated")
@audience.provider
def consolidated() -> Response:
    """What was brought in, when, and until when it can be undone."""
    return _page()


@blueprint.post("/consolidated")
@audience.provider
def undo_consolidation() -> Response:
    """Undo, once asked whether it is meant."""
    account, plan = current_user.account, settings().plan
    which = next((one for one in _brought() if one.username == request.form.get("which")), None)
    if which is None or not request.form.get("sure"):
        return _page(sure=which.username if which else "")
    try:
        left = consolidation.undo(username_key(which.username), actor(), plan, freeze_links(), owner=account)
    except (consolidation.NotConsolidated, consolidation.TooLate):
        flash(_("The time to undo this is over, or it was undone already."), "warn")
        return redirect(url_for("provider.consolidated"), 303)  # type: ignore[return-value]
    flash(_("%(username)s stands by itself again.", username=which.username), "good")
    if left.frozen_at is None:
        return redirect(url_for("provider.consolidated"), 303)  # type: ignore[return-value]
    response = render.leave_for(url_for("provider.login"))
    sign_out(response)
    flash(_("%(username)s stands by itself again.", username=which.username), "good")
    return response


def _brought() -> tuple[Brought, ...]:
    return consolidation.holdings(current_user.account)[1]


def _page(sure: str = "") -> Response:
    """The list; or, to be asked whether it is meant, the one account of this username."""
    plan = settings().plan
    account = current_user.account
    shown: list[dict[str, Any]] = []
    for one in _brought():
        until = consolidation.undo_until(one.at, plan)
        shown.append(
            {
                "username": one.username,
                "tins": one.tins,
                "date": us_day(one.at),
                "until": us_day(until),
                "can_undo": clock.now() < until,
                "sure": one.username == sure,
                "closes": consolidation.undo_closes(account, username_key(one.username)),
            }
        )
    return render.page(
        "provider/page.html",
        "partials/provider/consolidate/consolidated.html",
        title=_("Accounts brought together"),
        brought=shown,
        sure=sure,
    )
