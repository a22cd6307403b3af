"""The forms of sign-up (guide 001, steps 1 to 6). Messages say what is wrong and how to mend it."""

import re
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, PasswordField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from webapp.blueprints.provider import picking
from webapp.blueprints.provider.us_states import state_code
from webapp.domain.account import accounts, passwords
from webapp.domain.account.security_questions import QUESTIONS
from webapp.domain.practice import registration_codes
from webapp.domain.practice.office_contacts import LONGEST
from webapp.domain.practice.practices import ROLES
from webapp.domain.practice.provider_picks import Picks
from webapp.domain.practice.registration_codes import RegistrationCode
from webapp.domain.text import fold, one_line
from webapp.flows.engine import State, Values
from webapp.web.account_fields import check_email
from webapp.web.new_account import NewAccountForm
from webapp.web.wizard import StepForm

#: A username: 3 or more, starts with a letter; letters, digits, . - @
USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9.@-]{2,49}")
ZIP = re.compile(r"\d{5}(-?\d{4})?")
_TELEPHONE = re.compile(r"(?:\+?1)?([2-9]\d{2})(\d{3})(\d{4})")
#: The ways in which the country of the phone and zip rules is typed, folded.
_UNITED_STATES = frozenset(
    "UNITEDSTATES UNITEDSTATESOFAMERICA USA US EEUU ESTADOSUNIDOS ESTADOSUNIDOSDEAMERICA".split()
)


def _line(label: Any, missing: Any, longest: int) -> StringField:
    """A required line of text."""
    return StringField(label, [DataRequired(missing), _at_most(longest)], filters=[one_line])


def _optional(label: Any, longest: int) -> StringField:
    return StringField(label, [_at_most(longest)], filters=[one_line])


def _at_most(longest: int) -> Length:
    return Length(max=longest, message=_l("Use at most %(count)s characters here.", count=longest))


class LicenseForm(StepForm):
    """Step 1: pressing Agree is the answer. A registration code comes with the address (?code=…)."""

    code = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request.method == "GET":
            self.code.data = request.args.get("code")

    @property
    def found(self) -> RegistrationCode | None:
        """The code that came with the page, or the one of this run, in whatever state."""
        if self.code.data:
            return registration_codes.look_up(self.code.data)
        return registration_codes.get(self.earlier.get("code_id"))

    @property
    def code_state(self) -> str:
        """'' without a code, 'unknown', or a word of registration_codes.STATES."""
        found = self.found
        return found.state if found else "unknown" if self.code.data else ""

    def answers(self) -> dict[str, object]:
        found = self.found
        return {"code_id": found.id if found and found.state == "open" else None}


