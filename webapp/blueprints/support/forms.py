"""The support console's forms. Messages say what is wrong and how to mend it."""

from flask_babel import lazy_gettext as _l
from wtforms import Field, PasswordField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from webapp.domain.support import staff
from webapp.domain.support.work_items import TextRefused
from webapp.domain.text import one_line
from webapp.web.account_fields import check_email
from webapp.web.forms import Form
from webapp.web.texts import gettext as _

LONGEST_NAME = 80
LONGEST_REASON = 500


def _short(form: Form, field: Field) -> None:
    if len(field.data or "") > LONGEST_NAME:
        raise ValidationError(_("Use at most %(most)s characters.", most=LONGEST_NAME))


class EnrollForm(Form):
    """A new member of staff: name, username and password."""

    first_name = StringField(
        _l("First Name"), [InputRequired(_l("Enter your first name.")), _short], filters=[one_line]
    )
    last_name = StringField(
        _l("Last Name"), [InputRequired(_l("Enter your last name.")), _short], filters=[one_line]
    )
    username = StringField(
        _l("Username"), [InputRequired(_l("Choose a username.")), _short], filters=[one_line]
    )
    password = PasswordField(_l("Password"), [InputRequired(_l("Enter a new password."))])
    confirm = PasswordField(
        _l("Re-enter Password"),
        [InputRequired(_l("The two passwords are not the same. Enter the new password again."))],
    )

    def validate_confirm(self, field: Field) -> None:
        if (field.data or "") != (self.password.data or ""):
            raise ValidationError(_("The two passwords are not the same. Enter the new password again."))


class RoleForm(Form):
    """A role of the staff."""

    role = SelectField(_l("Role"), validate_choice=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        roles = {key: _(word) for key, word in staff.ROLES.items()}
        self.role.choices = {"": _("Please Select"), **roles}

    def has_role(self) -> bool:
        """Whether one of the roles was chosen; says so at the field where not."""
        if self.role.data in staff.ROLES:
            return True
        self.role.errors = [_("Choose a role.")]
        return False


class InviteForm(RoleForm):
    """Whom to add, and as what."""

    email = StringField(
        _l("Email Address"), [InputRequired(_l("Enter the email address of the person.")), check_email],
        filters=[one_line],
    )  # fmt: skip

    def validate_role(self, field: Field) -> None:
        if field.data not in staff.ROLES:
            raise ValidationError(_("Choose a role."))


class ReasonForm(Form):
    """Something that takes a reason, which is written to the audit log."""

    reason = StringField(
        _l("Reason"), description=_l("A ticket number or a sentence. It is written to the audit log."),
        filters=[one_line],
    )  # fmt: skip

    def has_reason(self) -> bool:
        """Whether a reason was given, not overlong; says so at the field where not."""
        if not self.reason.data:
            self.reason.errors = [_("Enter a reason: a ticket number or a sentence.")]
        elif len(self.reason.data) > LONGEST_REASON:
            self.reason.errors = [_("Use at most %(most)s characters.", most=LONGEST_REASON)]
        return not self.reason.errors


class PersonForm(RoleForm, ReasonForm):
    """Changes to a member of staff. A new role needs no reason; what takes access away or gives it back does."""

    def validate_for(self, pressed: str) -> bool:
        """Whether what the pressed button needs was given."""
        self.validate()
        return self.has_role() if pressed == "role" else self.has_reason()


class WorkForm(Form):
    """The reason or the answer with which an item of a queue is decided."""

    text = TextAreaField(_l("Reason"))

    def refuse(self, refusal: TextRefused, takes: str) -> None:
        """Say at the field what is wrong. takes: whether a reason or an answer is missing."""
        if refusal.why == "long":
            self.text.errors = [_("Use at most %(most)s characters.", most=f"{refusal.most:,}")]
        elif takes == "answer":
            self.text.errors = [_("Write the answer. The person reads it.")]
        else:
            self.text.errors = [_("Enter a reason: a ticket number or a sentence.")]
