"""The forms of consolidation (guide 004). Hashes are looked at here, before anything is locked; what comes of it is
told by the flow, where tries are counted."""

import re

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, PasswordField, StringField, ValidationError
from wtforms.validators import InputRequired

from webapp.domain.account import accounts, passwords
from webapp.domain.existing import consolidation, consolidation_proof
from webapp.domain.text import one_line
from webapp.web.account_fields import check_email
from webapp.web.signed_in import actor, settings
from webapp.web.wizard import StepForm

USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9.@-]{2,49}")


class LookupForm(StepForm):
    """Step 2, Account Lookup."""

    username = StringField(
        _l("Username"), [InputRequired(_l("Enter the username of your existing account."))], [one_line]
    )
    tin = StringField(
        _l("Tax ID Number"),
        [InputRequired(_l("Enter the Tax ID Number. It has nine digits."))],
        [one_line],
    )

    @property
    def read_tin(self) -> str:
        """The nine digits, without the spaces and dashes they were typed with."""
        return re.sub(r"[\s\-\u2010-\u2015]", "", self.tin.data or "")

    def validate_username(self, field: Field) -> None:
        if len(field.data) > 80:
            raise ValidationError(
                gettext("A username has at most %(count)s characters. Check what you typed.", count=80)
            )

    def validate_tin(self, field: Field) -> None:
        if not re.fullmatch(r"[0-9]{9}", self.read_tin):
            raise ValidationError(gettext("Enter the Tax ID Number. It has nine digits."))


class VerificationForm(StepForm):
    """Step 3, Account Verification: the answer or the PIN, which need not be given twice in a run."""

    answer = StringField()
    secret_fields = ("answer",)
    right = False

    def answers(self) -> dict[str, object]:
        return dict(self.earlier)

    @property
    def kept(self) -> bool:
        """Whether the right answer was given before."""
        return bool(self.earlier.get("existing"))

    def validate_answer(self, field: Field) -> None:
        lookup, secret_key = self.state.of("account-lookup"), current_app.config["SECRET_KEY"]
        typed = (field.data or "").strip()
        if not typed:
            if self.kept:
                return
            raise ValidationError(
                gettext("Enter the answer to your security question.")
                if lookup.get("question")
                else gettext("Enter your PIN.")
            )
        if consolidation_proof.is_answer_locked(lookup["username"], actor(), settings().plan, secret_key):
            return
        self.right = consolidation_proof.is_right_answer(
            lookup["username"], lookup["tin"], typed[:1000], secret_key
        )


class EmailForm(StepForm):
    """Step 4, Email Address Verification."""

    email = StringField(_l("Email"), [InputRequired(_l("Enter your email address.")), check_email])
    verify_email = StringField(_l("Verify Email"))
    own = BooleanField(_l("Only I read the mail at this address"))

    def answers(self) -> dict[str, object]:
        sent = {"sent_to": self.earlier["sent_to"]} if "sent_to" in self.earlier else {}
        return {**super().answers(), **sent}

    @property
    def looks_shared(self) -> bool:
        """Whether the address reads like one of an office, so that the box is shown."""
        return consolidation_proof.looks_shared(self.email.data or "")

    def validate_verify_email(self, field: Field) -> None:
        if (field.data or "").strip().casefold() != (self.email.data or "").strip().casefold():
            raise ValidationError(
                gettext("The two email addresses are not the same. Enter your address again.")
            )

    def validate_own(self, field: Field) -> None:
        if not self.email.errors and self.looks_shared and not field.data:
            raise ValidationError(
                gettext(
                    "This looks like an address that several people read. Whoever reads it could use your account. "
                    "Enter your own address, or mark that only you read it."
                )
            )


class CodeForm(StepForm):
    """Step 5, Security Code Verification. An address that was confirmed in this run needs no second code."""

    code = StringField(_l("Verification Code"))
    secret_fields = ("code",)

    def answers(self) -> dict[str, object]:
        return dict(self.earlier)

    @property
    def confirmed(self) -> bool:
        """Whether the code for this address was entered before."""
        return bool(self.earlier.get("confirmed")) and self.earlier["confirmed"] == self.state.of(
            "email"
        ).get("email")

    def validate_code(self, field: Field) -> None:
        typed = one_line(field.data)
        if not typed and not self.confirmed:
            raise ValidationError(gettext("Enter the verification code from the mail."))
        if len(typed) > 40:
            raise ValidationError(gettext("The verification code has six digits. Check what you typed."))


class PasswordForm(StepForm):
    """Step 6, Verify Username and Password, of the existing account. `new_username` is asked for where the
    username is another person's here."""

    username = StringField(
        _l("Username"), [InputRequired(_l("Enter the username of your existing account."))], [one_line]
    )
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Enter the password of your existing account."))]
    )
    new_username = StringField(_l("New Username"), filters=[one_line])
    secret_fields = ("password",)
    right = False
    password_hash = ""

    def validate_new_username(self, field: Field) -> None:
        if not field.data:
            return  # the flow asks for one where one is needed
        if not USERNAME.fullmatch(field.data):
            raise ValidationError(
                gettext(
                    "Use 3 to 50 letters, digits, or . - @ for the username. Begin with a letter, with no spaces."
                )
            )
        if not accounts.is_username_free("provider", field.data):
            raise ValidationError(gettext("That username is taken. Choose another one."))

    def validate_password(self, field: Field) -> None:
        existing = consolidation.existing_account(self.state.of("account-verification")["existing"])
        typed = field.data[:1000]
        self.right = consolidation_proof.is_right_password(existing, self.username.data or "", typed)
        if self.right:
            # Whatever made the loaded hash, the new account begins with today's.
            self.password_hash = passwords.hash_secret(typed)
