"""The profile's pages about the second factor: an app that makes codes, and recovery codes on paper."""

import segno
from flask import Response, flash, request
from flask_login import current_user

from webapp.domain import throttle
from webapp.domain.account import second_factor
from webapp.web import login, render
from webapp.web.profile import pages
from webapp.web.profile.forms import ChangeForm
from webapp.web.signed_in import actor, freeze_links, renew_session, secret_key, settings
from webapp.web.texts import gettext as _


def overview() -> Response:
    """Whether it is on, and the way to change that. Turning it on begins here, with the password."""
    account = current_user.account
    form = ChangeForm()
    is_on = second_factor.is_on(account)
    if request.method == "POST" and not is_on and form.validate() and form.is_owners():
        second_factor.begin(account, secret_key())
        response = render.leave_for(pages.here("second_factor_code"))
        renew_session(response)
        return response
    return pages.page(
        "second_factor",
        _("Second step of signing in"),
        form,
        form.status if request.method == "POST" else 200,
        is_on=is_on,
        left=second_factor.recovery_codes_left(account),
        needed=account.portal in settings().plan["sign_in"]["second_factor_for"],
    )


def first_code() -> Response:
    """Show the secret to the person's app, as a picture and as text, and ask for the app's first code."""
    account = current_user.account
    wanted = second_factor.set_up(account, secret_key(), settings().plan["plan"]["name"])
    if wanted is None:
        return render.leave_for(
            pages.here("recovery_codes" if second_factor.is_on(account) else "second_factor")
        )
    form = login.CodeForm()
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.validate():
                return _turned_on(form)
        except second_factor.WrongCode:
            form["code"].errors = [login.wrong_app_code()]
        except throttle.MustWait as wait:
            status = 429
            form.form_errors.append(login.must_wait(wait))
    return pages.page(
        "second_factor_code",
        _("Connect your app"),
        form,
        status,
        picture=_picture(wanted.uri),
        secret=_spaced(wanted.secret),
    )


def _turned_on(form: login.CodeForm) -> Response:
    account, session = current_user.account, current_user.session.token_hash
    codes = second_factor.confirm(
        account, form.code.data, secret_key(), actor(), settings().plan, freeze_links(), keep_session=session
    )
    second_factor.keep_in_sight(account, codes, session, secret_key())
    flash(_("The second step is on. From now on we ask for a code when you sign in."), "good")
    return render.leave_for(pages.here("recovery_codes"))


def turn_off() -> Response:
    """Sign in with the password alone again."""
    account = current_user.account
    if not second_factor.is_on(account):
        return render.leave_for(pages.here("second_factor"))
    form = ChangeForm()
    if request.method == "POST" and form.validate() and form.is_owners():
        second_factor.turn_off(account, actor(), settings().plan, freeze_links())
        return pages.done(_("The second step is off."), "second_factor")
    return pages.page(
        "second_factor_off",
        _("Turn off the second step"),
        form,
        form.status if request.method == "POST" else 200,
    )


def recovery_codes() -> Response:
    """Show recovery codes that were just made, once; or make new ones."""
    account = current_user.account
    if not second_factor.is_on(account):
        return render.leave_for(pages.here("second_factor"))
    form = ChangeForm()
    if request.method == "POST":
        if request.form.get("go") == "kept":
            second_factor.put_away(account)
            return render.leave_for(pages.here("second_factor"))
        if form.validate() and form.is_owners():
            return _new_codes()
    shown = second_factor.codes_in_sight(account, current_user.session.token_hash, secret_key())
    return pages.page(
        "recovery_codes", _("Recovery codes"), form, form.status if request.method == "POST" else 200, codes=shown,
        left=second_factor.recovery_codes_left(account),
    )  # fmt: skip


def _new_codes() -> Response:
    account = current_user.account
    codes = second_factor.new_recovery_codes(account, secret_key(), actor(), settings().plan, freeze_links())
    response = pages.done(_("You have new recovery codes."), "recovery_codes")
    second_factor.keep_in_sight(account, codes, current_user.session.token_hash, secret_key())
    return response


def _picture(uri: str) -> str:
    """A QR code as an address of its own (data:), drawn here: no other site learns the secret."""
    code = segno.make(uri, error="l", micro=False)
    drawn: str = code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff", omitsize=False)
    return drawn


def _spaced(secret: str) -> str:
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
