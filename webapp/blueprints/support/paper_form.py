"""The form in which staff enter what stands on a printed consent or opt-out form."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectMultipleField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from webapp import clock
from webapp.domain.member.choices import CATEGORY_WORDS
from webapp.domain.member.paper_forms import ASKS, CONSENT, SIGNERS
from webapp.domain.text import one_line
from webapp.web.dates import read_date
from webapp.web.recipient import ANY, OTHER, RecipientForm
from webapp.web.texts import gettext as _

_NO_DATE = _l("Enter the date as month/day/year, like 03/25/2026.")
_FOR_A_CONSENT = _l("Only for sensitive health information")


class PaperFormEntry(RecipientForm):
    """What is asked for; for a consent what, to whom and until when; who signed when, and when it came."""

    asks = RadioField(
        _l("What does the form ask for?"), [InputRequired(_l("Choose what the form asks for."))],
        validate_choice=False,
    )  # fmt: skip
    categories = SelectMultipleField(
        _l("What may be shared?"), validate_choice=False, description=_FOR_A_CONSENT
    )
    until = StringField(
        _l("Until"), filters=[one_line], description=_l("mm/dd/yyyy. Leave it blank where no date is marked.")
    )
    signed_by = RadioField(
        _l("Who signed?"), [InputRequired(_l("Choose who signed."))], validate_choice=False
    )
    signer = StringField(
        _l("Name of who signed for the member"),
        [Length(max=80, message=_l("Use at most 80 characters."))],
        filters=[one_line],
    )
    signed_on = StringField(_l("Date beside the signature"), [InputRequired(_NO_DATE)], filters=[one_line])
    received_on = StringField(_l("Received on"), [InputRequired(_NO_DATE)], filters=[one_line])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.to.choices = {ANY: _("Every practice that treats the member"), OTHER: _("Only one practice")}
        self.to.description, self.to.flags.required = _FOR_A_CONSENT, False
        self.asks.choices = {name: _(word) for name, word in ASKS.items()}
        self.categories.choices = {name: _(words[0]) for name, words in CATEGORY_WORDS.items()}
        self.signed_by.choices = {name: _(word) for name, word in SIGNERS.items()}
        self.find()
        if self.asks.data and self.asks.data != CONSENT:  # then none of that is asked for
            self.to.validators, self.to.data = [], ANY

    def said(self) -> dict[str, Any]:
        """What the form says, once it is valid: the fields of paper_forms.Draft but the member's number."""
        is_consent = self.asks.data == CONSENT
        return {
            "asks": self.asks.data,
            "categories": tuple(self.categories.data) if is_consent else (),
            "tin": self.tin if is_consent else "",
            "ends_on": read_date(self.until.data) if is_consent else None,
            "signed_on": read_date(self.signed_on.data),
            "received_on": read_date(self.received_on.data),
            "signed_by": self.signed_by.data,
            "signer": self.signer.data if self.signed_by.data != "member" else "",
        }

    def validate_asks(self, field: Field) -> None:
        if field.data not in ASKS:
            raise ValidationError(_("Choose what the form asks for."))

    def validate_categories(self, field: Field) -> None:
        marked = set(field.data or ())
        if self.asks.data == CONSENT and not (marked and marked <= set(CATEGORY_WORDS)):
            raise ValidationError(_("Mark what may be shared. Without a mark on the form, send it back."))

    def validate_until(self, field: Field) -> None:
        if self.asks.data != CONSENT or not field.data:
            return
        if _date(field) < clock.today():
            raise ValidationError(_("That day is over: the form cannot be accepted. Send it back."))

    def validate_signed_by(self, field: Field) -> None:
        if field.data not in SIGNERS:
            raise ValidationError(_("Choose who signed."))

    def validate_signer(self, field: Field) -> None:
        if self.signed_by.data == "authorized" and not field.data:
            raise ValidationError(_("Enter the name of who signed, and who that is to the member."))

    def validate_signed_on(self, field: Field) -> None:
        if _date(field) > clock.today():
            raise ValidationError(_("That day is still to come. Check the date beside the signature."))

    def validate_received_on(self, field: Field) -> None:
        received, signed = _date(field), read_date(self.signed_on.data or "")
        if received > clock.today():
            raise ValidationError(_("That day is still to come. Enter the day on which the form came."))
        if signed and received < signed:
            raise ValidationError(_("The form cannot have come before it was signed. Check both dates."))


def _date(field: Field) -> date:
    day = read_date(field.data)
    if day is None:
        raise ValidationError(str(_NO_DATE))
    return day
