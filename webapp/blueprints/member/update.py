"""Update My Personal Information (guide 000): the program's own site, or our form to the eligibility office."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import BooleanField, Field, StringField, ValidationError
from wtforms.validators import Length

from webapp import clock
from webapp.blueprints.member import blueprint
from webapp.domain.member import eligibility, update_requests
from webapp.domain.member.eligibility import Member
from webapp.domain.member.update_requests import STATE_WORDS, NothingToChange, Status
from webapp.domain.text import digits, one_line
from webapp.domain.us_dates import us_day
from webapp.web import audience, language, render
from webapp.web.account_fields import check_email
from webapp.web.forms import Form
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _

_LONGEST = Length(max=100, message=_l("Use at most 100 characters."))


class UpdateForm(Form):
    """Where to reach the member. It opens with what is on record; only what is changed is sent."""

    address = StringField(_l("Street and apartment"), [_LONGEST], filters=[one_line])
    city = StringField(_l("City"), [_LONGEST], filters=[one_line])
    state = StringField(_l("State"), [_LONGEST], filters=[one_line], description=_l("Two letters, like CT"))
    zip_code = StringField(_l("ZIP code"), filters=[one_line], description=_l("Five digits, like 06106"))
    phone = StringField(
        _l("Telephone"), filters=[one_line], description=_l("With area code, like 860-555-0100")
    )
    other_phone = StringField(_l("Another telephone"), filters=[one_line])
    email = StringField(_l("Email Address"), filters=[one_line])
    whole_household = BooleanField(_l("The new address is for everybody in my home"))

    def validate_address(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Enter the street and the number."))

    def validate_city(self, field: Field) -> None:
        if not field.data:
            raise ValidationError(_("Enter the city."))

    def validate_state(self, field: Field) -> None:
        if len(field.data) != 2 or not field.data.isalpha():
            raise ValidationError(_("Enter the state as two letters, like CT."))
        field.data = field.data.upper()

    def validate_zip_code(self, field: Field) -> None:
        if len(digits(field.data)) not in (5, 9):
            raise ValidationError(_("Enter the ZIP code as five digits, like 06106."))

    def validate_phone(self, field: Field) -> None:
        _check_phone(field)

    def validate_other_phone(self, field: Field) -> None:
        _check_phone(field)

    def validate_email(self, field: Field) -> None:
        if field.data:
            check_email(self, field)


def _check_phone(field: Field) -> None:
    if field.data and len(digits(field.data).removeprefix("1")) != 10:
        raise ValidationError(_("Enter the telephone with its area code, like 860-555-0100."))


@blueprint.get("/update")
@audience.member
def update() -> Response:
    """Which program, and how far earlier requests are."""
    plan = settings().plan
    sites = {letter: plan["update_sites"].get(letter, "") for letter in plan.programs}
    programs = [(letter, site or url_for("member.ask_update"), bool(site)) for letter, site in sites.items()]
    own = eligibility.eligibility_of(_member(), clock.today())
    return _page(
        "update",
        _("Update My Personal Information"),
        programs=programs,
        every_program=language.list_of_programs(plan.programs),
        letter=own.program or plan.programs[0],
        requests=[_shown(status) for status in update_requests.of_member(_member().client_id)],
        can_take_back=update_requests.RECEIVED,
    )


@blueprint.route("/update/form", methods=["GET", "POST"])
@audience.member
def ask_update() -> Response:
    """Our own form, with what is on record."""
    member = _member()
    form = UpdateForm(data=update_requests.on_record(member))
    if request.method == "POST" and form.validate():
        try:
            update_requests.ask(
                current_user.account, member, form.data, form.whole_household.data, actor(), settings().plan
            )
        except NothingToChange:
            form.form_errors.append(
                _("Nothing is different from what we have. Change what is wrong, then send it.")
            )
        else:
            flash(_("Thank you. We sent your change to the eligibility office."), "good")
            return render.leave_for(url_for("member.update"))
    status = 422 if request.method == "POST" else 200
    return _page("update_form", _("Your address and telephones"), status, form=form)


@blueprint.post("/update/withdraw")
@audience.member
def withdraw_update() -> Response:
    """Take back a request that nobody has begun to work on."""
    if update_requests.take_back(_member().client_id, actor()):
        flash(_("We took your change back. Nothing will be changed."), "good")
    else:
        flash(_("It is too late to take this back: the office has begun. Call us if it is wrong."))
    return redirect(url_for("member.update"), 303)  # type: ignore[return-value]


def _member() -> Member:
    return eligibility.get_member(current_user.account.client_id)


def _shown(status: Status) -> dict[str, Any]:
    """A request as the page lists it: day, state (key and words), what was asked for, the office's answer."""
    labels = {field.short_name: field.label.text for field in UpdateForm(formdata=None)}
    return {
        "day": us_day(status.made_at),
        "state": status.state,
        "word": _(STATE_WORDS[status.state]),
        "changes": [(labels[key], value or _("(to be removed)")) for key, value in status.changes.items()],
        "answer": status.answer,
    }


def _page(name: str, title: str, status: int = 200, **context: Any) -> Response:
    return render.page(
        "member/page.html", f"partials/member/{name}.html", title=title, status=status, **context
    )
