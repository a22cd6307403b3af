"""Patient Reports: the state of report access in each practice, and Web Support's request form (guides 001, 003)."""

from flask import Response, flash, request, url_for
from flask_babel import ngettext
from flask_login import current_user

from webapp.blueprints.provider import blueprint, ties
from webapp.blueprints.provider.access_forms import AccessForm
from webapp.blueprints.provider.ties import Shown
from webapp.domain.practice import access_requests
from webapp.domain.text import one_line
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.get("/access")
@audience.provider
def access() -> Response:
    """What may be read, what was asked for and answered, and the form to ask."""
    shown = ties.own()
    askable = [practice for practice in shown if practice.may_ask]
    return _page(shown, AccessForm(askable, data=_guess(askable)))


@blueprint.post("/access")
@audience.provider
def ask_for_access() -> Response:
    """Ask. What was asked for before stays as it is."""
    shown = ties.own()
    form = AccessForm([practice for practice in shown if practice.may_ask], request.form)
    if not form.validate():
        return _page(shown, form, 422)
    try:
        new = access_requests.ask(
            current_user.account,
            list(dict.fromkeys(form.tins.data)),
            form.role.data,
            one_line(form.reason.data),
            actor(),
            settings(),
        )
    except access_requests.NotYourPractice:
        form.tins.errors = [_("Choose from the practices of your account.")]
        return _page(shown, form, 422)
    said = ngettext(
        "We have your request. You will get an email when it is decided.",
        "We have your requests. You will get an email when they are decided.",
        len(new) or 1,
    )
    flash(said, "good")
    return render.leave_for(url_for("provider.access"))


def _guess(askable: list[Shown]) -> dict[str, object]:
    """What is most likely right: the only practice, and the role that the account has there."""
    roles = {practice.role_key for practice in askable}
    return {
        "tins": [askable[0].tin] if len(askable) == 1 else [],
        "role": roles.pop() if len(roles) == 1 else "",
    }


def _page(shown: list[Shown], form: AccessForm, status: int = 200) -> Response:
    return render.page(
        "provider/page.html",
        "partials/provider/access.html",
        title=_("Patient Reports"),
        status=status,
        practices=shown,
        lost=ties.lost(),
        form=form,
        may_ask=bool(form.tins.choices),
        renews=any(practice.may_ask and practice.access == "approved" for practice in shown),
    )
