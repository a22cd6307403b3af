"""The Staff room: supervisors add people, change roles, take access away; nobody does so to themselves."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from reports.words import fold
from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import InviteForm, PersonForm
from webapp.domain import audit
from webapp.domain.account import second_factor
from webapp.domain.support import staff
from webapp.domain.support.staff import Staff
from webapp.domain.us_dates import us_day
from webapp.web import audience, render
from webapp.web.signed_in import actor, freeze_links, settings
from webapp.web.texts import gettext as _


@blueprint.route("/staff", methods=["GET", "POST"], endpoint="staff")
@audience.room("staff")
def everybody() -> Response:
    """Everybody who works here, and the form that makes a one-time enrolment address."""
    form = InviteForm()
    address = _invited(form) if request.method == "POST" and form.validate() else ""
    return _page(
        "staff",
        _("Staff"),
        422 if form.errors else 200,
        form=form,
        address=address,
        columns=lists.columns(_heads(), _SORTS, _sort(), lists.is_down(), _link),
        people=_lines(),
        csv_url=f"{url_for('support.staff_csv')}?{request.query_string.decode()}",
        waiting=[
            (row.email, _(staff.ROLES[row.role]), us_day(row.made_at + staff.GOOD_FOR))
            for row in staff.waiting_invitations()
        ],
    )


@blueprint.get("/staff.csv")
@audience.room("staff")
def staff_csv() -> Response:
    """The list as a file, sorted as it is shown."""
    rows = [[line[key] for key, _label in _heads()] for line in _lines()]
    audit.record(actor(), "export-staff", detail=f"{len(rows)} rows")
    return lists.csv_file("staff", [label for _key, label in _heads()], rows)


_SORTS = ("name", "username", "role", "state")


def _heads() -> list[tuple[str, str]]:
    return [
        ("name", _("Name")),
        ("username", _("Username")),
        ("email", _("Email")),
        ("role", _("Role")),
        ("state", _("State")),
        ("since", _("Since")),
    ]


def _lines() -> list[dict[str, Any]]:
    """Everybody: those who work first, by name, unless another order is asked for."""
    lines = [_line(row) for row in staff.everybody()]
    return sorted(lines, key=lambda line: fold(line[_sort()]), reverse=lists.is_down()) if _sort() else lines


def _sort() -> str:
    return lists.chosen("sort", _SORTS)


def _link(**changed: object) -> str:
    return lists.address("support.staff", {}, **changed)


def _invited(form: InviteForm) -> str:
    """The enrolment address, shown once; '' where the form says what is wrong."""
    try:
        token = staff.invite(form.email.data, form.role.data, actor())
    except staff.AlreadyStaff:
        form.email.errors = [_("Somebody with this address is a member of staff already.")]
        return ""
    except staff.NotAnAddress:
        form.email.errors = [_("Enter an email address like name@example.com.")]
        return ""
    return f"{settings().base_url}{url_for('support.enroll', token=token)}"


@blueprint.route("/staff/<int(max=2147483647):account_id>", methods=["GET", "POST"])
@audience.room("staff")
def staff_person(account_id: int) -> Response:
    """One member of staff: the role, the second step, and whether the person may sign in."""
    row = staff.find(account_id)
    if row is None or account_id == current_user.account.id:
        abort(404)
    form = PersonForm() if request.method == "POST" else PersonForm(data={"role": row.role})
    if request.method == "POST" and form.validate_for(request.form.get("go", "")):
        _do(request.form.get("go", ""), row, form)
        return render.leave_for(url_for("support.staff_person", account_id=account_id))
    return _page(
        "staff_person",
        _("A member of staff"),
        422 if form.errors else 200,
        form=form,
        person=row.account,
        line=_line(row),
        is_disabled=row.disabled_at is not None,
        second_factor=second_factor.is_on(row.account),
        action=request.path,
    )


def _do(pressed: str, row: Staff, form: PersonForm) -> None:
    reason = form.reason.data
    if pressed == "role":
        staff.change_role(row.account, form.role.data, actor())
        flash(_("The role was changed."), "good")
    elif pressed == "disable":
        staff.disable(row.account, actor(), reason)
        flash(_("The person was signed out and cannot sign in any more."), "good")
    elif pressed == "enable":
        staff.enable(row.account, actor(), reason)
        flash(_("The person may sign in again."), "good")
    elif pressed == "second-factor":
        second_factor.reset(row.account, actor(), reason, settings().plan, freeze_links())
        flash(_("The second step was taken off. The person connects an app at the next sign-in."), "good")
    else:
        abort(400)


def _line(row: Staff) -> dict[str, Any]:
    account = row.account
    own = account.id == current_user.account.id
    return {
        "name": f"{account.first_name} {account.last_name}",
        "url": "" if own else url_for("support.staff_person", account_id=account.id),
        "username": account.username,
        "email": account.email,
        "role": _(staff.ROLES[row.role]),
        "state": _("Disabled") if row.disabled_at else _("Working"),
        "since": us_day(row.added_at),
    }


def _page(name: str, title: str, status: int = 200, /, **context: Any) -> Response:
    return render.page(
        "support/page.html", f"partials/support/{name}.html", title=title, status=status, **context
    )
