"""The provider portal's addresses."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_login import current_user

from webapp.web import audience, render
from webapp.web.login import answer_login
from webapp.web.signed_in import sign_out

blueprint = Blueprint("provider", __name__, url_prefix="/providers")


@blueprint.route("/login", methods=["GET", "POST"])
@audience.public
def login() -> Response:
    """HUSKY Health Secure Provider Login (guide 001)."""
    return answer_login(
        "provider", "provider/login.html", "partials/provider/login.html", _("HUSKY Health Secure Provider Login")
    )


@blueprint.post("/logout")
@audience.public
def logout() -> Response:
    """End the session here and in the browser's memory of pages."""
    response = render.leave_for(url_for("provider.login"))
    sign_out(response)
    return response


@blueprint.get("/home")
@audience.provider
def home() -> Response:
    """The portal's welcome page."""
    return _plain("home", _("Home"))


@blueprint.get("/reports")
@audience.provider
def reports() -> Response:
    """Reports/Data (guide 003)."""
    return _plain("reports", _("Reports/Data"))


@blueprint.get("/access")
@audience.provider
def access() -> Response:
    """Patient Reports: asking for report access."""
    return _plain("access", _("Patient Reports"))


@blueprint.get("/practices")
@audience.provider
def practices() -> Response:
    """The Tax IDs of the account."""
    return _plain("practices", _("Practices"))


@blueprint.get("/team")
@audience.provider
def team() -> Response:
    """The practice's people."""
    return _plain("team", _("Team"))


@blueprint.get("/messages")
@audience.provider
def messages() -> Response:
    """Messages with Web Support."""
    return _plain("messages", _("Messages"))


@blueprint.get("/contacts")
@audience.public
def contacts() -> Response:
    """Key contacts (guide 003)."""
    return _plain("contacts", _("Key Contacts"))


@blueprint.get("/profile")
@audience.provider
def profile() -> Response:
    """The account."""
    return _plain("profile", _("Profile"))


def _plain(name: str, title: str, **context: object) -> Response:
    template = "provider/page.html" if current_user.is_authenticated else "public/page.html"
    return render.page(template, f"partials/provider/{name}.html", title=title, **context)
