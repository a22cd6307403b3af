"""Changed since last refresh: a practice's report beside the one that was served before."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, abort, request, url_for
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from reports import changes
from reports.changes import Change, Changes
from webapp.blueprints.provider import asked as addresses
from webapp.blueprints.provider import blueprint
from webapp.blueprints.provider.asked import Asked
from webapp.domain import audit
from webapp.domain.member import consent
from webapp.domain.opaque import opaque_key
from webapp.domain.practice import practices
from webapp.domain.reporting import patients
from webapp.domain.us_dates import us_date
from webapp.web import audience, render
from webapp.web.signed_in import actor
from webapp.web.texts import gettext as _

PER_PAGE = 50

#: The lists, in their order: key in the address, and label.
KINDS = {
    "opened": _l("New gaps"),
    "closed": _l("Closed gaps"),
    "joined": _l("Members who joined"),
    "left": _l("Members who left"),
}


@dataclass(frozen=True)
class Line:
    """A row of the list. `url` leads to the member's sheet, for members who are on the panel."""

    name: str
    client_id: str
    date_of_birth: str
    test: str
    url: str


@blueprint.get("/reports/changes")
@audience.provider
def reports_changes() -> Response:
    """What is new in a report since the refresh before."""
    args = request.args
    asked = addresses.read(args.get("report", ""), args, practices.reportable_tins(current_user.account))
    if not changes.comparable(asked.report):
        abort(404)
    audit.record(actor(), "report-view", subject=addresses.subject(asked.report.slug, asked.tin))
    found = changes.changes(asked.report.slug, asked.tin, consent.hidden_from_earlier(asked.report))
    kinds = _kinds(asked)
    kind = args.get("kind") if args.get("kind") in kinds else kinds[0]
    chosen: tuple[Change, ...] = getattr(found, str(kind)) if found else ()
    pages = max(1, -(-len(chosen) // PER_PAGE))
    number = min(asked.page, pages)
    return render.page(
        "provider/page.html",
        "partials/provider/changes.html",
        title=_("Changed since last refresh"),
        asked=asked,
        found=found,
        counts=_counts(asked, found, kinds, str(kind)),
        kind=kind,
        label=KINDS[str(kind)],
        lines=_lines(asked, chosen[(number - 1) * PER_PAGE : number * PER_PAGE]),
        total=len(chosen),
        number=number,
        pages=pages,
        per_page=PER_PAGE,
        page_url=lambda n: _url(asked, kind=kind, page=n),
        us_date=us_date,
    )


def _kinds(asked: Asked) -> list[str]:
    return [kind for kind in KINDS if asked.report.tests or kind in ("joined", "left")]


def _counts(
    asked: Asked, found: Changes | None, kinds: list[str], chosen: str
) -> list[tuple[str, int, str, bool]]:
    """Of each list its label, how many it holds, its address, and whether it is the one shown."""
    if found is None:
        return []
    return [
        (str(KINDS[kind]), len(getattr(found, kind)), _url(asked, kind=kind), kind == chosen)
        for kind in kinds
    ]


def _lines(asked: Asked, chosen: tuple[Change, ...]) -> list[Line]:
    labels = {test.key: test.label for test in asked.report.tests}
    session_hash, back = current_user.session.token_hash, request.query_string.decode()
    on_panel = patients.on_panel([change.client_id for change in chosen], asked.tin)
    return [
        Line(
            change.member_name,
            change.client_id,
            us_date(change.date_of_birth),
            _(labels[change.test]) if change.test else "",
            f"{url_for('provider.patient', key=opaque_key(change.client_id, session_hash))}?{back}"
            if change.client_id in on_panel
            else "",
        )
        for change in chosen
    ]


def _url(asked: Asked, **more: object) -> str:
    named = {"report": asked.report.slug, "tin": asked.tin, **more}
    return f"{url_for('provider.reports_changes')}?{urlencode(named)}"
