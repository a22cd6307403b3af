"""The forms of the profile, the same for members and practices. A change asks for the present password."""

from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache

from flask_babel import lazy_gettext as _l
from flask_login import current_user
from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired

from webapp import clock
from webapp.domain import throttle
from webapp.domain.account import accounts
from webapp.domain.account.security_questions import QUESTIONS
from webapp.domain.text import one_line
from webapp.web import language
from webapp.web.account_fields import check_email
from webapp.web.forms import Form
from webapp.web.login import must_wait
from webapp.web.signed_in import actor, device, secret_key, settings
from webapp.web.texts import gettext as _

_SECOND_TAP = timedelta(minutes=1)


class PlainForm(Form):
    """A form of the profile. `status`: what a refused one answers."""

    status = 422


class ChangeForm(PlainForm):
    """A form that is good once the present password is right too."""

    asks_present_last = True

    present = PasswordField(_l("Your present password"), [InputRequired(_l("Enter your present password."))])

    def __iter__(self) -> Iterator[Field]:
        """The fields as they stand on the page, so that what is wrong is told in the same order."""
        return iter(
            sorted(super().__iter__(), key=lambda field: self.asks_present_last and field is self.present)
        )

    def is_owners(self) -> bool:
        """Whether the present password is right; asked last, so that a slip elsewhere costs no try."""
        try:
            if _knows(self.present.data):
                return True
            self.present.errors = [_("That is not your present password. Try again.")]
        except throttle.MustWait as wait:
            self.status = 429
            self.form_errors.append(must_wait(wait))
        return False


def _knows(password: str) -> bool:
    try:
        accounts.authenticate_again(
            current_user.account, password, actor(), settings().plan, secret_key(), device()
        )
    except accounts.WrongPair:
        return False
    return True


def _check_password_again(form: "PasswordForm", field: Field) -> None:
    if (field.data or "") != (form.password.data or ""):
        raise ValidationError(_("The two passwords are not the same. Enter the new password again."))


def _check_email_again(form: "EmailForm", field: Field) -> None:
    if (field.data or "").strip().casefold() != (form.email.data or "").strip().casefold():
        raise ValidationError(_("The two email addresses are not the same. Enter your address again."))


class PasswordForm(ChangeForm):
    """A new password, twice."""

    asks_present_last = False

    password = PasswordField(_l("New Password"), [InputRequired(_l("Enter a new password."))])
    confirm = PasswordField(_l("Re-enter New Password"), [_check_password_again])

    def is_sent_twice(self) -> bool:
        """Whether this is the second of two taps: the new password is the account's already, since just now."""
        if clock.now() - current_user.account.password_changed_at > _SECOND_TAP:
            return False
        try:
            return _knows(self.password.data)
        except throttle.MustWait:
            return False


class EmailForm(ChangeForm):
    """A new address, twice."""

    email = StringField(
        _l("New email address"), [InputRequired(_l("Enter your new email address.")), check_email]
    )
    confirm = StringField(_l("Enter it again"), [_check_email_again])


class CodeForm(PlainForm):
    """A code from a mail."""

    code = StringField(
        _l("Verification code"), [InputRequired(_l("Enter the code from the email."))], filters=[one_line]
    )


class LanguageForm(PlainForm):
    """The language of mail and printed sheets."""

    chosen = RadioField(_l("Language"), [InputRequired(_l("Choose a language."))])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        codes = settings().plan["plan"]["languages"]
        self.chosen.choices = {code: language.NAMES.get(code, code) for code in codes}


class CloseForm(ChangeForm):
    """Closing the account: said twice."""

    sure = BooleanField(
        _l("Yes, close my account"), [InputRequired(_l("Check the box if you want to close your account."))]
    )


class QuestionsForm(ChangeForm):
    """Security questions and their answers; `count` of them, all different."""

    count = 0

    @property
    def numbers(self) -> range:
        """1, 2, …: the questions' numbers."""
        return range(1, self.count + 1)

    def hashed(self) -> list[accounts.HashedAnswer]:
        """What to keep. Takes about 20 ms for each."""
        return [
            accounts.hash_answer(self[f"question_{n}"].data, self[f"answer_{n}"].data) for n in self.numbers
        ]


def _check_question(form: QuestionsForm, field: Field) -> None:
    number = int(field.short_name[-1])
    if not field.data:
        raise ValidationError(
            _("Choose a security question.")
            if form.count == 1
            else _("Choose security question %(number)s.", number=number)
        )
    earlier = range(1, number)
    if any(form[f"question_{n}"].data == field.data for n in earlier):
        raise ValidationError(_("Choose a different question each time."))


def _check_answer(form: QuestionsForm, field: Field) -> None:
    if (field.data or "").strip():
        return
    raise ValidationError(
        _("Enter the answer to the security question.")
        if form.count == 1
        else _("Enter the answer to security question %(number)s.", number=field.short_name[-1])
    )


for _check in (_check_question, _check_answer, _check_password_again, _check_email_again):
    _check.field_flags = {"required": True}  # type: ignore[union-attr]


@lru_cache(maxsize=4)
def questions_form(count: int) -> type[QuestionsForm]:
    """The form for so many questions (guide 000: three for members; guide 001: one for practices)."""
    fields: dict[str, object] = {"count": count}
    questions = [SelectChoice(key, _l(text)) for key, text in QUESTIONS.items()]
    offered = [SelectChoice("", _l("Please Select")), *questions]
    for n in range(1, count + 1):
        names = (
            (_l("Secret Question"), _l("Secret Answer"))
            if count == 1
            else (_l("Security Question %(number)s", number=n), _l("Answer %(number)s", number=n))
        )
        fields[f"question_{n}"] = SelectField(names[0], [_check_question], choices=offered)
        fields[f"answer_{n}"] = StringField(names[1], [_check_answer], filters=[one_line])
    return type("QuestionsForm", (QuestionsForm,), fields)
