"""Practices: the Tax IDs of the account; adding one, joining with a registration code, leaving one."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from webapp.blueprints.provider import blueprint, ties
from webapp.blueprints.provider.team_forms import JoinForm, LeaveForm
from webapp.blueprints.provider.ties import ROLE_WORDS
from webapp.domain import audit
from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import invitations, practices, registration_codes, team
from webapp.domain.practice.registration_codes import CodeNotLive, RegistrationCode
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.get("/practices", endpoint="practices")
@audience.provider
def own_practices() -> Response:
    """The Tax IDs of the account, with the providers that the directory has there."""
    shown = ties.own()
    providers = {practice.tin: directory.providers_of(practice.tin) for practice in shown}
    return _page("practices", _("Practices"), practices=shown, providers=providers, lost=ties.lost())


@blueprint.route("/practices/remove", methods=["GET", "POST"])
@audience.provider
def leave_practice() -> Response:
    """Ask whether the practice shall be taken off the account, and do it."""
    tie = _own_tie(request.args.get("tin", ""))
    is_last = team.is_last_manager(tie)
    form = LeaveForm(request.form)
    if not is_last:
        del form.told
    if request.method == "POST" and form.validate():
        try:
            team.leave(current_user.account, tie.tin, actor(), settings(), told=is_last)
        except team.LastManager:
            is_last, form = True, LeaveForm(request.form)  # the other one left in between
        else:
            said = _("The practice was removed from your account. You no longer see its reports.")
            flash(said, "good")
            return render.leave_for(url_for("provider.practices"))
    return _page(
        "leave_practice",
        _("Remove a practice"),
        422 if form.errors else 200,
        tin=tie.tin,
        name=directory.practice_name(tie.tin),
        is_last=is_last,
        form=form,
    )


@blueprint.route("/practices/join", methods=["GET", "POST"])
@audience.provider
def join_practice() -> Response:
    """Take up an invitation with the account that is signed in: the code, then what it is for, then the answer."""
    form = JoinForm(request.form if request.method == "POST" else request.args)
    if request.method != "POST" or not form.validate():
        return _page("join_practice", _("Enter a registration code"), 422 if form.errors else 200, form=form)
    code = registration_codes.find(form.code.data)
    if code is None:
        audit.record(actor(), "registration-code-use", "refused")
        form.code.errors = [_not_live(registration_codes.look_up(form.code.data))]
    elif request.form.get("go") != "join":
        return _show_invitation(form, code)
    elif not (refused := _join(code)):
        return render.leave_for(url_for("provider.practices"))
    else:
        form.code.errors = [refused]
    return _page("join_practice", _("Enter a registration code"), 422, form=form)


def _join(code: RegistrationCode) -> str:
    """Join; what to say where that is refused, else nothing."""
    try:
        invitations.join(code, current_user.account, actor())
    except invitations.OwnInvitation:
        return _("You sent this invitation yourself. It is for somebody else.")
    except invitations.AlreadyHere:
        return _("You work for this practice already, with access to its reports.")
    except CodeNotLive:
        return _not_live(code)
    flash(_("You now work for the practice in this portal."), "good")
    return ""


def _show_invitation(form: JoinForm, code: RegistrationCode) -> Response:
    names = directory.practice_names(code.tin_list)
    return _page(
        "join_practice",
        _("Enter a registration code"),
        form=form,
        code=code,
        role=ROLE_WORDS.get(code.role, code.role),
        invited_to=[(names.get(tin, ""), tin) for tin in code.tin_list],
    )


def _not_live(code: RegistrationCode | None) -> str:
    if code is None:
        return _(
            "We do not know this code. Check it against the email, or ask who invited you for a new one."
        )
    said = {
        "used": _("This code was used before; each works once. Ask who invited you for a new one."),
        "withdrawn": _("This invitation was taken back. Ask who invited you."),
    }
    return said.get(code.state) or _("This code has expired. Ask who invited you to send it again.")


def _own_tie(tin: str) -> practices.PracticeAccess:
    """The account's tie to the practice; anything else is a 404, noted."""
    mine = {tie.tin: tie for tie in practices.practices_of(current_user.account)}
    if tin not in mine:
        audit.record(actor(), "practice-leave", "refused")
        abort(404)
    return mine[tin]


def _page(part: str, title: str, status: int = 200, /, **context: Any) -> Response:
    return render.page(
        "provider/page.html", f"partials/provider/{part}.html", title=title, status=status, **context
    )
