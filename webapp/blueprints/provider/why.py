"""Why a cell of a gap report says Due, and the practice's answer to it. Beside the table where HTMX asks, else a page.

A cell is named by its row's place in the snapshot that the table was read from, under a mark of the session: no Client
ID and nothing of anybody's health stands in the address.
"""

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_login import current_user

from reports.definition import Test
from reports.snapshot import Snapshot
from webapp.blueprints.provider import asked as addresses
from webapp.blueprints.provider import blueprint
from webapp.blueprints.provider.asked import Asked
from webapp.blueprints.provider.forms import AnswerForm
from webapp.domain import audit, opaque
from webapp.domain.practice import practices
from webapp.domain.reporting import gap_answers, gap_why
from webapp.domain.reporting.gap_answers import AnswerRefused, Gap
from webapp.domain.reporting.gap_why import Why
from webapp.domain.us_dates import us_date, us_day
from webapp.web import audience, render
from webapp.web.signed_in import actor
from webapp.web.texts import gettext as _

#: What the page says after something was done, by the word in the address.
SAID = {"kept", "taken-back"}


def fields(asked: Asked, snapshot: Snapshot) -> list[tuple[str, str]]:
    """What the form around the table sends along with the cell that is pressed: the state of the table, and the mark of
    the session for this snapshot."""
    page = opaque.seal(current_user.session, str(snapshot.id), _about(asked))
    return [*((key, str(value)) for key, value in asked.arguments().items()), ("at", page)]


@blueprint.get("/reports/why")
@audience.provider
def reports_why() -> Response:
    """Why a cell says what it says."""
    asked, test, client_id = _cell(request.args)
    if request.args.get("close"):
        return _closed(asked, test, client_id)
    return _show(asked, test, client_id, AnswerForm(formdata=None))


@blueprint.post("/reports/why")
@audience.provider
def answer_gap() -> Response:
    """Keep the practice's answer, or take it back."""
    asked, test, client_id = _cell(request.args)
    gap, once = Gap(asked.tin, client_id, test.key), request.form.get("once") or secrets.token_hex(8)
    if request.form.get("go") == "back":
        gap_answers.take_back(gap, current_user.account, actor(), once)
        return redirect(_url(said="taken-back"), 303)  # type: ignore[return-value]
    form = AnswerForm()
    try:
        gap_answers.give(gap, form.read(), current_user.account, actor(), once)
    except AnswerRefused as refusal:
        form.refuse(refusal)
        return _show(asked, test, client_id, form, 422)
    return redirect(_url(said="kept"), 303)  # type: ignore[return-value]


def _cell(args: Mapping[str, str]) -> tuple[Asked, Test, str]:
    """The table, the test and the member that an address names. One that this session did not make is a 404."""
    asked = addresses.read(args.get("report", ""), args, practices.reportable_tins(current_user.account))
    made = opaque.unseal(current_user.session, args.get("at"), _about(asked))
    place, _dot, key = args.get("row", "").partition(".")
    test = next((test for test in asked.report.tests if test.key == key), None)
    if made is None or test is None or not _is_number(place):
        audit.record(actor(), "open-member", "refused", detail=f"tin {asked.tin}")
        abort(404)
    client_id = gap_why.member_at(asked.report.slug, int(made), asked.tin, int(place))
    if client_id is None or not gap_why.rows_of(asked.report, asked.tin, client_id):
        flash(_("The report has been made anew, or no longer lists this member. Choose again."), "warn")
        abort(render.leave_for(asked.url()))
    return asked, test, client_id


def _show(asked: Asked, test: Test, client_id: str, form: AnswerForm, status: int = 200) -> Response:
    told = gap_why.why(asked.report, test, asked.tin, client_id, _) or abort(404)
    audit.record(actor(), "open-member", subject=f"member:{client_id}", detail=f"tin {asked.tin}")
    context = _context(asked, told, form)
    if render.wants_partial():
        return make_response(render_template("partials/provider/why_swap.html", **context), status)
    return render.page("provider/page.html", "partials/provider/why_page.html", status=status, **context)


def _closed(asked: Asked, test: Test, client_id: str) -> Response:
    """Empties the place beside the table and gives the focus back to the cell; without HTMX, back to the table."""
    if not render.wants_partial():
        return redirect(asked.page_url(asked.page), 303)  # type: ignore[return-value]
    told = gap_why.why(asked.report, test, asked.tin, client_id, _) or abort(404)
    return make_response(
        render_template("partials/provider/why_closed.html", cell=_button(told), focus_cell=True)
    )


def _context(asked: Asked, told: Why, form: AnswerForm) -> dict[str, Any]:
    found = told.finding
    state = _("Due") if found.due else _("up to date") if found.is_asked else _("not asked for")
    said = request.args.get("said") if request.method == "GET" else None
    return {
        "beside": render.wants_partial(),
        "title": f"{_(told.finding.test.label)}: {state}",
        "asked": asked,
        "told": told,
        "found": found,
        "form": form,
        "action": _url(),
        "once": secrets.token_hex(8),
        "said": said if said in SAID else None,
        "cell": _button(told),
        "close_url": _url(close="1"),
        "standing": gap_answers.in_full(found.answer, _) if found.answer else "",
        "earlier": [_line(row) for row in told.history],
        "us_date": us_date,
    }


def _line(row: gap_answers.Given) -> str:
    if row.answer in gap_answers.ANSWERS:
        return gap_answers.in_full(row, _)
    return _("Taken back by %(name)s, %(day)s", name=row.given_by, day=us_day(row.given_at))


def _button(told: Why) -> dict[str, object]:
    """The cell in the table as it is now."""
    found = told.finding
    words = [_("Due")] if found.due else []
    if found.answer:
        words.append(gap_answers.in_brief(found.answer, _))
    return {"value": request.args.get("row", ""), "due": found.due, "text": " · ".join(words)}


def _url(**more: str) -> str:
    """This cell's address."""
    kept = {key: value for key, value in request.args.items() if key not in ("said", "close", "lang")}
    return f"{url_for('provider.reports_why')}?{urlencode({**kept, **more})}"


def _about(asked: Asked) -> str:
    return f"{asked.report.slug}:{asked.tin}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
