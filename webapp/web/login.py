"""Signing in, the same way in every portal."""

from flask import Response, current_app, request
from flask_babel import lazy_gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from webapp.domain import accounts, throttle
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings, sign_in
from webapp.web.texts import gettext as _


class LoginForm(FlaskForm):
    """Username and password, as posted to every portal's login address."""

    class Meta:
        csrf = False  # the guard in front of all views checks the token

    username = StringField(lazy_gettext("Username"), [InputRequired(lazy_gettext("Enter your username."))])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password."))])


def answer_login(portal: str, partial: str, title: str) -> Response:
    """Show a portal's login page, or sign in and go where the person was going. A wrong pair gets one answer,
    whether or not the username exists."""
    form = LoginForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _signed_in(portal, form)
            except accounts.WrongPair:
                form.form_errors.append(_("The username or the password is not right. Try again."))
            except throttle.MustWait as wait:
                status = 429
                form.form_errors.append(
                    ngettext(
                        "There were too many wrong tries. Wait %(num)s second and try again.",
                        "There were too many wrong tries. Wait %(num)s seconds and try again.",
                        wait.seconds,
                    )
                )
    return render.page(
        "plain.html", partial, title=title, status=status, form=form, action=request.full_path.rstrip("?")
    )


def _signed_in(portal: str, form: LoginForm) -> Response:
    account = accounts.authenticate(
        portal,
        form.username.data,
        form.password.data,
        actor(portal),
        settings().plan,
        current_app.config["SECRET_KEY"],
    )
    response = render.leave_for(audience.safe_next(request.args.get("next"), portal))
    sign_in(response, account)
    return response
