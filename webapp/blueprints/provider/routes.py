"""The provider portal's addresses, Reports/Data apart (reports.py)."""

from typing import Any

from flask import Response, abort, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from webapp import clock
from webapp.blueprints.provider import (
    blueprint,
    changes,
    consolidated,
    consolidation,
    patients,
    profile,
    recovery,
    reports,
    why,
)
from webapp.blueprints.provider import contacts as key_contacts
from webapp.domain import directory, practices, report_pages
from webapp.web import audience, render
from webapp.web.login import answer_login
from webapp.web.signed_in import settings, sign_out
from webapp.web.texts import gettext as _

__all__ = ["blueprint", "changes", "consolidated", "consolidation", "patients", "profile", "recovery", "reports", "why"]

SIGNUP_STEPS = frozenset(
    "license-agreement personal-information add-provider additional-information account verify".split()
)

#: What a tie to a Tax ID says of reading its reports.
ACCESS_WORDS = {
    "none": _l("Not requested"),
    "requested": _l("Requested"),
    "approved": _l("Approved"),
    "refused": _l("Refused"),
    "expired": _l("Expired"),
}

ROLE_WORDS = {
    "Office Manager": _l("Office Manager"),
    "Office Staff": _l("Office Staff"),
    "Nurse/Medical Assistant": _l("Nurse/Medical Assistant"),
    "Physician/Provider": _l("Physician/Provider"),
    "Other": _l("Other"),
}


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


@blueprint.get("/signup/<step>")
@audience.public
def signup(step: str) -> Response:
    """How to get an account today."""
    return _by_telephone(step, SIGNUP_STEPS, "signup", _("Register"))


@blueprint.get("/home")
@audience.provider
def home() -> Response:
    """The welcome page: each practice of the account with the figures of its reports."""
    ties = practices.practices_of(current_user.account)
    readable = [tie.tin for tie in ties if tie.report_access == "approved"]
    return _page(
        "home",
        _("Welcome, %(name)s", name=current_user.account.first_name),
        practices=_practices(ties),
        figures=report_pages.figures(readable),
        us_date=report_pages.us_date,
        has_due=report_pages.has_due,
    )


@blueprint.get("/access")
@audience.provider
def access() -> Response:
    """Patient Reports: which reports the account may read, and whom to ask for more."""
    return _page("access", _("Patient Reports"), practices=_own_practices())


@blueprint.get("/practices", endpoint="practices")
@audience.provider
def own_practices() -> Response:
    """The Tax IDs of the account, with the providers that the directory has there."""
    shown = _own_practices()
    providers = {practice["tin"]: directory.providers_of(str(practice["tin"])) for practice in shown}
    return _page("practices", _("Practices"), practices=shown, providers=providers)


@blueprint.get("/team")
@audience.provider
def team() -> Response:
    """The account's own place in each practice."""
    return _page("team", _("Team"), practices=_own_practices())


@blueprint.get("/messages")
@audience.provider
def messages() -> Response:
    """How to write to web support today."""
    return _page("messages", _("Messages"))


@blueprint.get("/contacts")
@audience.public
def contacts() -> Response:
    """Key contacts (guide 003)."""
    return _page("contacts", _("Key Contacts"), groups=key_contacts.groups(settings().plan))


def _own_practices() -> list[dict[str, object]]:
    return _practices(practices.practices_of(current_user.account))


def _practices(ties: list[practices.PracticeAccess]) -> list[dict[str, object]]:
    """The account's ties as pages show them: tin, name, role, access (a word of STATES), access_word, since."""
    names = directory.practice_names([tie.tin for tie in ties])
    return [
        {
            "tin": tie.tin,
            "name": names.get(tie.tin, ""),
            "role": ROLE_WORDS.get(tie.role, tie.role),
            "access": tie.report_access,
            "access_word": ACCESS_WORDS.get(tie.report_access, tie.report_access),
            "since": report_pages.us_date(clock.current().local(tie.changed_at).date()),
        }
        for tie in ties
    ]


def _by_telephone(step: str, steps: frozenset[str], name: str, title: str) -> Response:
    if step not in steps:
        abort(404)
    return render.page("plain.html", f"partials/provider/{name}.html", title=title)


def _page(name: str, title: str, **context: Any) -> Response:
    template = "provider/page.html" if current_user.is_authenticated else "public/page.html"
    return render.page(template, f"partials/provider/{name}.html", title=title, **context)
