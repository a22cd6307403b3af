"""The request form for report access (guide 003: *Click on 'Web Support' to fill out a brief request access form*)."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from webapp.blueprints.provider.ties import ROLE_WORDS, Shown
from webapp.domain.practice.access_requests import LONGEST_REASON
from webapp.domain.text import one_line
from webapp.web.forms import Form
from webapp.web.texts import gettext as _


class AccessForm(Form):
    """Role, practices, reason, attestation. The practices offered are those that may be asked for."""

    role = SelectField(_l("I am a(n):"), [InputRequired(_l("Choose your role."))], validate_choice=False)
    tins = SelectMultipleField(
        _l("Practice and Tax ID Number (TIN)"),
        [InputRequired(_l("Choose the practice whose reports you need."))],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("What do you need the reports for?"),
        description=_l(
            "For example: to call members who are due for a test. Leave out anything about a patient."
        ),
    )
    attested = BooleanField(
        _l(
            "I work for this practice and need these reports for my work there. I will look only at what I need, "
            "keep it private as the law asks, and share my password with nobody."
        ),
        [InputRequired(_l("Check this box to ask for access."))],
    )

    def __init__(self, practices: Sequence[Shown], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.reason.flags.required = True
        roles = {key: str(word) for key, word in ROLE_WORDS.items()}
        self.role.choices = {"": _("Please Select"), **roles}
        self.tins.choices = {practice.tin: practice.label for practice in practices}

    def validate_role(self, field: SelectField) -> None:
        """One of the guide's five."""
        if field.data not in ROLE_WORDS:
            raise ValidationError(_("Choose your role."))

    def validate_reason(self, field: TextAreaField) -> None:
        """A sentence, not a letter."""
        text = one_line(field.data or "")
        if not text:
            raise ValidationError(_("Say in a few words what you need the reports for."))
        if len(text) > LONGEST_REASON:
            said = _(
                "Use at most %(most)s characters; there are %(count)s.", most=LONGEST_REASON, count=len(text)
            )
            raise ValidationError(said)
