"""The support console's addresses before and around its rooms: signing in, enrolment, the desk, the profile."""

from flask import Response, flash, request, url_for
from flask_login import current_user

from webapp.blueprints.support import blueprint
from webapp.blueprints.support.forms import EnrollForm
from webapp.domain.account import accounts, password_age, second_factor
from webapp.domain.account.account_changes import BadPassword
from webapp.domain.support import staff
from webapp.domain.us_dates import us_date, us_day
from webapp.web import audience, language, login, profile, render, session_end
from webapp.web.account_fields import password_problem
from webapp.web.signed_in import actor, secret_key, settings, sign_in, sign_out
from webapp.web.texts import gettext as _

profile.mount(blueprint, audience.room("desk"), questions=False, second_factor=True)


@blueprint.route("/login", methods=["GET", "POST"], endpoint="login")
@audience.public
def log_in() -> Response:
    """Username and password; the code of the app comes after them."""
    return login.answer_login("support", "partials/support/login.html", _("Support Console Login"))


@blueprint.route("/login/code", methods=["GET", "POST"])
@audience.public
def login_code() -> Response:
    """The second step of signing in."""
    return login.answer_code("support")


login_code.when_stale = lambda: login.stale_code("support")  # type: ignore[attr-defined]


@blueprint.post("/logout")
@audience.public
def logout() -> Response:
    """End the session here and in the browser's memory of pages."""
    response = render.leave_for(url_for("support.login"))
    sign_out(response)
    return response


@blueprint.route("/stay", methods=["GET", "POST"])
@audience.room("desk")
@session_end.extends_nothing
def stay() -> Response:
    """How long the session lasts (GET), and more of it (POST)."""
    return session_end.answer_stay()


@blueprint.route("/enroll/<token>", methods=["GET", "POST"])
@audience.public
def enroll(token: str) -> Response:
    """The one-time address that a new member of staff was given: username and password, then the app."""
    try:
        invited = staff.invitation(token)
        form = EnrollForm()
        if request.method == "POST" and form.validate() and (entered := _enrolled(token, form)):
            return entered
    except staff.InvitationEnded:
        title = _("This address does not work any more")
        return render.page("plain.html", "partials/support/enroll_ended.html", title=title, status=404)
    return render.page(
        "plain.html",
        "partials/support/enroll.html",
        title=_("Welcome to the support console"),
        status=422 if request.method == "POST" else 200,
        form=form,
        action=request.path,
        invited=invited,
        role=_(staff.ROLES[invited.role]),
        rules=settings().plan.password_rules("support"),
    )


def _enrolled(token: str, form: EnrollForm) -> Response | None:
    """Make the account and go to the app's first code; None where the form says what is wrong."""
    plan = settings().plan
    try:
        account = staff.enroll(
            token,
            username=form.username.data,
            first_name=form.first_name.data,
            last_name=form.last_name.data,
            password=form.password.data,
            language=language.current(),
            actor=actor("support"),
            plan=plan,
        )
    except BadPassword as bad:
        form["password"].errors = [password_problem(bad.codes[0], plan.password_rules("support"))]
        return None
    except accounts.UsernameTaken:
        form["username"].errors = [_("That username is taken. Choose another one.")]
        return None
    second_factor.begin(account, secret_key())
    response = render.leave_for(url_for("support.profile_second_factor_code"))
    sign_in(response, account)
    flash(_("Your account is made. One step is left: connect the app on your phone."), "good")
    return response


@blueprint.get("", endpoint="home")
@audience.room("desk")
def desk() -> Response:
    """The desk: the way to each room that the role opens."""
    role = staff.role_of(current_user.account)
    return render.page(
        "support/page.html",
        "partials/support/home.html",
        title=_("Welcome, %(name)s", name=current_user.account.first_name),
        role=_(staff.ROLES[role]) if role else "",
    )


@blueprint.get("/profile", endpoint="profile")
@audience.room("desk")
def overview() -> Response:
    """The account of a member of staff."""
    account = current_user.account
    expires = password_age.expires_on(account, settings().plan)
    role = staff.role_of(account)
    return render.page(
        "support/page.html",
        "partials/support/profile.html",
        title=_("Profile"),
        account=account,
        role=_(staff.ROLES[role]) if role else "",
        second_factor=second_factor.is_on(account),
        since=us_day(account.created_at),
        expires=us_date(expires),
    )
