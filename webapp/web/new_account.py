"""What the steps share in which a member or an office makes an account: address and password, each typed twice."""

from typing import ClassVar

from flask_babel import gettext
from wtforms import Field, ValidationError

from webapp.config import PasswordRules
from webapp.domain.account import passwords
from webapp.flows.engine import Values
from webapp.web.account_fields import password_problem
from webapp.web.signed_in import settings
from webapp.web.wizard import StepForm


class NewAccountForm(StepForm):
    """A form with `username`, `email`, `confirm_email`, `password` and `confirm_password`, in the order of its guide. A
    password or an answer that was right before need not be typed again: its hash is kept with the run."""

    portal: ClassVar[str]
    names_in: ClassVar[str]  # the step that asked for the person's names: they must not stand in the password

    @property
    def rules(self) -> PasswordRules:
        """What the portal asks of a password."""
        return settings().plan.password_rules(self.portal)

    def kept(self, name: str) -> bool:
        """Whether a right secret is already kept for `name`, so that its field may stay blank."""
        return bool(self.earlier.get(f"{name}_hash"))

    def hashed_secrets(self, earlier: Values) -> dict[str, object]:
        """The hashes kept before, and that of a password that will do and was typed twice."""
        kept = {key: value for key, value in earlier.items() if key.endswith("_hash")}
        typed = self["password"].data
        if typed and typed == self["confirm_password"].data and not self.password_problems():
            kept["password_hash"] = passwords.hash_secret(typed)
        return kept

    def password_problems(self) -> list[str]:
        """Codes of what is wrong with the password."""
        person = self.state.of(self.names_in)
        personal = [
            self["username"].data or "",
            person.get("first_name", ""),
            person.get("last_name", ""),
            settings().plan["plan"]["program_prefix"],
        ]
        return passwords.problems(self["password"].data or "", self.rules, personal)

    def validate_confirm_email(self, field: Field) -> None:
        if (field.data or "").strip().casefold() != (self["email"].data or "").strip().casefold():
            raise ValidationError(
                gettext("The two email addresses are not the same. Enter your address again.")
            )

    def validate_password(self, field: Field) -> None:
        if not field.data:
            if not self.kept("password"):
                raise ValidationError(gettext("Enter a password."))
            return
        if found := self.password_problems():
            raise ValidationError(password_problem(found[0], self.rules))

    def validate_confirm_password(self, field: Field) -> None:
        if (field.data or "") != (self["password"].data or ""):
            raise ValidationError(gettext("The two passwords are not the same. Enter the password again."))
