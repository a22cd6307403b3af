"""The forms of the team's pages, of leaving a practice, and of joining one."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired

from webapp.blueprints.provider.ties import ROLE_WORDS
from webapp.domain.text import one_line
from webapp.web import language
from webapp.web.account_fields import check_email
from webapp.web.forms import Form
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _


class RoleForm(Form):
    """A person's role in the practice, one of the guide's five."""

    role = SelectField(_l("Role"), [InputRequired(_l("Choose a role."))], validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        roles = {key: str(word) for key, word in ROLE_WORDS.items()}
        self.role.choices = {"": _("Please Select"), **roles}

    def validate_role(self, field: SelectField) -> None:
        """Nothing but what is offered."""
        if field.data not in ROLE_WORDS:
            raise ValidationError(_("Choose a role."))


class InviteForm(RoleForm):
    """Whom to invite, as what, and in which language the mail is written."""

    email = StringField(
        _l("Email Address"),
        [InputRequired(_l("Enter the email address of the person.")), check_email],
        filters=[one_line],
        description=_l("The person's own work address, not a shared one."),
    )
    language = SelectField(_l("Language of the email"), validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        offered = settings().plan["plan"]["languages"]
        self.language.choices = {code: language.NAMES.get(code, code) for code in offered}
        if self.language.data not in offered:
            self.language.data = language.current()


class LeaveForm(Form):
    """Leaving as the only Office Manager takes a word more."""

    told = BooleanField(
        _l("I know that nobody will be left to invite and remove people of this practice."),
        [InputRequired(_l("Check this box to remove the practice all the same."))],
    )


class JoinForm(Form):
    """The code of an invitation; letter case, spaces and dashes do not matter."""

    code = StringField(
        _l("Registration Code"),
        [InputRequired(_l("Enter the registration code from the email."))],
        filters=[one_line],
        description=_l("16 letters and digits, like AB12-CD34-EF56-GH78."),
    )
