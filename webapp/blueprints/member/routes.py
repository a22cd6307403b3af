"""The member portal's addresses."""

from flask import Response, abort, request, url_for
from flask_login import current_user

from reports import snapshot
from webapp import clock
from webapp.blueprints.member import (
    blueprint,
    care,
    choose_pcp,
    consents,
    find_a_doctor,
    locked,
    messages,
    profile,
    recovery,
    survey,
    update,
)
from webapp.domain import audit
from webapp.domain.member import care_due, coverage, eligibility, household_view, pcp_choice
from webapp.domain.member.household_view import MemberView
from webapp.domain.us_dates import us_date
from webapp.web import audience, confirm_email, render, session_end
from webapp.web.information_center import information_center
from webapp.web.login import answer_login
from webapp.web.signed_in import actor, settings, sign_out
from webapp.web.texts import gettext as _

from .flows import REGISTRATION

__all__ = [
    "blueprint",
    "care",
    "choose_pcp",
    "consents",
    "find_a_doctor",
    "locked",
    "messages",
    "profile",
    "recovery",
    "survey",
    "update",
]

REGISTRATION.mount(blueprint, "/register")
confirm_email.mount(blueprint)


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


@blueprint.route("/stay", methods=["GET", "POST"])
@audience.member
@session_end.extends_nothing
def stay() -> Response:
    """How long the session lasts (GET), and more of it (POST)."""
    return session_end.answer_stay()


@blueprint.get("/home")
@audience.member
def home() -> Response:
    """Member Portal Home."""
    account = current_user.account
    seen = eligibility.household(account.client_id, clock.today(), settings().plan)
    pcps = snapshot.attributed([member.client_id for member in seen])
    shown = household_view.of_member(seen[0], clock.today(), pcps)
    return render.page(
        "member/page.html",
        "partials/member/home.html",
        title=_("Welcome to Your HUSKY Health Account!"),
        view=shown,
        facts=_home_facts(shown),
        account=account,
        household=care_due.of_household(seen, pcps),
        own=coverage.of_member(seen[0], clock.today(), shown.eligibility),
        us_date=us_date,
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
        chosen_pcp=pcp_choice.waiting(shown.member.client_id),
        us_date=us_date,
    )


def _home_facts(view: MemberView) -> list[tuple[str, str]]:
    """Member Information, with the guide's labels."""
    return [
        (_("Client ID Number"), view.member.client_id),
        (_("Status"), _(view.eligibility.status.value)),
        (_("Effective Date"), us_date(view.eligibility.effective)),
        (_("Termination Date"), us_date(view.eligibility.termination)),
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
        (_("Member's Effective Date for PCP"), us_date(view.pcp_since)),
        (_("Status"), _(view.eligibility.status.value)),
        (_("Renew by"), us_date(view.member.renewal_on)),
    ]
