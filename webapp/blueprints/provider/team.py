"""Team: the people of a practice. Its approved Office Managers invite, change roles, remove, and see who downloaded
what; everybody else sees their own place and whom to ask."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, current_app, flash, request, url_for
from flask_login import current_user

from webapp import clock
from webapp.blueprints.provider import blueprint, ties
from webapp.blueprints.provider.team_forms import InviteForm, RoleForm
from webapp.blueprints.provider.ties import ACCESS_WORDS, ROLE_WORDS
from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import invitations, team
from webapp.domain.practice.practices import PracticeAccess
from webapp.domain.practice.registration_codes import CodeNotLive
from webapp.domain.reporting import downloads
from webapp.domain.us_dates import us_day
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _

PER_PAGE = 50


@blueprint.get("/team", endpoint="team")
@audience.provider
def own_team() -> Response:
    """The team of a practice for its Office Manager; for others their own place."""
    managed = team.managed_tins(current_user.account)
    if not managed:
        return _others()
    return _team(_asked_tin(managed), InviteForm())


@blueprint.post("/team")
@audience.provider
def invite_person() -> Response:
    """Send an invitation."""
    tin = _asked_tin(team.managed_tins(current_user.account))
    form = InviteForm(request.form)
    if not form.validate() or not _invite(tin, form):
        return _team(tin, form, 422)
    flash(_("The invitation was sent. The code in it works once and for 7 days."), "good")
    return render.leave_for(url_for("provider.team", tin=tin))


@blueprint.route("/team/<int(max=2147483647):tie_id>", methods=["GET", "POST"])
@audience.provider
def team_person(tie_id: int) -> Response:
    """One person: change the role."""
    tie = _person(tie_id)
    form = (
        RoleForm(request.form, role=tie.role)
        if request.method == "POST"
        else RoleForm(data={"role": tie.role})
    )
    if request.method == "POST" and form.validate():
        _or_not_found(
            lambda: team.change_role(current_user.account, tie_id, form.role.data, actor(), settings())
        )
        flash(_("The role was changed. The person was told by email."), "good")
        return render.leave_for(url_for("provider.team", tin=tie.tin))
    return _page(
        "team_person",
        _("Change a role"),
        422 if form.errors else 200,
        form=form,
        **_told_of(tie),
    )


@blueprint.route("/team/<int(max=2147483647):tie_id>/remove", methods=["GET", "POST"])
@audience.provider
def remove_person(tie_id: int) -> Response:
    """Ask whether a person shall be removed, and do it."""
    tie = _person(tie_id)
    if request.method == "POST":
        _or_not_found(lambda: team.remove(current_user.account, tie_id, actor(), settings()))
        flash(_("The person was removed and no longer sees the reports of this practice."), "good")
        return render.leave_for(url_for("provider.team", tin=tie.tin))
    return _page("team_remove", _("Remove a person"), **_told_of(tie))


@blueprint.post("/team/invitations/<int(max=2147483647):code_id>")
@audience.provider
def change_invitation(code_id: int) -> Response:
    """Send an invitation again, or take it back."""
    account = current_user.account
    try:
        if request.form.get("go") == "withdraw":
            row = invitations.withdraw(account, code_id, actor())
            flash(_("The invitation was taken back. Its code no longer works."), "good")
        else:
            row = invitations.resend(account, code_id, actor(), settings(), current_app.config["SECRET_KEY"])
            flash(_("A new code was sent. It works for 7 days; the earlier one no longer works."), "good")
    except team.NotManager:
        abort(404)
    except CodeNotLive:
        flash(_("This invitation was used or taken back before, so nothing was sent."), "warn")
        return render.leave_for(url_for("provider.team"))
    except invitations.TooManyInvitations:
        flash(_too_many(), "warn")
        return render.leave_for(url_for("provider.team"))
    return render.leave_for(url_for("provider.team", tin=row.tin_list[0]))


@blueprint.get("/team/downloads")
@audience.provider
def team_downloads() -> Response:
    """Who of the practice downloaded which report."""
    managed = team.managed_tins(current_user.account)
    tin = _asked_tin(managed)
    number = _number(request.args.get("page"))
    found, total = downloads.of_practices([tin], number, PER_PAGE)
    if not found and number > 1:
        number = max(1, -(-total // PER_PAGE))
        found, total = downloads.of_practices([tin], number, PER_PAGE)
    return _page(
        "team_downloads",
        _("Downloads"),
        tin=tin,
        name=directory.practice_name(tin),
        found=[(_moment(one), one) for one in found],
        form_words=downloads.FORMS,
        total=total,
        number=number,
        pages=max(1, -(-total // PER_PAGE)),
        per_page=PER_PAGE,
        page_url=lambda n: f"{url_for('provider.team_downloads')}?{urlencode({'tin': tin, 'page': n})}",
    )


def _others() -> Response:
    """What is shown to whoever manages no practice: their own place, and the Office Managers of the practices whose
    reports they may read. Who only says to work somewhere is not told who does."""
    shown = ties.own()
    readable = [practice.tin for practice in shown if practice.access == "approved"]
    of: dict[str, list[PracticeAccess]] = {tin: [] for tin in readable}
    for tie in team.managers(readable):
        of[tie.tin].append(tie)
    return _page("team_others", _("Team"), practices=shown, managers=of, lost=ties.lost())


def _team(tin: str, form: InviteForm, status: int = 200) -> Response:
    people = team.people(tin)
    managed = team.managed_tins(current_user.account)
    names = directory.practice_names(managed)
    return _page(
        "team",
        _("Team"),
        status,
        tin=tin,
        name=names.get(tin, ""),
        choices=[(one, names.get(one, "")) for one in managed],
        people=people,
        is_alone=len(team.managers([tin])) == 1,
        invitations=invitations.listed(tin),
        form=form,
        role_words=ROLE_WORDS,
        access_words=ACCESS_WORDS,
        state_words=_state_words(),
        day=us_day,
    )


def _invite(tin: str, form: InviteForm) -> bool:
    """Send the invitation; where that is refused, say why at the field."""
    try:
        invitations.invite(
            current_user.account,
            tin,
            form.email.data,
            form.role.data,
            form.language.data,
            actor(),
            settings(),
            current_app.config["SECRET_KEY"],
        )
    except invitations.AlreadyHere:
        form.email.errors = [
            _("Somebody with this address works for the practice already. See the list above.")
        ]
    except invitations.AlreadyInvited:
        form.email.errors = [_("This address has an open invitation. Below you can send it again.")]
    except invitations.TooManyInvitations:
        form.email.errors = [_too_many()]
    except team.NotManager:
        abort(404)
    else:
        return True
    return False


def _too_many() -> str:
    return _(
        "You have sent as many invitations as one person may in a day. Go on tomorrow, or call Web Support."
    )


def _state_words() -> dict[str, str]:
    return {
        "open": _("Open"),
        "used": _("Accepted"),
        "expired": _("Expired"),
        "withdrawn": _("Taken back"),
    }


def _asked_tin(managed: list[str]) -> str:
    """The practice asked for, else the first that the account manages. Any other is a 404, noted."""
    tin = request.args.get("tin") or (managed[0] if managed else "")
    try:
        team.require_manager(current_user.account, tin, actor())
    except team.NotManager:
        ties.turn_away(tin)
    return tin


def _person(tie_id: int) -> PracticeAccess:
    """A person of a practice that the account manages, and not the account itself; anybody else is a 404."""
    try:
        tie = team.person(current_user.account, tie_id, actor())
    except team.NotManager:
        abort(404)
    if tie.account_id == current_user.account.id:
        abort(404)
    return tie


def _or_not_found(command: Callable[[], object]) -> None:
    try:
        command()
    except (team.NotManager, team.OwnPlace):
        abort(404)


def _told_of(tie: PracticeAccess) -> dict[str, object]:
    return {
        "tie": tie,
        "person": f"{tie.account.first_name} {tie.account.last_name}",
        "practice": directory.practice_name(tie.tin) or tie.tin,
        "role": ROLE_WORDS.get(tie.role, tie.role),
        "access_word": ACCESS_WORDS.get(tie.report_access, tie.report_access),
        "since": us_day(tie.changed_at),
    }


def _moment(download: downloads.Download) -> str:
    """Day and time where the plan is."""
    return f"{clock.current().local(download.at):%m/%d/%Y %H:%M}"


def _number(page: str | None) -> int:
    return int(page) if page and page.isascii() and page.isdigit() and len(page) < 7 and int(page) else 1


def _page(part: str, title: str, status: int = 200, /, **context: Any) -> Response:
    return render.page(
        "provider/page.html", f"partials/provider/{part}.html", title=title, status=status, **context
    )
