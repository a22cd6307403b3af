"""Signing in, the same way in every portal: username and password, then the code where the account asks for one."""

from flask import Response, abort, flash, request, url_for
from flask_babel import lazy_gettext, ngettext
from flask_login import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired

from webapp.domain import throttle
from webapp.domain.account import accounts, pending_sign_ins, second_factor
from webapp.domain.account.pending_sign_ins import PendingSignIn
from webapp.domain.text import one_line
from webapp.web import audience, render
from webapp.web.signed_in import (
    actor,
    cookie_name,
    device,
    drop_cookie,
    freeze_links,
    secret_key,
    settings,
    sign_in,
)
from webapp.web.texts import gettext as _


class LoginForm(FlaskForm):
    """Username and password, as posted to every portal's login address."""

    class Meta:
        csrf = False  # the guard in front of all views checks the token

    username = StringField(lazy_gettext("Username"), [InputRequired(lazy_gettext("Enter your username."))])
    password = PasswordField(lazy_gettext("Password"), [InputRequired(lazy_gettext("Enter your password."))])


class CodeForm(FlaskForm):
    """The code of an app, or a recovery code."""

    class Meta:
        csrf = False

    code = StringField(
        lazy_gettext("Code"),
        [InputRequired(lazy_gettext("Enter the 6 digits that your app shows now."))],
        filters=[one_line],
    )


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
                form.form_errors.append(must_wait(wait))
    return render.page(
        "plain.html", partial, title=title, status=status, form=form, action=request.full_path.rstrip("?")
    )


def answer_code(portal: str) -> Response:
    """The second step: ask for the code, for five minutes after a right password; then sign in and go on."""
    row = pending_sign_ins.find(request.cookies.get(cookie_name(f"{portal}_pending")), portal)
    if row is None or (row.used_at and request.method == "GET"):
        return _too_late(portal)
    form = CodeForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _code_given(row, form)
            except second_factor.WrongCode:
                form["code"].errors = [wrong_app_code()]
            except throttle.MustWait as wait:
                status = 429
                form.form_errors.append(must_wait(wait))
    return _code_page(portal, form, status)


def _code_page(portal: str, form: CodeForm, status: int) -> Response:
    return render.page(
        "plain.html", "partials/login_code.html", title=_("Enter your code"), status=status, form=form,
        action=request.path, login_url=url_for(f"{portal}.login"),
    )  # fmt: skip


def stale_code(portal: str) -> Response:
    """The form's token is that of another session: whoever has signed in meanwhile goes on; others may send the code
    again, if it is still waited for."""
    row = pending_sign_ins.find(request.cookies.get(cookie_name(f"{portal}_pending")), portal)
    if row is None or row.used_at:
        return render.leave_for(url_for(f"{portal}.home")) if current_user.is_authenticated else abort(400)
    form = CodeForm()
    form.form_errors.append(_("This page was open too long. Please check what you typed and send it again."))
    return _code_page(portal, form, 400)


def must_wait(wait: throttle.MustWait) -> str:
    """What whoever tried too often is told."""
    return ngettext(
        "There were too many wrong tries. Wait %(num)s second and try again.",
        "There were too many wrong tries. Wait %(num)s seconds and try again.",
        wait.seconds,
    )


def wrong_app_code() -> str:
    """What a code that does not fit may come from: an old one, or a telephone whose clock is wrong."""
    return _(
        "That code is not right. Wait for the next code in your app and enter it. "
        "If it fails again, check that your phone sets its date and time by itself."
    )


def _signed_in(portal: str, form: LoginForm) -> Response:
    account = accounts.authenticate(
        portal,
        form.username.data,
        form.password.data,
        actor(portal),
        settings().plan,
        secret_key(),
        device(),
    )
    response = render.leave_for(audience.safe_next(request.args.get("next"), portal))
    sign_in(response, account)
    return response


def _code_given(row: PendingSignIn, form: CodeForm) -> Response:
    portal: str = row.account.portal
    try:
        second_factor.check(
            row.account,
            form.code.data,
            secret_key(),
            actor(portal),
            settings().plan,
            freeze_links(),
            device(),
        )
    except second_factor.WrongCode:
        if not pending_sign_ins.is_second_tap(row, form.code.data, secret_key()):
            raise
    if not pending_sign_ins.use(row, form.code.data, secret_key()):
        return _too_late(portal)
    response = render.leave_for(row.target)
    sign_in(response, row.account, code_given=True)
    return response


def _too_late(portal: str) -> Response:
    """Whoever has signed in meanwhile (the second of two taps) goes on; others begin again."""
    if current_user.is_authenticated:
        return render.leave_for(url_for(f"{portal}.home"))
    if request.cookies.get(cookie_name(f"{portal}_pending")):
        flash(_("We waited 5 minutes for the code. Please sign in again."))
    response = render.leave_for(url_for(f"{portal}.login"))
    drop_cookie(response, f"{portal}_pending")
    return response
