"""The provider portal's addresses, Reports/Data apart (reports.py)."""

from typing import Any

from flask import Response, url_for
from flask_login import current_user

from webapp.blueprints.provider import (
    access,
    add_practice,
    blueprint,
    changes,
    consolidated,
    consolidation,
    messages,
    patients,
    practices,
    profile,
    recovery,
    reports,
    signup,
    team,
    ties,
    why,
)
from webapp.blueprints.provider import contacts as key_contacts
from webapp.domain.reporting import report_pages
from webapp.domain.us_dates import us_date
from webapp.web import audience, render, session_end
from webapp.web.login import answer_login
from webapp.web.signed_in import settings, sign_out
from webapp.web.texts import gettext as _

__all__ = [
    "access",
    "add_practice",
    "blueprint",
    "changes",
    "consolidated",
    "consolidation",
    "messages",
    "patients",
    "practices",
    "profile",
    "recovery",
    "reports",
    "signup",
    "team",
    "why",
]


@blueprint.route("/login", methods=["GET", "POST"])
@audience.public
def login() -> Response:
    """HUSKY Health Secure Provider Login (guide 001)."""
    return answer_login(
        "provider",
        "partials/provider/login.html",
        _("HUSKY Health Secure Provider Login"),
    )


@blueprint.post("/logout")
@audience.public
def logout() -> Response:
    """End the session here and in the browser's memory of pages."""
    response = render.leave_for(url_for("provider.login"))
    sign_out(response)
    return response


@blueprint.route("/stay", methods=["GET", "POST"])
@audience.provider
@session_end.extends_nothing
def stay() -> Response:
    """How long the session lasts (GET), and more of it (POST)."""
    return session_end.answer_stay()


@blueprint.get("/home")
@audience.provider
def home() -> Response:
    """The welcome page: each practice of the account with the figures of its reports."""
    shown = ties.own()
    readable = [practice.tin for practice in shown if practice.access == "approved"]
    return _page(
        "home",
        _("Welcome, %(name)s", name=current_user.account.first_name),
        practices=shown,
        lost=ties.lost(),
        figures=report_pages.figures(readable),
        us_date=us_date,
        has_due=report_pages.has_due,
    )


@blueprint.get("/contacts")
@audience.public
def contacts() -> Response:
    """Key contacts (guide 003)."""
    return _page("contacts", _("Key Contacts"), groups=key_contacts.groups(settings().plan))


def _page(name: str, title: str, **context: Any) -> Response:
    template = "provider/page.html" if current_user.is_authenticated else "public/office.html"
    return render.page(template, f"partials/provider/{name}.html", title=title, **context)
