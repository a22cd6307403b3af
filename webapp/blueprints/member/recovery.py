"""Forgot Username or Password? (guide 000, "Retrieving Your Username or Password"): in three steps for an account with
several security questions, in five for one with a single question, which gets a code by mail besides."""

from contextlib import suppress
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l
from wtforms import Field, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from reports.words import N_
from webapp.blueprints.member import blueprint
from webapp.domain import throttle
from webapp.domain.account import email_changes, recovery
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.flows.engine import Flow, Refused, State, Step, Values
from webapp.web import language
from webapp.web.account_fields import check_email
from webapp.web.recovery import (
    KEEP_FOR,
    CodeForm,
    QuestionForm,
    ResetForm,
    account_of,
    begun,
    is_unchanged,
    keep_reset,
    log_in,
    refusing,
    set_password,
    take_answers,
)
from webapp.web.signed_in import secret_key, settings
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepForm, Wizard

_ID_MISSING = _l("Enter the Member ID as it is on the ID card.")


class IdentityForm(StepForm):
    """Step 1: whose account it is."""

    client_id = StringField(
        _l("Member ID"), [InputRequired(_ID_MISSING), Length(max=100, message=_ID_MISSING)]
    )
    first_name = StringField(
        _l("First Name"), [InputRequired(_l("Enter the first name as it is on the ID card."))]
    )
    last_name = StringField(
        _l("Last Name"), [InputRequired(_l("Enter the last name as it is on the ID card."))]
    )


class SendForm(StepForm):
    """Step 2 of 5: pressing Next sends the code."""


class IdentificationForm(CodeForm):
    """Step 3 of 5."""

    code = StringField(_l("Identification Code"), [InputRequired(_l("Enter the code from the mail."))])


class MemberResetForm(ResetForm):
    """The last step: a new password, and the address if it has changed."""

    email = StringField(_l("Email Address"))
    confirm_email = StringField(_l("Confirm Email"))

    @property
    def new_email(self) -> str:
        """The address typed, where it is another than the one on file."""
        typed = (self.email.data or "").strip()
        same = typed.casefold() == account_of(self.state).email.casefold()
        return "" if same else typed

    def validate_email(self, field: Field) -> None:
        if self.new_email:
            check_email(self, field)

    def validate_confirm_email(self, field: Field) -> None:
        if self.new_email.casefold() not in ("", (field.data or "").strip().casefold()):
            raise ValidationError(_("The two email addresses are not the same. Enter your address again."))


def _identify(form: IdentityForm, state: State) -> Values:
    with refusing():
        account = begun("member", form).find_member(
            form.client_id.data, form.first_name.data, form.last_name.data
        )
    questions = recovery.asked_of(account, secret_key())
    return {
        **form.answers(),
        "account": account.id,
        "mark": recovery.mark(account),
        "questions": len(questions),
    }


def _has_one_question(state: State) -> bool:
    return bool(state.of("identity").get("questions") == 1)


def _has_several(state: State) -> bool:
    return not _has_one_question(state)


def _still_found(state: State) -> bool:
    return is_unchanged(state.of("identity"))


def _username(state: State) -> dict[str, Any]:
    """What step 2 shows of the account that was found."""
    account = account_of(state)
    hidden = settings().plan["recovery"]["mask_username"]
    return {
        "username": recovery.masked(account.username) if hidden else account.username,
        "masked_email": recovery.masked(account.email),
        "login": "member.login",
    }


def _send(form: SendForm, state: State) -> Values:
    account = account_of(state)
    if not account.email:  # as some accounts of an earlier portal came
        raise Refused(
            _(
                "We have no email address for this account, so we cannot send a code. Call Technical Support "
                "Services at %(telephone)s, Monday – Friday, %(hours)s",
                telephone=settings().plan["telephones"]["technical_support"],
                hours=language.hours_of("technical_support"),
            )
        )
    with refusing():
        begun("member", form).mail_code(account)
    return form.answers()


def _send_again(form: IdentificationForm, state: State) -> Values:
    with refusing():
        begun("member", form).mail_code(account_of(state))
    return form.once_more()


def _take_code(form: IdentificationForm, state: State) -> Values:
    with refusing("code"):
        begun("member", form).take_code(str(account_of(state).id), form.code.data)
    return form.answers()


def _code_words(state: State) -> dict[str, Any]:
    return {
        "lead": _(
            "We sent an identification code to %(email)s. It is good for %(minutes)s minutes.",
            email=recovery.masked(account_of(state).email),
            minutes=settings().plan["codes"]["minutes"],
        ),
        "again": _("Send a new code"),
        "may_go_back": False,
    }


def _reset_words(state: State) -> dict[str, Any]:
    rules = settings().plan.password_rules("member")
    return {
        "rules_hint": _(
            "At least %(count)s characters: letters, digits, and %(list)s",
            count=rules.minimum_length,
            list=rules.special_characters,
        ),
        "on_file": account_of(state).email,
    }


def _keep_reset(form: MemberResetForm, state: State) -> Values:
    return {**keep_reset(form, state), "new_email": form.new_email}


FORGOT = Flow(
    name="forgot",
    keep_for=KEEP_FOR,
    heading="%(name)s",
    steps=(
        Step(
            "identity",
            N_("Forgot Username or Password?"),
            IdentityForm,
            "partials/recovery/identity.html",
            clears=("send-code", "code", "question", "questions", "reset"),
            accept=_identify,
            still_holds=_still_found,
        ),
        Step(
            "send-code",
            N_("Your Username"),
            SendForm,
            "partials/recovery/send_code.html",
            precondition=_has_one_question,
            accept=_send,
            show=_username,
        ),
        Step(
            "code",
            N_("Identification Code"),
            IdentificationForm,
            "partials/recovery/code.html",
            precondition=_has_one_question,
            accept=_take_code,
            show=_code_words,
            actions={"again": _send_again},
        ),
        Step(
            "question",
            N_("Security Question"),
            QuestionForm,
            "partials/recovery/question.html",
            precondition=_has_one_question,
            accept=take_answers,
        ),
        Step(
            "questions",
            N_("Your Username"),
            QuestionForm,
            "partials/recovery/questions.html",
            precondition=_has_several,
            accept=take_answers,
            show=_username,
        ),
        Step(
            "reset",
            N_("Reset Your Password"),
            MemberResetForm,
            "partials/recovery/reset.html",
            accept=_keep_reset,
            show=_reset_words,
        ),
    ),
)


def _commit(state: State) -> str:
    """Reset and Log In. A new address waits for its code; until then the old one counts."""
    account = set_password(state)
    new_email = state.of("reset")["new_email"]
    if new_email:
        email_changes.wait_for(account, new_email)
    return f"{account.id} email" if new_email else f"{account.id}"


def _done(result: str) -> Response:
    """Signed in, at the home page, or where the code of a new address is entered."""
    account = Account.get_by_id(int(result.split()[0]))
    if not result.endswith("email"):
        return log_in(account)
    response = log_in(account, "profile_email_code")
    who = Actor("member", request.remote_addr or "", account.id)
    with suppress(throttle.MustWait):  # that page sends another
        email_changes.send_again(account, who, settings().plan, secret_key())
    return response


Wizard(
    flow=FORGOT,
    template="member/step.html",
    cancelled="member.login",
    commit=_commit,
    done=_done,
    home="member.home",
).mount(blueprint, "/recover")
