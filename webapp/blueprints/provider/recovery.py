"""Forgot your username or password? By the e-mail address of the account."""

from functools import cached_property
from typing import Any

from flask import Response, abort
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from reports.words import N_
from webapp.blueprints.provider import blueprint
from webapp.domain.account import recovery
from webapp.domain.account.accounts import Account
from webapp.flows.engine import Flow, Refused, State, Step, Values
from webapp.web.account_fields import check_email
from webapp.web.recovery import (
    KEEP_FOR,
    CodeForm,
    QuestionForm,
    ResetForm,
    account_id_of,
    begun,
    is_unchanged,
    keep_reset,
    log_in,
    refusing,
    set_password,
    take_answers,
)
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepForm, Wizard


class EmailForm(StepForm):
    """Step 1: the address of the account."""

    email = StringField(
        _l("E-mail Address"), [InputRequired(_l("Enter the e-mail address of your account.")), check_email]
    )


class OfficeQuestionForm(QuestionForm):
    """Step 3: which account, where the address has several; then its secret question or PIN."""

    account_id = RadioField(_l("Your accounts"), validate_choice=False)
    secret_fields = (*QuestionForm.secret_fields, "account_id")

    @cached_property
    def accounts(self) -> list[Account]:
        """The accounts whose usernames were mailed."""
        ids = self.state.of("email")["accounts"]
        return list(Account.select().where(Account.id.in_(ids)).order_by(Account.username_key))

    @property
    def chosen(self) -> int | None:
        """The account that is asked about; None while the person still has to choose."""
        ids = [account.id for account in self.accounts]
        kept = self.earlier.get("account", ids[0] if len(ids) == 1 else None)
        return kept if kept in ids else None

    @property
    def account(self) -> Account:
        return next((one for one in self.accounts if one.id == self.chosen), None) or abort(404)

    @property
    def choice(self) -> RadioField:
        """The field to choose with."""
        self.account_id.choices = {str(account.id): account.username for account in self.accounts}
        return self.account_id

    @property
    def has_others(self) -> bool:
        """Whether the address has more accounts than the one asked about."""
        return len(self.accounts) > 1

    def answers(self) -> dict[str, object]:
        return {"account": self.chosen} if self.chosen else {}


def _mail(form: EmailForm, state: State) -> Values:
    with refusing():
        found = begun("provider", form).mail_usernames(form.email.data)
    return {**form.answers(), "accounts": list(found), "marks": recovery.marks(found)}


def _mail_again(form: CodeForm, state: State) -> Values:
    with refusing():
        begun("provider", form).mail_usernames(state.of("email")["email"])
    return form.once_more()


def _take_code(form: CodeForm, state: State) -> Values:
    with refusing("code"):
        begun("provider", form).take_code(recovery.folded_email(state.of("email")["email"]), form.code.data)
    return form.answers()


def _code_words(state: State) -> dict[str, Any]:
    return {
        "lead": _(
            "If an account has the address %(email)s, a mail with the username and a code is on its way. "
            "The code is good for %(minutes)s minutes.",
            email=state.of("email")["email"],
            minutes=settings().plan["codes"]["minutes"],
        ),
        "again": _("Request New Code"),
        "may_go_back": True,
    }


def _choose(form: OfficeQuestionForm, state: State) -> Values:
    chosen = next((one.id for one in form.accounts if str(one.id) == form.account_id.data), None)
    if chosen is None:
        raise Refused(_("Choose the account whose password you want to set."), "account_id")
    return {"account": chosen}


def _choose_another(form: OfficeQuestionForm, state: State) -> Values:
    return {}


def _still_of_the_address(state: State) -> bool:
    """Whether the account that was chosen is as it was when its address was written to."""
    account, marks = account_id_of(state), state.of("email").get("marks", {})
    return is_unchanged({"account": account, "mark": marks.get(str(account))})


def _reset_words(state: State) -> dict[str, Any]:
    return {"rules": settings().plan.password_rules("provider")}


RECOVER = Flow(
    name="recover",
    keep_for=KEEP_FOR,
    heading="%(name)s",
    steps=(
        Step(
            "email",
            N_("Forgot your username or password?"),
            EmailForm,
            "partials/recovery/email.html",
            clears=("code", "question", "reset"),
            accept=_mail,
            still_holds=_still_of_the_address,
        ),
        Step(
            "code",
            N_("Verification Code"),
            CodeForm,
            "partials/recovery/code.html",
            clears=("question", "reset"),
            accept=_take_code,
            show=_code_words,
            actions={"again": _mail_again},
        ),
        Step(
            "question",
            N_("Secret Question"),
            OfficeQuestionForm,
            "partials/recovery/office_question.html",
            clears=("reset",),
            accept=take_answers,
            actions={"choose": _choose, "another": _choose_another},
        ),
        Step(
            "reset",
            N_("Reset Your Password"),
            ResetForm,
            "partials/recovery/office_reset.html",
            accept=keep_reset,
            show=_reset_words,
        ),
    ),
)


def _commit(state: State) -> str:
    """Reset and Log In."""
    return str(set_password(state).id)


def _done(result: str) -> Response:
    return log_in(Account.get_by_id(int(result)))


Wizard(
    flow=RECOVER,
    template="plain.html",
    cancelled="provider.login",
    commit=_commit,
    done=_done,
    home="provider.home",
).mount(blueprint, "/recover")
