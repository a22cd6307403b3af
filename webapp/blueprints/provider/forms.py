"""The provider portal's forms. Messages say what is wrong and how to mend it."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from webapp.domain.reporting import gap_answers
from webapp.domain.reporting.gap_answers import Answer, AnswerRefused
from webapp.domain.text import one_line
from webapp.web.dates import read_date
from webapp.web.forms import Form
from webapp.web.texts import gettext as _


class AnswerForm(Form):
    """A practice's answer to a gap. What was typed stays, whatever is wrong with it."""

    answer = RadioField(_l("Answer"), validate_choice=False)
    day = StringField(
        _l("Date"), description=_l("When it was done, or the day of the appointment: mm/dd/yyyy")
    )
    note = TextAreaField(
        _l("Note"),
        description=_l("For example the proof that you noted, such as a letter. At most 500 characters."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.answer.choices = {key: _(label) for key, label in gap_answers.ANSWERS.items()}

    def read(self) -> Answer:
        """What was answered. Raises AnswerRefused where the date cannot be read."""
        typed = (self.day.data or "").strip()
        day = read_date(typed)
        if typed and day is None:
            raise AnswerRefused("day", "unreadable")
        return Answer(self.answer.data or "", day, one_line(self.note.data))

    def refuse(self, refusal: AnswerRefused) -> None:
        """Say at the field what is wrong and how to mend it."""
        said = {
            ("answer", "missing"): _("Choose one of the four answers."),
            ("day", "missing"): _("Enter the date as month/day/year, like 03/25/2026."),
            ("day", "unreadable"): _("Enter the date as month/day/year, like 03/25/2026."),
            ("day", "future"): _(
                "That day is still to come. Enter the day on which it was done, or choose Scheduled."
            ),
            ("day", "past"): _(
                "That day is over. Enter the day of the appointment, or choose Done elsewhere."
            ),
            ("day", "unlikely"): _("Check the year of the date."),
            ("note", "long"): _(
                "Use at most %(most)s characters for the note; there are %(count)s.",
                most=gap_answers.LONGEST_NOTE,
                count=len(one_line(self.note.data)),
            ),
        }
        self[refusal.field].errors = [said[refusal.field, refusal.why]]
