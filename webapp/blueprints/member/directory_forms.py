"""The forms of Find a Doctor."""

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import SearchInput

from reports.words import N_
from webapp.domain import spoken
from webapp.domain.find_a_doctor import directory_reports, directory_search, specialties
from webapp.domain.find_a_doctor.directory_search import KINDS, Asked
from webapp.domain.member.eligibility import Member
from webapp.domain.text import one_line
from webapp.web.forms import Form as PortalForm
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

LONGEST = 100

#: The kinds of care, as headings of the specialties and as a choice.
KIND_LABELS = {
    "medical": N_("Medical"),
    "behavioral": N_("Behavioral health"),
    "dental": N_("Dental"),
}


class SearchForm(Form):
    """What can be looked for. An address may hold anything: what is not to be had is not asked for."""

    q = StringField(
        _l("Name"),
        description=_l("A doctor, an office or a clinic. A word such as heart or skin works too."),
        widget=SearchInput(),
    )
    specialty = SelectField(_l("Specialty"), validate_choice=False)
    near = StringField(_l("Town or ZIP code"))
    miles = SelectField(_l("Distance"), coerce=int, validate_choice=False)
    kind = SelectField(_l("Kind of care"), validate_choice=False)
    language = SelectField(_l("Language spoken"), validate_choice=False)
    accepting = BooleanField(_l("Takes new patients"), render_kw={"value": "1"})
    pcmh = BooleanField(_l("PCMH practice"), render_kw={"value": "1"})
    pcp = BooleanField(_l("Can be my PCP"), render_kw={"value": "1"})

    #: The names in an address, `alike` and `page` besides the fields'.
    ADDRESS = (
        "q",
        "specialty",
        "near",
        "miles",
        "kind",
        "language",
        "accepting",
        "pcmh",
        "pcp",
        "alike",
        "page",
    )

    @classmethod
    def of_request(cls, is_shown: bool = True) -> "SearchForm":
        """The form as the address fills it. One that is not shown offers nothing to choose from."""
        given = MultiDict(
            {key: one_line(value, LONGEST) for key, value in request.args.items() if key in cls.ADDRESS}
        )
        rules = settings().plan["directory"]
        given["miles"] = str(_nearest_choice(given.get("miles", ""), rules["miles"], rules["miles_at_first"]))
        given["kind"] = given.get("kind", "") if given.get("kind") in KINDS else ""
        given["language"] = spoken.key_of(given.get("language", ""))
        _name_specialty(given)
        form = cls(given)
        if is_shown:
            form._offer(rules["miles"])
        return form

    def asked(self) -> Asked:
        """What is looked for."""
        return Asked(
            text=self.q.data or "",
            kind=self.kind.data or "",
            specialty=self.specialty.data or "",
            near=self.near.data or "",
            miles=self.miles.data,
            language=self.language.data or "",
            accepting=self.accepting.data,
            pcmh=self.pcmh.data,
            pcp=self.pcp.data,
            alike="alike" in request.args,
        )

    def page_number(self) -> int:
        """The page asked for, from 1."""
        page = request.args.get("page", "")
        return int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 7 else 1

    @property
    def more(self) -> list[str]:
        """The choices that are made among those folded away."""
        chosen = []
        for field in (self.kind, self.language):
            chosen += [label for value, label in field.choices.items() if value and value == field.data]
        return chosen + [
            str(field.label.text) for field in (self.accepting, self.pcmh, self.pcp) if field.data
        ]

    def _offer(self, miles: list[int]) -> None:
        groups: dict[str, dict[str, str]] = {}
        for choice in directory_search.specialty_choices():
            groups.setdefault(_(KIND_LABELS[choice.kind]), {})[choice.value] = _(choice.label)
        in_order = {
            label: dict(sorted(listed.items(), key=lambda pair: pair[1])) for label, listed in groups.items()
        }
        self.specialty.choices = {"": _("Any specialty"), **in_order}
        languages = {one.value: _(one.label) for one in directory_search.language_choices()}
        self.language.choices = {"": _("Any language"), **languages}
        self.kind.choices = {"": _("Any kind"), **{key: _(label) for key, label in KIND_LABELS.items()}}
        self.miles.choices = {one: _("%(miles)s miles", miles=one) for one in miles}


class ChoiceForm(PortalForm):
    """For whom a PCP is chosen. Nobody is chosen beforehand: whoever comes from a child's page would easily change
    their own PCP."""

    def __init__(self, members: dict[str, Member], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self["for"].choices = [(key, member.name) for key, member in members.items()]


# `for` cannot be written as an attribute. Somebody else's key is no mistake of the form: the view refuses it.
setattr(
    ChoiceForm,
    "for",
    RadioField("", [InputRequired(_l("Choose who this PCP is for."))], validate_choice=False),
)


class MistakeForm(PortalForm):
    """Report a mistake."""

    kinds = SelectMultipleField(_l("What is wrong?"), validate_choice=False)
    text = TextAreaField(
        _l("Tell us more"),
        [
            Length(
                max=directory_reports.LONGEST_TEXT,
                message=_l("This is too long. Use at most %(max)d characters."),
            )
        ],
        description=_l("What should it say? Do not write about your health, and leave out your name."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kinds.choices = {key: _(label) for key, label in directory_reports.KINDS.items()}

    def validate(self, extra_validators: object = None) -> bool:
        """Something must be wrong: a box ticked, or words."""
        good = super().validate(extra_validators)
        known = [kind for kind in self.kinds.data or [] if kind in directory_reports.KINDS]
        if not known and not directory_reports.clean(self.text.data or ""):
            self.kinds.errors = [_("Tick what is wrong, or write it down below.")]
            good = False
        return good


def _nearest_choice(typed: str, miles: list[int], at_first: int) -> int:
    """The distance that was chosen; of another number the next larger one that can be chosen."""
    if not (typed.isascii() and typed.isdigit() and len(typed) < 7):
        return at_first
    return next((one for one in sorted(miles) if one >= int(typed)), max(miles))


def _name_specialty(given: MultiDict[str, str]) -> None:
    """An address may spell a specialty as people do; one that the directory does not hold is looked for as a word."""
    typed = given.get("specialty", "")
    if not typed:
        return
    held = {choice.value for choice in directory_search.specialty_choices()}
    key = specialties.key_of(typed)
    if key not in held:
        key = next((one for one in sorted(held) if specialties.is_nearly(key, one)), "")
    if not key:
        given["q"] = f"{given.get('q', '')} {typed}".strip()
    given["specialty"] = key
