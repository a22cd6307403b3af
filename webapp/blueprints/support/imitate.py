"""Imitate Mode: its start, from an opened person, and its end. What it does not allow: web/imitate.py."""

from flask import Response, abort, flash, url_for
from flask_login import current_user

from webapp.blueprints.support import blueprint
from webapp.domain.support import imitations, people
from webapp.web import audience, imitate, render
from webapp.web.signed_in import actor, secret_key, settings
from webapp.web.texts import gettext as _


@blueprint.post("/people/<token>/imitate", endpoint="imitate")
@audience.room("imitate")
def begin(token: str) -> Response:
    """See the portal as the opened person does, from its home page on."""
    row = people.opening(current_user.session, token)
    found = people.person(row, settings(), secret_key()) if row else None
    if row is None or found is None or found.account is None:
        abort(404)
    try:
        made = imitations.begin(current_user.session, row, found.account, actor(), settings().plan)
    except imitations.CannotImitate:
        abort(403)
    response = render.leave_for(url_for(f"{found.account.portal}.home"))
    imitate.hand_over(response, made)
    return response


@blueprint.post("/imitate/leave")
@audience.room("desk")
def leave_imitation() -> Response:
    """Back to the console."""
    imitations.end_of(current_user.session, actor())
    flash(_("You left Imitate Mode."), "good")
    response = render.leave_for(url_for("support.people"))
    imitate.take_back(response)
    return response
