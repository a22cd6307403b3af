"""The member portal's addresses."""

from typing import Any

from flask import Response, abort, flash, redirect, request, url_for
from flask_babel import format_date
from flask_login import current_user

from webapp import clock
from webapp.blueprints.member import blueprint, profile, recovery
from webapp.domain import accounts, audit, eligibility, household_view
from webapp.domain.household_view import MemberView
from webapp.web import audience, render
from webapp.web.information_center import information_center
from webapp.web.login import answer_login
from webapp.web.signed_in import actor, settings, sign_out
from webapp.web.texts import gettext as _

from .flows import REGISTRATION, link_maker

__all__ = ["blueprint", "profile", "recovery"]

REGISTRATION.mount(blueprint, "/register")


@blueprint.route("/login", methods=["GET", "POST"])
@audience.public
def login() -> Response:
    """Secure Member Login (guide 000)."""
    return answer_login("member", "partials/member/login.html", _("Secure Member Login"))


@blueprint.post("/logout")
@audience.public
def logout() -> Response:
    """End the session here and in the browser's memory of pages."""
    response = render.leave_for(url_for("member.login"))
    sign_out(response)
    return response


@blueprint.post("/stay")
@audience.member
def stay() -> Response:
    """Extend the session: having been asked, the person is there."""
    return Response(status=204)


@blueprint.get("/home")
@audience.member
def home() -> Response:
    """Member Portal Home."""
    account = current_user.account
    shown = household_view.of_member(eligibility.get_member(account.client_id), clock.today())
    return render.page(
        "member/page.html",
        "partials/member/home.html",
        title=_("Welcome to Your HUSKY Health Account!"),
        view=shown,
        facts=_home_facts(shown),
        account=account,
        center=information_center(),
    )


@blueprint.get("/account")
@audience.member
def account() -> Response:
    """My HUSKY Account Information: one member of the household at a time, named by a key that means nothing
    outside this session."""
    keys = household_view.by_key(
        current_user.account.client_id, current_user.session.token_hash, clock.today(), settings().plan
    )
    chosen = request.args.get("for") or next(iter(keys))
    if chosen not in keys:
        audit.record(actor(), "open-member", "refused")
        abort(404)
    audit.record(actor(), "open-member", subject=f"member:{keys[chosen].client_id}")
    shown = household_view.of_member(keys[chosen], clock.today())
    for_paper = bool(request.args.get("print"))
    return render.page(
        "member/step.html" if for_paper else "member/page.html",
        "partials/member/account.html",
        for_paper=for_paper,
        title=_("My HUSKY Account Information"),
        view=shown,
        facts=_account_facts(shown),
        choices=[(key, member.name) for key, member in keys.items()],
        chosen=chosen,
    )


@blueprint.get("/find-a-doctor")
@audience.public
def find_a_doctor() -> Response:
    """Find a Doctor, also before signing in."""
    return _plain("find_a_doctor", _("Find a Doctor"))


@blueprint.get("/update")
@audience.member
def update() -> Response:
    """Update My Personal Information."""
    return _plain("update", _("Update My Personal Information"))


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@audience.public
def confirm(token: str) -> Response:
    """Confirm an e-mail address. Opening the link changes nothing; mail scanners open links too."""
    named = link_maker().read(token)
    if named is None:
        abort(404)
    if request.method == "POST" and accounts.confirm_email(*named):
        flash(_("Thank you. Your email address is confirmed."), "good")
        return redirect(url_for("member.home"), 303)  # type: ignore[return-value]
    return render.page(
        "member/step.html",
        "partials/member/confirm_email.html",
        title=_("Confirm your email address"),
        email=named[1],
    )


def _plain(name: str, title: str, **context: Any) -> Response:
    template = "member/page.html" if current_user.is_authenticated else "public/page.html"
    return render.page(template, f"partials/member/{name}.html", title=title, **context)


def _date(day: object) -> str:
    return format_date(day, "MM/dd/yyyy") if day else ""


def _home_facts(view: MemberView) -> list[tuple[str, str]]:
    """Member Information, with the guide's labels."""
    return [
        (_("Client ID Number"), view.member.client_id),
        (_("Status"), _(view.eligibility.status.value)),
        (_("Effective Date"), _date(view.eligibility.effective)),
        (_("Termination Date"), _date(view.eligibility.termination)),
        (_("HUSKY Health Program"), settings().plan.program_name(view.eligibility.program)),
    ]


def _account_facts(view: MemberView) -> list[tuple[str, str]]:
    """Eligibility, with the guide's labels, and the renewal date."""
    return [
        (_("Name"), view.member.name),
        (_("Address"), view.address),
        (_("Client ID Number"), view.member.client_id),
        (_("HUSKY Health Program"), settings().plan.program_name(view.eligibility.program)),
        (_("PCP Name"), view.pcp_name),
        (_("Member's Effective Date for PCP"), _date(view.pcp_since)),
        (_("Status"), _(view.eligibility.status.value)),
        (_("Renew by"), _date(view.member.renewal_on)),
    ]
