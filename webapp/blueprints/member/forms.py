"""The members' forms. Messages say what is wrong and how to mend it."""

import re
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp import clock
from webapp.domain.account import accounts, passwords
from webapp.domain.account.security_questions import HOW_MANY, QUESTIONS
from webapp.flows.engine import Values
from webapp.web.account_fields import check_email
from webapp.web.dates import read_date
from webapp.web.new_account import NewAccountForm
from webapp.web.wizard import StepForm

USERNAME = re.compile(r"[\w.@-]{3,50}")


class LicenseForm(StepForm):
    """Step 1: pressing Agree is the answer."""


NO_BIRTH_DATE = _("Enter the date of birth as month/day/year, like 03/25/1990.")


def check_birth_date(form: FlaskForm, field: Field) -> None:
    """A validator: a day on which somebody can have been born. Nobody's card says one that is still to come, and a slip
    of the finger is no try that counts."""
    born = read_date(field.data)
    if born is None:
        raise ValidationError(NO_BIRTH_DATE)
    if born > clock.today():
        raise ValidationError(gettext("This day is still to come. Check the year of the date of birth."))


class ValidationForm(StepForm):
    """Step 2: what stands on the ID card."""

    birth_date = StringField(_("Date of Birth"), [InputRequired(NO_BIRTH_DATE), check_birth_date])
    first_name = StringField(
        _("First Name"), [InputRequired(_("Enter the first name as it is on the ID card."))]
    )
    last_name = StringField(
        _("Last Name"), [InputRequired(_("Enter the last name as it is on the ID card."))]
    )
    client_id = StringField(
        _("Client ID Number"),
        [
            InputRequired(_("Enter the Client ID Number as it is on the ID card.")),
            Length(max=100, message=_("Enter the Client ID Number as it is on the ID card.")),
        ],
    )

    def read_birth_date(self) -> date:
        """The date typed, once the form is valid."""
        return read_date(self.birth_date.data) or date.min


class AccountForm(NewAccountForm):
    """Step 3: username, address, password, three security questions.

    A password or an answer that was right before need not be typed again: its hash is kept with the run.
    """

    portal, names_in = "member", "validation"

    username = StringField(_("Username"), [InputRequired(_("Enter a username."))])
    email = StringField(_("Email Address"), [InputRequired(_("Enter your email address.")), check_email])
    confirm_email = StringField(_("Confirm Email Address"))
    password = PasswordField(_("Password"))
    confirm_password = PasswordField(_("Confirm Password"))
    secret_fields = ("password", "confirm_password", *(f"answer_{n}" for n in range(1, HOW_MANY + 1)))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        questions = {key: gettext(text) for key, text in QUESTIONS.items()}
        offered = {"": gettext("Please Select"), **questions}
        for number in range(1, HOW_MANY + 1):
            self[f"question_{number}"].choices = offered

    @property
    def numbers(self) -> range:
        """1, 2, 3: the security questions' numbers."""
        return range(1, HOW_MANY + 1)

    def hashed_secrets(self, earlier: Values) -> dict[str, object]:
        kept = super().hashed_secrets(earlier)
        for number in self.numbers:
            answer = (self[f"answer_{number}"].data or "").strip()
            if answer:
                kept[f"answer_{number}_hash"] = passwords.hash_secret(passwords.normal_answer(answer))
        return kept

    def validate_username(self, field: Field) -> None:
        if not USERNAME.fullmatch(field.data.strip()):
            raise ValidationError(
                gettext("Use 3 to 50 letters, digits, or . - _ @ for the username, with no spaces.")
            )
        if not accounts.is_username_free("member", field.data):
            raise ValidationError(gettext("That username is taken. Choose another one."))


def _check_question(form: AccountForm, field: Field) -> None:
    number = int(field.short_name[-1])
    if not field.data:
        raise ValidationError(gettext("Choose security question %(number)s.", number=number))
    if any(form[f"question_{earlier}"].data == field.data for earlier in range(1, number)):
        raise ValidationError(gettext("Choose three different security questions."))


def _check_answer(form: AccountForm, field: Field) -> None:
    number = int(field.short_name[-1])
    changed = form[f"question_{number}"].data != form.earlier.get(f"question_{number}")
    if not (field.data or "").strip() and (changed or not form.kept(f"answer_{number}")):
        raise ValidationError(gettext("Enter the answer to security question %(number)s.", number=number))


for _number in range(1, HOW_MANY + 1):
    setattr(
        AccountForm,
        f"question_{_number}",
        SelectField(
            _("Security Question %(number)s", number=_number), [_check_question], validate_choice=True
        ),
    )
    setattr(
        AccountForm, f"answer_{_number}", StringField(_("Answer %(number)s", number=_number), [_check_answer])
    )


class VerifyForm(StepForm):
    """Step 4: pressing Finish is the answer."""
