"""Existing accounts: what became of each account of the earlier system, and undoing a consolidation."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from reports.words import N_
from webapp import clock
from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import ReasonForm
from webapp.domain import audit, opaque
from webapp.domain.existing import consolidation, consolidation_overview
from webapp.domain.existing.consolidation import CONSOLIDATED, LOADED, UNDONE
from webapp.domain.existing.consolidation_overview import Standing
from webapp.domain.reporting import row_searches
from webapp.web import audience, render
from webapp.web.signed_in import actor, freeze_links, settings
from webapp.web.texts import gettext as _

PER_PAGE = 25
STATES = {LOADED: N_("Left to do"), CONSOLIDATED: N_("Brought together"), UNDONE: N_("Taken out again")}
_MOST = 100_000


@blueprint.route("/existing", methods=["GET", "POST"], endpoint="existing")
@audience.room("existing")
def every_account() -> Response:
    """The list, by username to begin with."""
    if request.method == "POST":
        token = row_searches.keep_search(current_user.session, request.form.get("q", ""))
        return render.leave_for(lists.address("support.existing", {"search": token, "state": _state()}))
    number = lists.number(request.args.get("page"))
    found = _found(PER_PAGE + 1, (number - 1) * PER_PAGE)
    counts = consolidation_overview.counts()
    return lists.page(
        "existing",
        _("Existing accounts"),
        counts=[(_(word), counts[state]) for state, word in STATES.items()],
        states=[(name, _(word)) for name, word in STATES.items()],
        state=_state(),
        text=_text(),
        columns=lists.columns(_heads(), tuple(consolidation_overview.SORTS), _sort(), lists.is_down(), _link),
        rows=[_row(one) for one in found[:PER_PAGE]],
        newer=_link(page=number - 1) if number > 1 else "",
        older=_link(page=number + 1) if len(found) > PER_PAGE else "",
        csv_url=f"{url_for('support.existing_csv')}?{request.query_string.decode()}",
    )


@blueprint.get("/existing.csv")
@audience.room("existing")
def existing_csv() -> Response:
    """The whole list as a file."""
    found = _found(_MOST, 0)
    audit.record(actor(), "export-existing", detail=f"{len(found)} rows")
    keys = [key for key, _label in _heads()]
    rows = [[_row(one)[key] for key in keys] for one in found]
    return lists.csv_file("existing-accounts", [label for _key, label in _heads()], rows)


@blueprint.route("/existing/<key>", methods=["GET", "POST"])
@audience.room("existing")
def existing_account(key: str) -> Response:
    """One account of the earlier system; undoing takes a reason."""
    names = consolidation_overview.every_name()
    one = next(
        (consolidation_overview.standing(name, settings().plan) for name in names if _mark(name) == key), None
    )
    if one is None:
        abort(404)
    form = ReasonForm()
    if request.method == "POST" and form.has_reason() and (answered := _undone(one, form)):
        return answered
    return lists.page(
        "existing_account",
        _("An account of the earlier system"),
        422 if form.form_errors or form.reason.errors else 200,
        form=form,
        row=_row(one),
        tins=one.existing.tins,
        may_undo=_may_undo(one),
        action=request.path,
    )


def _undone(one: Standing, form: ReasonForm) -> Response | None:
    try:
        consolidation.undo(
            one.existing.username_key, actor(), settings().plan, freeze_links(), reason=form.reason.data
        )
    except consolidation.NotConsolidated:
        form.form_errors.append(_("It is part of no account now. Nothing was changed."))
    except consolidation.TooLate:
        form.form_errors.append(_("The time to undo this is over. Nothing was changed."))
    else:
        flash(_("The account was taken out again. Its owner was told by email."), "good")
        return render.leave_for(url_for("support.existing"))
    return None


def _row(one: Standing) -> dict[str, Any]:
    asks = {"question": _("Secret question"), "pin": _("PIN"), "": _("Nothing: only we can help")}
    return {
        "username": one.existing.username,
        "name": f"{one.existing.first_name} {one.existing.last_name}",
        "state": _(STATES[one.state]),
        "at": lists.moment(one.at),
        "into": one.into.username if one.into else "",
        "asks": asks.get(one.asks, one.asks),
        "until": lists.moment(one.undo_until) if _may_undo(one) else "",
        "url": url_for("support.existing_account", key=_mark(one.existing.username_key)),
    }


def _may_undo(one: Standing) -> bool:
    return one.undo_until is not None and clock.now() < one.undo_until


def _mark(username_key: str) -> str:
    """A name for the account in an address; usernames may hold a person's name."""
    return opaque.opaque_key(username_key, current_user.session.token_hash)


def _heads() -> list[tuple[str, str]]:
    return [
        ("username", _("Username")),
        ("name", _("Name")),
        ("state", _("State")),
        ("at", _("Since")),
        ("into", _("Account")),
        ("asks", _("Is asked for")),
        ("until", _("Can be undone until")),
    ]


def _state() -> str:
    return lists.chosen("state", STATES)


def _text() -> str:
    return row_searches.find_search(current_user.session, request.args.get("search")) or ""


def _found(limit: int, offset: int) -> list[Standing]:
    return consolidation_overview.overview(
        settings().plan, _state() or None, _text(), limit, offset, sort=_sort(), down=lists.is_down()
    )


def _sort() -> str:
    return lists.chosen("sort", consolidation_overview.SORTS) or "username"


def _link(**changed: object) -> str:
    asked = {name: request.args.get(name, "") for name in ("search", "sort", "dir")}
    return lists.address("support.existing", {**asked, "state": _state()}, **changed)
