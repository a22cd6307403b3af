"""The profile's pages about the account: password, e-mail, questions, language, sign-ins, looks, and leaving."""

from flask import Response, flash, request, url_for
from flask_login import current_user

from webapp.domain import throttle
from webapp.domain.account import account_changes, email_changes, password_age, profiles
from webapp.web import language as page_language
from webapp.web import render
from webapp.web.account_fields import password_problem
from webapp.web.login import must_wait
from webapp.web.profile import pages
from webapp.web.profile.forms import (
    CloseForm,
    CodeForm,
    EmailForm,
    LanguageForm,
    PasswordForm,
    PlainForm,
    questions_form,
)
from webapp.web.signed_in import actor, freeze_links, renew_session, secret_key, settings, sign_out
from webapp.web.texts import gettext as _

QUESTIONS = {"member": 3}  # guide 000 asks for three, guide 001 for one


def password() -> Response:
    """Change the password; the one page that opens when it is too old."""
    account, plan = current_user.account, settings().plan
    form = PasswordForm()
    if request.method == "POST" and form.validate() and _password_changed(form):
        return pages.done(_("Your password is changed."))
    return pages.page(
        "password",
        _("Change your password"),
        form,
        form.status if request.method == "POST" else 200,
        rules=plan.password_rules(account.portal),
        expired=password_age.is_expired(account, plan),
    )


def _password_changed(form: PasswordForm) -> bool:
    return _password_set(form) if form.is_owners() else form.is_sent_twice()


def _password_set(form: PasswordForm) -> bool:
    account, plan = current_user.account, settings().plan
    try:
        account_changes.set_password(
            account,
            form.password.data,
            actor(),
            plan,
            freeze_links(),
            keep_session=current_user.session.token_hash,
        )
    except account_changes.BadPassword as bad:
        form["password"].errors = [password_problem(bad.codes[0], plan.password_rules(account.portal))]
    except account_changes.PasswordUsedBefore:
        form["password"].errors = [
            _(
                "You had that password before. Choose one that is none of your last %(count)s.",
                count=plan.password_rules(account.portal).history,
            )
        ]
    else:
        return True
    return False


def email() -> Response:
    """Ask for another e-mail address: the code goes to the new one."""
    form = EmailForm()
    if request.method == "POST" and form.validate() and form.is_owners() and _code_sent(form):
        response = render.leave_for(pages.here("email_code"))
        renew_session(response)
        return response
    return pages.page(
        "email", _("Change your email address"), form, form.status if request.method == "POST" else 200
    )


def _code_sent(form: EmailForm) -> bool:
    try:
        email_changes.ask(current_user.account, form.email.data, actor(), settings().plan, secret_key())
    except email_changes.SameAddress:
        form["email"].errors = [_("That is your email address already.")]
    except throttle.MustWait as wait:
        form.status = 429
        form.form_errors.append(must_wait(wait))
    else:
        return True
    return False


def email_code() -> Response:
    """Enter the code from the mail; then the new address counts."""
    account = current_user.account
    address = email_changes.waiting(account)
    if address is None:
        return render.leave_for(pages.here(""))
    form = CodeForm()
    if request.method == "POST" and (answered := _pressed(form)):
        return answered
    title = _("Enter the code from your email")
    status = form.status if request.method == "POST" else 200
    return pages.page(
        "email_code", title, form, status, address=address, minutes=settings().plan["codes"]["minutes"]
    )


def _pressed(form: CodeForm) -> Response | None:
    """What a button of that page leads to; None: back to the page, which says what is wrong."""
    go = request.form.get("go", "next")
    if go == "cancel":
        email_changes.give_up(current_user.account)
        return render.leave_for(pages.here(""))
    if go == "again":
        return _sent_again(form)
    return _address_set(form) if form.validate() else None


def _sent_again(form: CodeForm) -> Response | None:
    try:
        email_changes.send_again(current_user.account, actor(), settings().plan, secret_key())
    except throttle.MustWait as wait:
        form.status = 429
        form.form_errors.append(must_wait(wait))
        return None
    flash(_("We sent you a new code. The one before no longer works."), "good")
    return render.leave_for(pages.here("email_code"))


