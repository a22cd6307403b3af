"""What the recoveries of both portals have in common of HTTP: their forms, what they say, and how they end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import Field, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired

from webapp.domain import throttle
from webapp.domain.account import account_changes, passwords, recovery, security_questions
from webapp.domain.account.accounts import Account
from webapp.domain.account.recovery import Recovery
from webapp.domain.audit import Actor
from webapp.flows.engine import Refused, State, Values
from webapp.web import language, render
from webapp.web.account_fields import password_problem
from webapp.web.signed_in import freeze_links, secret_key, settings, sign_in
from webapp.web.texts import gettext as _
from webapp.web.wizard import StepForm

KEEP_FOR = timedelta(minutes=30)
#: The steps whose values name the account, in either portal, once it is known.
_KNOWN_IN = ("identity", "question")


def begun(portal: str, form: StepForm) -> Recovery:
    """The recovery that a form belongs to."""
    return Recovery(portal, request.remote_addr or "", form.run_key, settings().plan, secret_key())


def account_id_of(state: State) -> int | None:
    """The account that this run has found."""
    return next((state.of(step)["account"] for step in _KNOWN_IN if state.of(step).get("account")), None)


def account_of(state: State) -> Account:
    """That account; 404 when it is gone meanwhile."""
    account: Account | None = Account.get_or_none(Account.id == account_id_of(state))
    return account or abort(404)


def is_unchanged(values: Values) -> bool:
    """Whether the account that a step found is as it was then; asked again before the password is set."""
    return recovery.is_unchanged(values["account"], values["mark"])


class CodeForm(StepForm):
    """The code from the mail. Asking for a new one counts the times, so that the page can say it was sent."""

    code = StringField(_l("Verification Code"), [InputRequired(_l("Enter the code from the mail."))])
    secret_fields = ("code",)

    def answers(self) -> dict[str, object]:
        return {"sent_again": self.sent_again}

    @property
    def sent_again(self) -> int:
        """How often a new code was sent."""
        return int(self.earlier.get("sent_again", 0))

    def once_more(self) -> Values:
        """What to keep when a new one was sent."""
        return {"sent_again": self.sent_again + 1}


class QuestionForm(StepForm):
    """The account's security questions. Their answers are never kept, not even hashed."""

    answer_1 = StringField("", [InputRequired(_l("Enter the answer to the security question."))])
    answer_2 = StringField("", [InputRequired(_l("Enter the answer to the security question."))])
    secret_fields: tuple[str, ...] = ("answer_1", "answer_2")
    right = False

    @property
    def account(self) -> Account:
        """Whose questions they are."""
        return account_of(self.state)

    @cached_property
    def asked(self) -> tuple[Any, ...]:
        """The questions, as stored."""
        return recovery.asked_of(self.account, secret_key())

    @property
    def pairs(self) -> list[tuple[str, Field]]:
        """Each question in words, and its field."""
        fields = (self.answer_1, self.answer_2)
        return [
            (_(security_questions.wording(row.question)), field)
            for row, field in zip(self.asked, fields, strict=False)
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether something was typed for each question. `right` then says whether it is right: hashes are looked
        at here, before the transaction that counts the try, and only while tries are open."""
        pairs = self.pairs
        for unused in ("answer_1", "answer_2")[len(pairs) :]:
            delattr(self, unused)
        if not pairs:
            self.form_errors.append(_("This account has no secret question."))
        if not super().validate(extra_validators) or not pairs:
            return False
        if begun(self.account.portal, self).may_answer(self.account):
            self.right = recovery.answers_hold(self.asked, [field.data for _question, field in pairs])
        return True


class ResetForm(StepForm):
    """The new password. One that was right need not be typed again: its hash is kept with the run."""

    password = PasswordField(_l("New Password"))
    confirm_password = PasswordField(_l("Re-enter New Password"))
    secret_fields = ("password", "confirm_password")

    @property
    def keeps_password(self) -> bool:
        """Whether the fields may stay blank."""
        return bool(self.earlier.get("password_hash")) and not self.password.errors

    @cached_property
    def fault(self) -> str:
        """What is wrong with the password, in words; "" when it will do. Slow: it was one of the last ten?"""
        account = account_of(self.state)
        rules = settings().plan.password_rules(account.portal)
        try:
            account_changes.check_new_password(account, self.password.data or "", settings().plan)
        except account_changes.BadPassword as refusal:
            return password_problem(refusal.codes[0], rules)
        except account_changes.PasswordUsedBefore:
            return _(
                "You had that password before. Choose one that is none of your last %(count)s.",
                count=rules.history,
            )
        return ""

    @cached_property
    def new_hash(self) -> str:
        """The password hashed; "" where it will not do or was not typed twice."""
        typed = self.password.data or ""
        good = typed and typed == (self.confirm_password.data or "") and not self.fault
        return passwords.hash_secret(typed) if good else ""

    def hashed_secrets(self, earlier: Values) -> dict[str, object]:
        hashed = self.new_hash or ("" if self.password.data else earlier.get("password_hash", ""))
        return {"password_hash": hashed} if hashed else {}

    def validate_password(self, field: Field) -> None:
        if not field.data and not self.earlier.get("password_hash"):
            raise ValidationError(_("Enter a password."))
        if field.data and self.fault:
            raise ValidationError(self.fault)

    def validate_confirm_password(self, field: Field) -> None:
        if (field.data or "") != (self.password.data or ""):
            raise ValidationError(_("The two passwords are not the same. Enter the password again."))


def keep_reset(form: ResetForm, state: State) -> Values:
    """Keep the hash of the new password, and what else the form asks."""
    return {**form.answers(), **form.hashed_secrets(form.earlier)}


def take_answers(form: QuestionForm, state: State) -> Values:
    """Accept the answers, or say that they are not right and no more."""
    with refusing():
        begun(form.account.portal, form).take_answers(form.account, form.right)
    return form.answers()


def set_password(state: State) -> Account:
    """Finish: the new password counts, in the transaction that closes the run."""
    account = account_of(state)
    actor = Actor(account.portal, request.remote_addr or "", account.id)
    recovery.complete(account, state.of("reset")["password_hash"], actor, settings().plan, freeze_links())
    return account


def log_in(account: Account, endpoint: str = "home") -> Response:
    """After Reset and Log In. Whoever has a second factor is asked for its code first: sign_in sees to it."""
    response = render.leave_for(url_for(f"{account.portal}.{endpoint}"))
    sign_in(response, account)
    flash(_("Your new password is set."), "good")
    return response


@contextmanager
def refusing(code_field: str | None = None) -> Iterator[None]:
    """Put what the domain refuses into words. They are the same for known and unknown people."""
    try:
        yield
    except throttle.MustWait as wait:
        raise Refused(_locked(wait.seconds), status=429) from None
    except recovery.TooManyMails as wait:
        raise Refused(_enough_mails(wait.seconds), status=429) from None
    except recovery.NotFound:
        raise Refused(
            _("Eligibility not found. Check the Member ID and the names as they are on the ID card.")
        ) from None
    except recovery.WrongAnswer:
        raise Refused(_("That is not what we have on file. Check the spelling and try again.")) from None
    except recovery.WrongCode:
        raise Refused(
            _("That code is not right, or it is too old. Use the newest mail, or ask for a new code."),
            code_field,
        ) from None


def _locked(seconds: int) -> str:
    minutes = -(-seconds // 60)
    telephone = settings().plan["telephones"]["technical_support"]
    if minutes > 90:
        return ngettext(
            "There were too many wrong tries. To protect you, we stopped here. Try again in %(num)s hour, or call "
            "Technical Support Services at %(telephone)s, Monday – Friday, %(hours)s",
            "There were too many wrong tries. To protect you, we stopped here. Try again in %(num)s hours, or call "
            "Technical Support Services at %(telephone)s, Monday – Friday, %(hours)s",
            -(-minutes // 60),
            telephone=telephone,
            hours=language.hours_of("technical_support"),
        )
    return ngettext(
        "There were too many wrong tries. To protect you, we stopped here. Try again in %(num)s minute, or call "
        "Technical Support Services at %(telephone)s, Monday – Friday, %(hours)s",
        "There were too many wrong tries. To protect you, we stopped here. Try again in %(num)s minutes, or call "
        "Technical Support Services at %(telephone)s, Monday – Friday, %(hours)s",
        minutes,
        telephone=telephone,
        hours=language.hours_of("technical_support"),
    )


def _enough_mails(seconds: int) -> str:
    return ngettext(
        "You asked for several codes. Look for the newest mail, or wait %(num)s minute and ask again.",
        "You asked for several codes. Look for the newest mail, or wait %(num)s minutes and ask again.",
        -(-seconds // 60),
    )
