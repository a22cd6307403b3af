"""The forms of a locked registration. Messages say what is wrong and how to mend it."""

from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp.blueprints.member.forms import NO_BIRTH_DATE, check_birth_date
from webapp.domain.member.locked_ways import WINDOWS
from webapp.domain.text import digits, one_line
from webapp.web.dates import read_date
from webapp.web.forms import Form

_NO_TELEPHONE = _("Enter a telephone number with 10 digits, like 860.555.0100.")


class CallBackForm(Form):
    """Where and when to call."""

    telephone = StringField(
        _("Telephone"), [InputRequired(_NO_TELEPHONE), Length(max=30, message=_NO_TELEPHONE)],
        filters=[one_line],
    )  # fmt: skip
    window = SelectField(_("Best time to call"), [InputRequired(_("Choose a time."))], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        windows = {key: gettext(words) for key, words in WINDOWS.items()}
        self.window.choices = {"": gettext("Please Select"), **windows}

    def validate_telephone(self, field: Field) -> None:
        if len(digits(field.data).removeprefix("1")) != 10:
            raise ValidationError(_NO_TELEPHONE)

    def validate_window(self, field: Field) -> None:
        if field.data not in WINDOWS:
            raise ValidationError(gettext("Choose a time."))


class LetterCodeForm(Form):
    """The code of a mailed letter, and whose it is."""

    secret_fields = ("code",)
    code = StringField(
        _("Code in the letter"), [InputRequired(_("Enter the code in the letter, like ABCDE-23456.")),
        Length(max=100, message=_("Enter the code in the letter, like ABCDE-23456."))], filters=[one_line],
    )  # fmt: skip
    birth_date = StringField(
        _("Date of Birth"), [InputRequired(NO_BIRTH_DATE), check_birth_date], filters=[one_line]
    )

    def read_birth_date(self) -> date:
        """The date typed, once the form is valid."""
        return read_date(self.birth_date.data) or date.min