class PersonalForm(StepForm):
    """Step 2: who signs up, and the address of the practice or facility."""

    first_name = _line(_l("First Name"), _l("Enter your first name."), 100)
    last_name = _line(_l("Last Name"), _l("Enter your last name."), 100)
    address_line_1 = _line(
        _l("Address Line 1"), _l("Enter the street address of the office."), LONGEST["address_line_1"]
    )
    address_line_2 = _optional(_l("Line 2"), LONGEST["address_line_2"])
    city = _line(_l("City"), _l("Enter the city of the office."), LONGEST["city"])
    region = _line(_l("State"), _l("Enter the state of the office, like CT."), LONGEST["state"])
    zip = _line(_l("Zip"), _l("Enter the zip code of the office, like 06106."), LONGEST["zip"])
    country = _line(_l("Country"), _l("Enter the country of the office."), LONGEST["country"])
    phone = StringField(
        _l("Contact Phone"),
        [DataRequired(_l("Enter the telephone number as ###-###-####, like 203-555-0142."))],
        filters=[one_line],
        description="###-###-####",
    )
    department = _optional(_l("Department"), LONGEST["department"])
    practice_name = _line(
        _l("Practice Name"), _l("Enter the name of the practice or facility."), LONGEST["practice_name"]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if request.method == "GET" and not self.country.data:
            self.country.data = gettext("United States")

    @property
    def in_united_states(self) -> bool:
        """Whether the rules of states and zip codes hold."""
        return fold(self.country.data) in _UNITED_STATES

    def validate_region(self, field: Field) -> None:
        if self.in_united_states and not state_code(field.data):
            raise ValidationError(gettext("Enter the state by its two letters, like CT, or its full name."))

    def validate_zip(self, field: Field) -> None:
        if self.in_united_states and not ZIP.fullmatch(field.data):
            raise ValidationError(
                gettext("Enter the zip code as 5 digits, like 06106, or 9, like 06106-1234.")
            )

    def validate_phone(self, field: Field) -> None:
        if not read_phone(field.data):
            raise ValidationError(gettext("Enter the telephone number as ###-###-####, like 203-555-0142."))

    def accepted(self) -> dict[str, object]:
        """What was typed, in the form in which it is kept."""
        typed = dict(self.answers())
        typed["phone"] = read_phone(self.phone.data)
        if self.in_united_states:
            typed["region"] = state_code(self.region.data)
            digits = self.zip.data.replace("-", "")
            typed["zip"] = digits if len(digits) == 5 else f"{digits[:5]}-{digits[5:]}"
        return typed


class AddProviderForm(picking.PickForm):
    """Step 3: the providers. A registration code has filled it in."""

    def stored(self) -> Picks:
        return picks_of(self.state, self.earlier)


class RoleForm(StepForm):
    """Step 4: I am a(n)."""

    role = SelectField(_l("I am a(n)"), validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.flags.required = True
        self.role.choices = {"": gettext("Please Select"), **{role: gettext(role) for role in ROLES}}

    def validate_role(self, field: Field) -> None:
        if field.data not in ROLES:
            raise ValidationError(gettext("Choose what you are from the list."))
        found = code_of(self.state)
        if found and field.data != found.role:
            raise ValidationError(
                gettext(
                    "Your registration code is for this role: %(role)s. Choose it.", role=gettext(found.role)
                )
            )


class AccountForm(NewAccountForm):
    """Step 5: username, address, password, a secret question. A password or answer that was right before need not
    be typed again: its hash is kept with the run."""

    portal, names_in = "provider", "personal-information"

    username = StringField(_l("Username"), [DataRequired(_l("Enter a username."))], filters=[one_line])
    email = StringField(
        _l("E-mail Address"), [DataRequired(_l("Enter your email address.")), check_email], filters=[one_line]
    )
    confirm_email = StringField(_l("Confirm E-mail Address"), filters=[one_line])
    password = PasswordField(_l("Password"))
    confirm_password = PasswordField(_l("Confirm Password"))
    question = SelectField(_l("Secret Question"), validate_choice=False)
    answer = StringField(_l("Secret Answer"))
    secret_fields = ("password", "confirm_password", "answer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self:
            field.flags.required = True
        offered = {key: gettext(text) for key, text in QUESTIONS.items()}
        self.question.choices = {"": gettext("Select Secret Question"), **offered}

    def hashed_secrets(self, earlier: Values) -> dict[str, object]:
        kept = super().hashed_secrets(earlier)
        if answer := (self.answer.data or "").strip():
            kept["answer_hash"] = passwords.hash_secret(passwords.normal_answer(answer))
        elif self.question.data != earlier.get("question"):
            kept.pop("answer_hash", None)  # an answer belongs to its question
        return kept

    def validate_username(self, field: Field) -> None:
        if not USERNAME.fullmatch(field.data):
            raise ValidationError(
                gettext(
                    "Use 3 to 50 letters, digits, or . - @ for the username. Begin with a letter and leave out spaces."
                )
            )
        if not accounts.is_username_free("provider", field.data):
            raise ValidationError(gettext("That username is taken. Choose another one."))

    def validate_question(self, field: Field) -> None:
        if field.data not in QUESTIONS:
            raise ValidationError(gettext("Choose a secret question."))

    def validate_answer(self, field: Field) -> None:
        if not (field.data or "").strip() and (
            not self.kept("answer") or self.question.data != self.earlier.get("question")
        ):
            raise ValidationError(gettext("Enter the answer to the secret question."))


class VerifyForm(StepForm):
    """Step 6: pressing Finish is the answer."""


def read_phone(typed: str | None) -> str:
    """A telephone number as ###-###-####, from any of the ways in which people write one; "" when it is none."""
    digits = re.sub(r"[\s().\-\u2010-\u2015]", "", (typed or "")[:40])
    found = _TELEPHONE.fullmatch(digits) if digits.isascii() else None
    return "-".join(found.groups()) if found else ""


def code_of(state: State) -> RegistrationCode | None:
    """The registration code that the person came with."""
    return registration_codes.get(state.of("license-agreement").get("code_id"))


def picks_of(state: State, earlier: Values) -> Picks:
    """What step 3 holds; before it was opened, what the registration code fills in."""
    if "picks" in earlier:
        return Picks.of_values(earlier["picks"])
    found = code_of(state)
    return Picks.of_tins(found.tin_list) if found else Picks()
