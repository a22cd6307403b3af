"""What a locked registration offers: call, a call-back, or a letter to the address on file; and the page where the
code of that letter ends the lock. Nothing here tells whether a number is a member's."""

from typing import Any

from flask import Response, flash, request, url_for

from webapp.blueprints.member import blueprint
from webapp.domain import throttle
from webapp.domain.member import locked_ways
from webapp.domain.member.lockouts import Lockout
from webapp.flows.engine import State
from webapp.web import audience, language, render
from webapp.web.signed_in import actor, cookie_name, secret_key, settings
from webapp.web.texts import gettext as _

from .flows import REGISTRATION, RUN_COOKIE, lock_of_run
from .locked_forms import CallBackForm, LetterCodeForm


@blueprint.route("/locked", methods=["GET", "POST"])
@audience.public
def locked() -> Response:
    """The three ways on, for the browser whose registration is locked."""
    run = REGISTRATION.run(request.cookies.get(_run_cookie()))
    lock = lock_of_run(run.state if run else State())
    if lock is None:
        return render.leave_for(url_for("member.register", step="validation"))
    form = CallBackForm(request.form if request.form.get("go") != "letter" else None)
    if request.method == "GET" or language.switched():
        return _ways(lock, form)
    try:
        said = _asked(lock, form)
    except throttle.Locked:
        form.form_errors.append(_("Many people asked from here just now. Try again in an hour, or call us."))
        return _ways(lock, form, 429)
    if said is None:
        return _ways(lock, form, 422)
    flash(said, "good")
    return render.leave_for(url_for("member.locked"))


@blueprint.route("/letter", methods=["GET", "POST"])
@audience.public
def letter() -> Response:
    """The code of a mailed letter and the date of birth end the lock; registration goes on at step 2."""
    form = LetterCodeForm()
    if request.method == "POST" and not language.switched() and form.validate():
        run_key = request.cookies.get(_run_cookie(), "")
        if locked_ways.redeem(
            form.code.data, form.read_birth_date(), run_key, actor("member"), settings().plan, secret_key()
        ):
            flash(_("You can go on now. Type what is on your ID card."), "good")
            return render.leave_for(url_for("member.register", step="validation"))
        form.form_errors.append(
            _(
                "The code or the date of birth is not right, or the code is too old. "
                "Check both, or call %(telephone)s.",
                telephone=_telephone(),
            )
        )
    status = 422 if form.errors else 200
    return render.page(
        "member/step.html",
        "partials/member/letter.html",
        title=_("The code in your letter"),
        status=status,
        form=form,
        action=request.path,
    )


def _asked(lock: Lockout, form: CallBackForm) -> str | None:
    """Do what was asked for; what to tell then, None where the form is shown again."""
    given: tuple[Any, ...] = (language.current(), actor("member"), settings().plan, secret_key())
    if request.form.get("go") == "letter":
        locked_ways.ask_letter(lock, *given)
        return _(
            "If the number you typed is the number of a member, we mail a letter to the address that we have on file. "
            "It takes about a week."
        )
    if request.form.get("go") != "call-back" or not form.validate():
        return None
    locked_ways.ask_call_back(lock, form.telephone.data, form.window.data, *given)
    return _("We will call you on the next working day.")


def _ways(lock: Lockout, form: CallBackForm, status: int = 200) -> Response:
    return render.page(
        "member/step.html",
        "partials/member/locked.html",
        title=_("Ways to go on"),
        status=status,
        form=form,
        action=request.path,
        reference=lock.reference,
        telephone=_telephone(),
    )


def _telephone() -> str:
    return str(settings().plan["telephones"]["technical_support"])


def _run_cookie() -> str:
    return cookie_name(RUN_COOKIE)