def _address_set(form: CodeForm) -> Response | None:
    account = current_user.account
    try:
        email_changes.confirm(account, form.code.data, actor(), settings().plan, freeze_links(), secret_key())
    except email_changes.WrongCode:
        form["code"].errors = [_("That code is not right. Enter the newest code, or have a new one sent.")]
        return None
    flash(_("Your email address is changed."), "good")
    return render.leave_for(pages.here(""))


def question() -> Response:
    """Choose other security questions and answers."""
    form = questions_form(QUESTIONS.get(pages.portal(), 1))()
    if request.method == "POST" and form.validate() and form.is_owners():
        account_changes.set_answers(
            current_user.account, form.hashed(), actor(), settings().plan, freeze_links()
        )
        return pages.done(_("Your security questions are changed."))
    title = _("Change your secret question") if form.count == 1 else _("Change your security questions")
    return pages.page("question", title, form, form.status if request.method == "POST" else 200)


def language() -> Response:
    """Choose the language of mail; the pages follow."""
    form = LanguageForm(data={"chosen": current_user.account.language})
    if request.method == "POST" and form.validate():
        account_changes.set_language(current_user.account, form.chosen.data, actor())
        page_language.choose(form.chosen.data)
        flash(_("We will write to you in this language."), "good")
        return render.leave_for(pages.here(""))
    return pages.page(
        "language", _("Change your language"), form, form.status if request.method == "POST" else 200
    )


def sign_ins() -> Response:
    """Recent sign-ins and refused tries."""
    words = {
        "done": _("Signed in"),
        "password": _("Refused: the password was not right"),
        "code": _("Refused: the code was not right"),
    }
    rows = [
        {
            "at": pages.moment(one.at),
            "outcome": words[one.outcome],
            "device": one.device or _("Browser not known"),
            "address": one.address,
        }
        for one in profiles.recent_sign_ins(current_user.account)
    ]
    return pages.page("sign_ins", _("Recent sign-ins"), rows=rows)


def sign_out_everywhere() -> Response:
    """End every session, this one too."""
    if request.method == "POST":
        profiles.sign_out_everywhere(current_user.account, actor())
        response = render.leave_for(url_for(f"{pages.portal()}.login"))
        sign_out(response)
        flash(_("You are signed out on every computer and phone."), "good")
        return response
    return pages.page("sign_out", _("Sign out everywhere"), PlainForm())


def looks() -> Response:
    """Who else has looked: at a member's record, or at an office's account."""
    account = current_user.account
    if pages.portal() == "member":
        title, opened = _("Who looked at your record"), _("Opened your record")
        found = profiles.looks_at_record(account.client_id, account.id)
    else:
        title, opened = _("Who looked at your account"), _("Opened your account")
        found = profiles.looks_at_account(account)
    rows = [
        {"at": pages.moment(look.at), "who": _who(look), "what": _what(look.action, opened)} for look in found
    ]
    return pages.page("looks" if pages.portal() == "member" else "looks_office", title, rows=rows)


def _who(look: profiles.Look) -> str:
    if look.portal == "provider":
        return look.practice or _("A practice")
    if look.portal == "support":
        return _("Our support staff")
    return _("The head of your household")


def _what(action: str, opened: str) -> str:
    known = {
        "gap-answer": _("Wrote down whether a test or visit was done"),
        "imitate": _("Looked at the portal as you see it"),
    }
    return known.get(action, opened)


def close() -> Response:
    """Close the account for good."""
    form = CloseForm()
    if request.method == "POST" and form.validate() and form.is_owners():
        profiles.close_account(current_user.account, actor(), settings().plan)
        response = render.leave_for(url_for(f"{pages.portal()}.login"))
        sign_out(response)
        flash(_("Your account is closed."), "good")
        return response
    return pages.page(
        "close", _("Close your account"), form, form.status if request.method == "POST" else 200
    )
