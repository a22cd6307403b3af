"""The audit log: search, pages, a file, and the check of its seals. Nothing here changes it."""

from datetime import date
from typing import Any

from flask import Response, request
from flask_login import current_user

from webapp.blueprints.support import blueprint, lists
from webapp.domain import audit, audit_seal
from webapp.domain.audit import AuditEntry
from webapp.domain.reporting import row_searches
from webapp.domain.support import audit_search
from webapp.domain.support.audit_search import OUTCOMES, PORTALS, Wanted
from webapp.web import audience, render
from webapp.web.dates import read_date
from webapp.web.signed_in import actor, secret_key
from webapp.web.texts import gettext as _

_FILTERS = ("action", "outcome", "portal")


@blueprint.route("/audit", methods=["GET", "POST"], endpoint="audit")
@audience.room("audit")
def log() -> Response:
    """The newest entries, or those next to one. What is looked for may name a person: it is posted."""
    if request.method == "POST":
        return _asked()
    wanted = _wanted()
    found = audit_search.search(wanted, _entry("before"), _entry("after"))
    names = audit_search.people(found.entries)
    return lists.page(
        "audit",
        _("Audit log"),
        wanted=wanted,
        since=request.args.get("since", ""),
        until=request.args.get("until", ""),
        bad_days=[
            request.args[name] for name in ("since", "until") if request.args.get(name) and not _day(name)
        ],
        actions=audit_search.actions(),
        outcomes=OUTCOMES,
        portals=PORTALS,
        heads=_heads(),
        rows=[_row(entry, names) for entry in found.entries],
        newer=_link(after=found.newer) if found.newer else "",
        older=_link(before=found.older) if found.older else "",
        newest=_link(),
        oldest=_link(after="0"),
        csv_url=lists.address("support.audit_csv", _state()),
    )


@blueprint.get("/audit.csv")
@audience.room("audit")
def audit_csv() -> Response:
    """All that is looked for as a file. Making it is in the log too."""
    wanted = _wanted()
    audit.record(actor(), "export-audit", detail=wanted.action or "all")
    rows = ([getattr(entry, key) for key in _KEYS] for entry in audit_search.every(wanted))
    return lists.csv_file("audit-log", _KEYS, rows)


@blueprint.route("/audit/seals", methods=["GET", "POST"])
@audience.room("audit")
def audit_seals() -> Response:
    """Check every entry against its seal, on request: it reads the whole log."""
    found = audit_seal.verify(secret_key()) if request.method == "POST" else None
    words = {
        "changed": _("was changed"),
        "deleted": _("was deleted"),
        "unsealed": _("has no seal"),
        "cut": _("entries at the end are missing"),
    }
    return lists.page(
        "audit_seals",
        _("Seals of the audit log"),
        found=found,
        breaks=[(one.entry_id, words[one.what]) for one in found.breaks[:200]] if found else [],
    )


_KEYS = ("id", "at", "action", "outcome", "account_id", "portal", "address", "subject", "detail")


def _asked() -> Response:
    form = request.form
    token = row_searches.keep_search(current_user.session, form.get("q", ""))
    kept = {name: form.get(name, "")[:60] for name in (*_FILTERS, "since", "until")}
    return render.leave_for(lists.address("support.audit", {"search": token, **kept}))


def _row(entry: AuditEntry, names: dict[int, str]) -> dict[str, Any]:
    return {
        "at": lists.moment(entry.at),
        "action": entry.action,
        "outcome": entry.outcome,
        "who": names.get(entry.account_id, "") or (str(entry.account_id) if entry.account_id else ""),
        "portal": entry.portal,
        "address": entry.address,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def _heads() -> list[tuple[str, str]]:
    return [
        ("at", _("When")),
        ("action", _("What")),
        ("outcome", _("Outcome")),
        ("who", _("Who")),
        ("portal", _("Where")),
        ("address", _("Address")),
        ("subject", _("About")),
        ("detail", _("Detail")),
    ]


def _wanted() -> Wanted:
    return Wanted(
        text=row_searches.find_search(current_user.session, request.args.get("search")) or "",
        action=_clean("action"),
        outcome=lists.chosen("outcome", OUTCOMES),
        portal=lists.chosen("portal", PORTALS),
        since=_day("since"),
        until=_day("until"),
    )


def _clean(name: str) -> str:
    return "".join(c for c in request.args.get(name, "")[:60] if c.isprintable())


def _day(name: str) -> date | None:
    return read_date(request.args.get(name, ""))


def _entry(name: str) -> int | None:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None


def _state() -> dict[str, object]:
    return {name: request.args.get(name, "") for name in ("search", *_FILTERS, "since", "until")}


def _link(**changed: object) -> str:
    return lists.address("support.audit", _state(), **changed)
