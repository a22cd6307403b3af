"""The profile of a practice's person: the account, the pages that change it, and the mail about new reports."""

from flask import Response, flash, redirect, request, url_for
from flask_login import current_user

from webapp.blueprints.provider import blueprint
from webapp.domain.account import password_age, second_factor
from webapp.domain.reporting import report_mails
from webapp.domain.us_dates import us_date, us_day
from webapp.web import audience, login, profile, render
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

profile.mount(blueprint, audience.provider, second_factor=True, looks=True)


@blueprint.route("/login/code", methods=["GET", "POST"])
@audience.public
def login_code() -> Response:
    """The second step of signing in."""
    return login.answer_code("provider")


login_code.when_stale = lambda: login.stale_code("provider")  # type: ignore[attr-defined]


@blueprint.get("/profile", endpoint="profile")
@audience.provider
def overview() -> Response:
    """The account."""
    account = current_user.account
    expires = password_age.expires_on(account, settings().plan)
    return render.page(
        "provider/page.html",
        "partials/provider/profile.html",
        title=_("Profile"),
        account=account,
        report_mail=report_mails.is_wanted(account),
        second_factor=second_factor.is_on(account),
        since=us_day(account.created_at),
        expires=us_date(expires),
    )


@blueprint.post("/profile")
@audience.provider
def choose_report_mail() -> Response:
    """Switch the mail about new reports on or off."""
    wanted = request.form.get("report_mail") == "1"
    report_mails.choose(current_user.account, wanted)
    flash(
        _("You will get an email when new reports are ready.")
        if wanted
        else _("You will get no email about new reports."),
        "good",
    )
    return redirect(url_for("provider.profile"), 303)  # type: ignore[return-value]
