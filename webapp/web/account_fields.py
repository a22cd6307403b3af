"""What the forms that make or change an account have in common, in every portal: an e-mail address, a new password."""

import re

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import Field, ValidationError

from webapp.config import PasswordRules

#: Characters that mean something else in the header of a mail: no mail could be sent there, or it went elsewhere.
_NOT_IN_EMAIL = r"@\s<>\"',;:()\[\]\\"
EMAIL = re.compile(rf"[^{_NOT_IN_EMAIL}]+@[^{_NOT_IN_EMAIL}.]+(\.[^{_NOT_IN_EMAIL}.]+)+")
_LONGEST_EMAIL = 254


def check_email(form: FlaskForm, field: Field) -> None:
    """A validator: it looks like an address that mail can be sent to."""
    address = (field.data or "").strip()
    if not EMAIL.fullmatch(address) or len(address) > _LONGEST_EMAIL or not address.isprintable():
        raise ValidationError(gettext("Enter an email address like name@example.com."))


def password_problem(code: str, rules: PasswordRules) -> str:
    """Words for a code of passwords.problems."""
    return {
        "short": gettext("Use at least %(count)s characters for the password.", count=rules.minimum_length),
        "letter": gettext("Use at least 1 letter in the password."),
        "digit": gettext("Use at least 1 digit in the password."),
        "special": gettext(
            "Use at least 1 of these in the password: %(list)s", list=rules.special_characters
        ),
        "characters": gettext(
            "Use only letters, digits, and these characters in the password: %(list)s",
            list=rules.special_characters,
        ),
        "common": gettext("Many people use that password, so it is easy to guess. Choose another one."),
        "personal": gettext(
            "Leave your name, your username and the name of the program out of the password."
        ),
    }[code]
