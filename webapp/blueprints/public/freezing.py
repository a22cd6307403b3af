"""*This wasn't me*: the address in mails about changes. Opening it changes nothing; mail scanners open links too."""

from flask import Response, abort, request

from webapp.blueprints.public import blueprint
from webapp.domain.account import account_changes
from webapp.web import audience, render
from webapp.web.signed_in import actor, freeze_links, settings
from webapp.web.texts import gettext as _


@blueprint.route("/account/freeze/<token>", methods=["GET", "POST"])
@audience.public
def freeze(token: str) -> Response:
    """Ask, and close the account for everybody until support has spoken with its owner."""
    account = freeze_links().read(token) or abort(404)
    if request.method == "POST":
        account_changes.freeze(account, actor(), settings().plan)
        account.frozen_at = True
    done = account.frozen_at is not None
    return render.page(
        "plain.html",
        "partials/public/frozen.html" if done else "partials/public/freeze.html",
        title=_("Nobody can use this account now") if done else _("This wasn't me"),
    )
