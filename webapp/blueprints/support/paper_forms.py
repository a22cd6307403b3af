"""Printed forms: those that were entered and what became of them, and entering one for an opened member."""

import secrets
from typing import Any

from flask import Response, flash, request, url_for
from flask_login import current_user

from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.paper_form import PaperFormEntry
from webapp.domain import audit
from webapp.domain.member import paper_forms
from webapp.domain.member.paper_forms import ASKS, STATE_WORDS, Draft
from webapp.domain.support import form_list, people
from webapp.domain.support.form_list import PER_PAGE, SORTS, Line, Wanted
from webapp.domain.us_dates import us_date
from webapp.web import audience, render
from webapp.web.signed_in import actor
from webapp.web.texts import gettext as _


@blueprint.get("/forms", endpoint="paper_forms")
@audience.room("forms")
def every_form() -> Response:
    """All forms, the newest first. No health category stands here."""
    wanted, number = _wanted(), lists.number(request.args.get("page"))
    found, total = form_list.found(wanted, number)
    return lists.page(
        "paper_forms",
        _("Printed forms"),
        wanted=wanted,
        states=[(name, _(word)) for name, word in STATE_WORDS.items()],
        columns=lists.columns(_heads(), tuple(SORTS), wanted.sort, not wanted.up, _link_of_head),
        rows=[_row(one) for one in found],
        number=min(number, max(1, -(-total // PER_PAGE))),
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
        per_page=PER_PAGE,
        page_url=lambda page: _link(page=page),
        csv_url=f"{url_for('support.forms_csv')}?{request.query_string.decode()}",
    )


@blueprint.get("/forms.csv")
@audience.room("forms")
def forms_csv() -> Response:
    """The whole list as a file."""
    audit.record(actor(), "export-forms")
    keys = [key for key, _label in _heads()]
    rows = [[_row(one)[key] for key in keys] for one in form_list.every(_wanted())]
    return lists.csv_file("printed-forms", [label for _key, label in _heads()], rows)


@blueprint.route("/people/<token>/form", methods=["GET", "POST"])
@audience.room("forms")
def enter_form(token: str) -> Response:
    """Enter a form of the member who is opened. A colleague decides it in the queues."""
    row = people.opening(current_user.session, token)
    if row is None or row.kind != people.MEMBER:
        return lists.page("person_ended", _("This page has ended"), 404)
    form = PaperFormEntry()
    if request.method == "POST" and form.validate():
        once = request.form.get("once", "")[:32] or secrets.token_hex(16)
        paper_forms.enter(_draft(row.who, form), once, actor())
        flash(_("The form is in the queue. A colleague looks at it and decides."), "good")
        return render.leave_for(url_for("support.person", token=token))
    return lists.page(
        "paper_form",
        _("Enter a printed form"),
        422 if form.errors else 200,
        form=form,
        name=people.name_of_member(row.who),
        action=request.path,
        back=url_for("support.person", token=token),
        once=request.form.get("once") or secrets.token_hex(16),
    )


def _draft(client_id: str, form: PaperFormEntry) -> Draft:
    return Draft(client_id=client_id, **form.said())


def _row(line: Line) -> dict[str, Any]:
    one = line.form
    return {
        "received": us_date(one.received_on),
        "person": line.name or _("Not known"),
        "asks": _(ASKS[one.asks]),
        "state": _(STATE_WORDS[one.state]),
        "decided": lists.moment(one.decided_at),
        "entered": line.entered_by,
        "decider": line.decided_by,
        "url": url_for("support.work", kind_name="form", key=one.id)
        if one.state == paper_forms.RECEIVED
        else "",
    }


def _heads() -> list[tuple[str, str]]:
    return [
        ("received", _("Received on")),
        ("person", _("Person")),
        ("asks", _("The form asks us to")),
        ("state", _("State")),
        ("entered", _("Entered by")),
        ("decider", _("Decided by")),
        ("decided", _("Decided on")),
    ]


def _wanted() -> Wanted:
    return Wanted(
        state=lists.chosen("state", STATE_WORDS),
        sort=lists.chosen("sort", SORTS) or "received",
        up=request.args.get("dir") == "asc",
    )


def _link_of_head(sort: str, dir: str) -> str:  # noqa: A002 - the address's own word
    return _link(sort=sort, dir="" if dir else "asc" if _wanted().sort == sort and not _wanted().up else "")


def _link(**changed: object) -> str:
    wanted = _wanted()
    state = {"state": wanted.state, "sort": wanted.sort, "dir": "asc" if wanted.up else ""}
    return lists.address("support.paper_forms", state, **changed)
