"""PROFILE: the member's account, and the pages that change it."""

from flask import Response
from flask_login import current_user

from webapp.blueprints.member import blueprint
from webapp.web import audience, profile, render
from webapp.web.texts import gettext as _

profile.mount(blueprint, audience.member, looks=True, close=True)


@blueprint.get("/profile", endpoint="profile")
@audience.member
def overview() -> Response:
    """What the account holds, and what can be changed."""
    return render.page(
        "member/page.html", "partials/member/profile.html", title=_("PROFILE"), account=current_user.account
    )
