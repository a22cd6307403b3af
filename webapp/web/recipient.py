"""To which practice a consent is given: the same fields for members and for the staff who enter a printed form."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp.domain.member import choices
from webapp.domain.member.consent import ANY_PRACTICE
from webapp.domain.text import one_line
from webapp.web.forms import Form
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

ANY, OTHER = "any", "other"


class RecipientForm(Form):
    """Every practice, or one that is found by its name. Whoever makes the form says what `to` offers, then calls
    `find`."""

    to = RadioField(
        _l("Who may see it?"), [InputRequired(_l("Choose who may see it."))], validate_choice=False
    )
    name = StringField(
        _l("Name of the practice"),
        [Length(max=100, message=_l("Use at most 100 characters."))],
        filters=[one_line],
        description=_l("Only if you chose another practice"),
    )
    practice = SelectField(_l("Which one?"), validate_choice=False)

    found: list[tuple[str, str]]

    def find(self) -> None:
        """Look for the practices that have the name."""
        wanted = self.name.data if self.to.data == OTHER else ""
        self.found = choices.practices_called(wanted or "", settings().plan)
        self.practice.choices = {"": _("Please Select"), **dict(self.found)}

    @property
    def tin(self) -> str:
        """The practice, once the form is valid; '' for every one."""
        return str(self.practice.data or self.found[0][0]) if self.to.data == OTHER else ANY_PRACTICE

    def validate_to(self, field: Field) -> None:
        if field.data not in field.choices:
            raise ValidationError(_("Choose who may see it."))

    def validate_name(self, field: Field) -> None:
        if self.to.data != OTHER:
            return
        if not field.data:
            raise ValidationError(_("Enter the name of the practice."))
        if not self.found:
            raise ValidationError(
                _("We know of no practice with that name. Check the spelling, or enter only one word of it.")
            )

    def validate_practice(self, field: Field) -> None:
        if self.to.data == OTHER and len(self.found) > 1 and field.data not in dict(self.found):
            raise ValidationError(_("More than one practice has that name. Choose one."))
