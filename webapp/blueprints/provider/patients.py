"""Patient look-up: a member of the panel by name or Client ID, and the sheet to read before a visit."""

from typing import Any
from urllib.parse import urlencode

from flask import Response, abort, flash, redirect, request, url_for
from flask_login import current_user

from webapp.blueprints.provider import blueprint, ties
from webapp.domain import audit
from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import practices
from webapp.domain.reporting import patients, report_pages, row_searches
from webapp.domain.us_dates import us_date
from webapp.web import audience, render
from webapp.web.signed_in import actor
from webapp.web.texts import gettext as _

PER_PAGE = 25


@blueprint.get("/patients", endpoint="patients")
@audience.provider
def look_up() -> Response:
    """The form, and who was found by what was typed before."""
    tins = practices.reportable_tins(current_user.account)
    if not tins:
        return _page("patients", _("Patient Look-up"), tins=(), asked_on=ties.asked_on())
    asked, chosen = _chosen(tins, request.args.get("tin"))
    token = request.args.get("search")
    text = row_searches.find_search(current_user.session, token)
    found = None
    if text:
        found = patients.search(chosen, text, _number(request.args.get("page")), PER_PAGE)
        audit.record(actor(), "patient-search", subject=f"report:{patients.PANEL}:{asked or 'all'}")
    return _page(
        "patients",
        _("Patient Look-up"),
        tins=_named(tins),
        tin=asked,
        text=text or "",
        ended=bool(token and not text),
        found=found,
        members=patients.listed(found, current_user.session.token_hash) if found else [],
        page_url=_page_url,
        per_page=PER_PAGE,
        us_date=us_date,
        back=request.query_string.decode(),
    )


@blueprint.post("/patients")
@audience.provider
def search_patients() -> Response:
    """Look for a member: what was typed stays on the server, and the address gets a token for it."""
    tins = practices.reportable_tins(current_user.account)
    asked, _all = _chosen(tins, request.form.get("tin"))
    token = row_searches.keep_search(current_user.session, request.form.get("q", ""))
    if token is None:
        flash(_("Type part of the last name, or the Client ID Number, then choose “Search.”"), "warn")
    state = {"tin": asked, "search": token}
    query = urlencode({key: value for key, value in state.items() if value})
    return redirect(f"{url_for('provider.patients')}{'?' if query else ''}{query}", 303)  # type: ignore[return-value]


@blueprint.get("/patients/<key>")
@audience.provider
def patient(key: str) -> Response:
    """One member's sheet. Each opening is noted with the member."""
    tins = practices.reportable_tins(current_user.account)
    named = patients.by_key(key, current_user.session.token_hash, tins)
    told = patients.sheet(*named, _) if named else None
    if told is None:
        audit.record(actor(), "open-member", "refused")
        abort(404)
    audit.record(actor(), "open-member", subject=f"member:{told.client_id}", detail=f"tin {told.tin}")
    ours = report_pages.cell_words(_)
    return _page(
        "patient",
        _("Pre-visit sheet"),  # a name would stay in the browser's history
        told=told,
        us_date=us_date,
        tables=[
            (
                events.report,
                events.columns,
                [{column.key: _shown(column, row, ours) for column in events.columns} for row in events.rows],
            )
            for events in told.events
            if events.rows
        ],
        empty=[_(events.report.title) for events in told.events if not events.rows],
        back=_back_url(),
    )


def _back_url() -> str:
    """The list that the sheet was opened from: who was found, or what changed in a report."""
    came_from = "provider.reports_changes" if "report" in request.args else "provider.patients"
    return f"{url_for(came_from)}?{request.query_string.decode()}"


def _shown(column: Any, row: dict[str, Any], ours: dict[str, str]) -> str:
    value = row.get(column.key)
    return "" if value is None else report_pages.cell_text(column, ours)(value)


def _chosen(tins: tuple[str, ...], tin: str | None) -> tuple[str | None, tuple[str, ...]]:
    """The practice asked for (None: all), and the TINs that are looked at. Another's TIN is a 404, noted."""
    if not tin:
        return (tins[0] if len(tins) == 1 else None), tins
    if tin not in tins:
        cut = "".join(c for c in tin if c.isascii() and c.isalnum())[:20]
        audit.record(actor(), "patient-search", "refused", subject=f"report:{patients.PANEL}:{cut}")
        ties.turn_away(tin)
    return tin, (tin,)


def _named(tins: tuple[str, ...]) -> list[tuple[str, str]]:
    names = directory.practice_names(list(tins)) if len(tins) > 1 else {}
    return [(tin, names.get(tin, "")) for tin in tins]


def _page_url(number: int) -> str:
    kept = {key: value for key, value in request.args.items() if key in ("tin", "search")}
    return f"{url_for('provider.patients')}?{urlencode({**kept, 'page': number})}"


def _number(page: str | None) -> int:
    return int(page) if page and page.isascii() and page.isdigit() and len(page) < 7 and int(page) else 1


def _page(name: str, title: str, **context: Any) -> Response:
    return render.page("provider/page.html", f"partials/provider/{name}.html", title=title, **context)
