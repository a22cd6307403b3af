"""Caller: the questions that establish who is calling, asked one after another. No answer is ever shown."""

from flask import Response, request, url_for
from flask_login import current_user
from wtforms import StringField

from webapp.blueprints.support import blueprint, lists
from webapp.domain.support import calls
from webapp.domain.support.calls import AnsweredMeanwhile, Call
from webapp.domain.text import one_line
from webapp.web import audience, render
from webapp.web.dates import read_date
from webapp.web.forms import Form
from webapp.web.signed_in import actor, secret_key, settings
from webapp.web.texts import gettext as _

LONGEST = 300


class SaidForm(Form):
    """What the caller says."""

    secret_fields = ("said",)
    said = StringField(filters=[one_line])

    def is_ready(self, question: str) -> bool:
        """Whether there is something to compare; says what is missing where not. That costs the caller nothing."""
        if not self.said.data:
            self.said.errors = [_("Type what the caller says.")]
        elif len(self.said.data) > LONGEST:
            self.said.errors = [_("Use at most %(most)s characters.", most=LONGEST)]
        elif question == calls.BIRTH_DATE and read_date(self.said.data) is None:
            self.said.errors = [_("Type the date as month/day/year, like 03/25/1990.")]
        return not self.said.errors

    def read(self, question: str) -> str:
        """What was said, a date as year-month-day."""
        day = read_date(self.said.data) if question == calls.BIRTH_DATE else None
        return day.isoformat() if day else str(self.said.data)


@blueprint.route("/callers", methods=["GET", "POST"])
@audience.room("callers")
def callers() -> Response:
    """Begin a call."""
    if request.method == "POST":
        return _to(calls.begin(current_user.session, actor()))
    return lists.page("callers", _("Caller"))


@blueprint.route("/callers/<token>", methods=["GET", "POST"])
@audience.room("callers")
def call(token: str) -> Response:
    """The question to ask now, or how the call ended."""
    row = calls.find(current_user.session, token)
    if row is None or (not row.question and not row.has_failed):
        return lists.page("call_ended", _("This call has ended"), 404 if row is None else 200, failed=False)
    if row.has_failed:
        return lists.page("call_ended", _("This call has ended"), failed=True, results=_results(row))
    form = SaidForm()
    if request.method == "GET":
        return _asked(row, form)
    number = request.form.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 3) or int(number) != row.matched:
        return _to(token)
    if request.form.get("go") != "unknown" and not form.is_ready(row.question):
        return _asked(row, form, 422)
    return _answered(row, "" if request.form.get("go") == "unknown" else form.read(row.question))


def _answered(row: Call, said: str) -> Response:
    """Compare, then the next question, the end of the call, or the person."""
    session = current_user.session
    try:
        matches = calls.answer(row, row.matched, said, actor(), settings().plan, secret_key())
        if not matches or row.question:
            return _to(row.token)
        reason = _("Call: the caller answered %(count)s questions", count=len(row.asked))
        opened = calls.establish(row, session, reason, actor(), secret_key())
    except AnsweredMeanwhile:
        return _to(row.token)
    return render.leave_for(url_for("support.person", token=opened))


def _asked(row: Call, form: SaidForm, status: int = 200) -> Response:
    is_secret = row.question == calls.SECURITY
    return lists.page(
        "call",
        _("Ask the caller"),
        status,
        form=form,
        label=_(calls.wording(row, secret_key())) if is_secret else _(calls.LABELS[row.question]),
        is_date=row.question == calls.BIRTH_DATE,
        number=row.matched,
        results=_results(row),
        action=request.path,
    )


def _results(row: Call) -> list[tuple[str, str]]:
    """The questions so far, each with whether it matched."""
    return [
        (_(calls.LABELS[key]), _("matches") if place < row.matched else _("does not match"))
        for place, key in enumerate(row.asked[: row.looked])
    ]


def _to(token: str) -> Response:
    return render.leave_for(url_for("support.call", token=token))
