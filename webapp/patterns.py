"""What the pattern page (`pages/patterns.html`) shows: every piece of the look in every state.

The page is for the people who build the portal and for the tests that open it; it holds no person's data.
"""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from webapp.config import Plan


class PatternForm(Form):
    """One field of each kind."""

    date_of_birth = StringField(
        _l("Date of Birth"),
        [InputRequired(_l("Enter the date of birth as month/day/year, like 03/25/1990."))],
    )
    first_name = StringField(
        _l("First Name"), [InputRequired(_l("Enter the first name as it stands on the ID card."))]
    )
    client_id = StringField(
        _l("Client ID Number"),
        [InputRequired(_l("Enter the Client ID Number. It has nine digits."))],
        description=_l("The nine digits on the front of the ID card"),
    )
    password = PasswordField(
        _l("Password"), [InputRequired(_l("Enter a password of at least 8 characters."))]
    )
    question = SelectField(
        _l("Security Question 1"),
        choices=[
            ("", _l("Please Select")),
            ("city", _l("In what city were you born? (Enter full name of city only)")),
            ("pet", _l("What was the name of your first pet?")),
        ],
        validators=[InputRequired(_l("Choose a question."))],
    )
    program = RadioField(
        _l("Select your program:"),
        choices=[],
        validators=[InputRequired(_l("Choose the letter that stands on your ID card."))],
    )
    topics = SelectMultipleField(
        _l("What may be shared"),
        choices=[
            ("hiv", _l("HIV")),
            ("substance", _l("Substance abuse")),
            ("behavioral", _l("Behavioral health")),
        ],
        validators=[InputRequired(_l("Choose at least one."))],
    )
    message = TextAreaField(_l("Your message"), description=_l("Leave out passwords and card numbers."))
    pcp = SelectField(
        _l("Primary Care Provider (PCP)"),
        choices=[("", _l("All")), ("1234567893", "Dr. A")],
        validate_choice=False,
    )
    attest = BooleanField(_l("What I entered is true"), [InputRequired(_l("Tick the box to go on."))])


def pattern_forms(plan: Plan) -> tuple[PatternForm, PatternForm]:
    """The form as first seen, and as it comes back with every required field wrong (ids begin with `bad-`)."""
    wrong = PatternForm(MultiDict({"bad-client_id": ""}), prefix="bad-")
    form = PatternForm(MultiDict({"first_name": "Ana", "topics": "hiv"}))
    for one in (form, wrong):
        one.program.choices = [(letter, plan.program_name(letter)) for letter in plan.programs]
    wrong.validate()
    return form, wrong


def pattern_context(plan: Plan) -> dict[str, Any]:
    """The variables of `patterns.html`: form, wrong, columns, rows, definitions, bars, months, page_url."""
    form, wrong = pattern_forms(plan)
    columns = [
        {"key": "name", "label": _l("Name"), "kind": "name", "url": "?sort=name", "sort": "ascending"},
        {
            "key": "client_id",
            "label": _l("Client ID Number"),
            "kind": "id",
            "url": "?sort=client_id",
            "sort": "none",
        },
        {"key": "dob", "label": _l("Date of Birth"), "kind": "date", "url": "?sort=dob", "sort": "none"},
        {"key": "hba1c", "label": "HbA1c", "kind": "date"},
        {"key": "eye", "label": _l("Retinal Eye Exam"), "kind": "date"},
        {"key": "eye_due", "label": _l("Eye Exam Due"), "kind": "due"},
        {"key": "visits", "label": _l("Visits"), "kind": "count", "url": "?sort=visits", "sort": "none"},
        {"key": "icm", "label": _l("ICM Status"), "kind": "flag"},
    ]
    rows = [
        {
            "name": f"Member {letter}",
            "client_id": str(position) * 9,
            "dob": f"0{position}/12/1960",
            "hba1c": "06/01/2015" if position % 2 else None,
            "eye": None if position % 2 else "12/19/2014",
            "eye_due": "Due" if position % 2 else None,
            "visits": position * 3,
            "icm": ("ACTIVE", None, "PENDING", "CLOSED")[position % 4],
        }
        for position, letter in enumerate("ABCDEF", start=1)
    ]
    return {
        "form": form,
        "wrong": wrong,
        "columns": columns,
        "rows": rows,
        "page_url": lambda page: f"?page={page}",
        "definitions_shown": [
            (_l("Client ID Number"), "123456789"),
            (_l("Status"), _l("Active")),
            (_l("Termination Date"), None),
            (_l("Email Address"), "ana@example.org", "?change=email"),
        ],
        "bars": [
            (_l("Retinal Eye Exam"), 18),
            ("HbA1c", 11),
            (_l("Well-care visit"), 4),
            (_l("None due"), 0),
        ],
        "months": [("Jun", 31), ("Jul", 28), ("Aug", 30), ("Sep", 22), ("Oct", 19), ("Nov", 12)],
    }
