"""Downloads: who downloaded which report, the report ID of a file, budgets passed, and holding an account."""

from typing import Any

from flask import Response, abort, flash, request, url_for
from flask_login import current_user

from reports.catalog import REPORTS
from webapp.blueprints.support import blueprint, lists
from webapp.blueprints.support.forms import ReasonForm
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.reporting import download_guard, download_overview, downloads, row_searches
from webapp.domain.reporting.download_overview import HELD, LISTS, MADE, PASSED, PER_PAGE, SORTS, Wanted
from webapp.web import audience, render
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _


@blueprint.route("/downloads", methods=["GET", "POST"], endpoint="downloads")
@audience.room("downloads")
def every_download() -> Response:
    """One of the three lists. What is typed to find somebody is posted, so that no name stands in an address."""
    wanted = _wanted()
    if request.method == "POST":
        token = row_searches.keep_search(current_user.session, request.form.get("q", ""))
        return render.leave_for(
            lists.address("support.downloads", {"search": token, "show": wanted.kind, "new": wanted.only_new})
        )
    number = lists.number(request.args.get("page"))
    found, total = download_overview.found(wanted, number)
    return lists.page(
        "downloads",
        _("Downloads"),
        wanted=wanted,
        kinds=[
            (_(word), lists.address("support.downloads", {"show": kind}), kind)
            for kind, word in LISTS.items()
        ],
        new_url=lists.address("support.downloads", {"new": True}),
        columns=lists.columns(
            _heads(wanted.kind), tuple(SORTS[wanted.kind]), wanted.sort, not wanted.up, _link_of_head
        ),
        caption=_(LISTS[wanted.kind]),
        rows=[_row(wanted.kind, one) for one in found],
        number=number,
        pages=max(1, -(-total // PER_PAGE)),
        total=total,
        per_page=PER_PAGE,
        page_url=lambda page: _link(page=page),
        csv_url=f"{url_for('support.downloads_csv')}?{request.query_string.decode()}",
        action=lists.address("support.downloads", {"show": wanted.kind, "new": wanted.only_new}),
    )


@blueprint.get("/downloads.csv")
@audience.room("downloads")
def downloads_csv() -> Response:
    """The whole list as a file. Making it is in the audit log."""
    wanted = _wanted()
    audit.record(actor(), "export-downloads", detail=wanted.kind)
    heads = _heads(wanted.kind)
    made = [_row(wanted.kind, one) for one in download_overview.every(wanted)]
    rows = [[row[key] for key, _label in heads] for row in made]
    return lists.csv_file("downloads", [label for _key, label in heads], rows)


@blueprint.route("/downloads/<int(max=2147483647):account_id>", methods=["GET", "POST"])
@audience.room("downloads")
def downloads_account(account_id: int) -> Response:
    """One account: what it downloaded, its budgets; hold it, or release it, with a reason."""
    account = Account.get_or_none(Account.id == account_id, Account.portal == "provider") or abort(404)
    form = ReasonForm()
    if request.method == "POST" and form.has_reason():
        _decide(account, form.reason.data)
        return render.leave_for(url_for("support.downloads_account", account_id=account_id))
    held = download_guard.hold_of(account)
    allowed = download_guard.budgets(account, settings().plan)
    return lists.page(
        "downloads_account",
        _("Downloads of one account"),
        422 if form.reason.errors else 200,
        form=form,
        account=account,
        held=held,
        since=lists.moment(held.held_at) if held else "",
        today=f"{download_overview.rows_today(account):,}",
        usual=f"{allowed.usual:,}",
        on_new_device=f"{allowed.new_device:,}",
        columns=lists.columns(_heads(MADE)[2:], (), "", False, None),
        rows=[_row(MADE, one) for one in download_overview.of_account(account)],
        action=request.path,
    )


def _decide(account: Account, reason: str) -> None:
    if request.form.get("go") == "release":
        done = download_guard.release(account, reason, actor())
        said = _("The account can download again.")
    else:
        done = download_guard.hold(account, reason, actor())
        said = _("The account can download nothing until it is released.")
    flash(said if done else _("That was done before. Nothing was changed."), "good" if done else "warn")


def _row(kind: str, one: Any) -> dict[str, Any]:
    at = {MADE: "at", PASSED: "passed_at", HELD: "held_at"}[kind]
    row = {
        "at": lists.moment(getattr(one, at)),
        "person": f"{one.account.last_name}, {one.account.first_name}",
        "username": one.account.username,
        "url": url_for("support.downloads_account", account_id=one.account_id),
    }
    if kind == HELD:
        return {**row, "reason": one.reason}
    if kind == PASSED:
        return {**row, "rows": one.rows}
    name = REPORTS[one.slug].name if one.slug in REPORTS else ""
    return {
        **row,
        "report": _(name) if name else one.slug,
        "tin": one.tin,
        "form": _(downloads.FORMS[one.form]),
        "rows": one.rows,
        "report_id": one.report_id,
        "note": _("New device") if one.new_device else "",
    }


def _heads(kind: str) -> list[tuple[str, str]]:
    who = [("person", _("Person")), ("username", _("Username"))]
    at = ("at", _("When"))
    if kind == HELD:
        return [*who, at, ("reason", _("Reason"))]
    if kind == PASSED:
        return [*who, at, ("rows", _("Rows of that day"))]
    report = [("report", _("Report")), ("tin", _("Tax ID Number (TIN)")), ("form", _("File"))]
    return [
        *who, at, *report, ("rows", _("Rows")), ("report_id", _("Report ID")), ("note", _("To note")),
    ]  # fmt: skip


def _wanted() -> Wanted:
    kind = lists.chosen("show", LISTS) or MADE
    return Wanted(
        kind=kind,
        text=row_searches.find_search(current_user.session, request.args.get("search")) or "",
        only_new=request.args.get("new") == "1",
        sort=lists.chosen("sort", SORTS[kind]) or "at",
        up=request.args.get("dir") == "asc",
    )


def _link_of_head(sort: str, dir: str) -> str:  # noqa: A002 - the address's own word
    """The address that sorts by a column: the greatest or newest first, then the other way round."""
    return _link(sort=sort, dir="" if dir else "asc" if _wanted().sort == sort and not _wanted().up else "")


def _link(**changed: object) -> str:
    wanted = _wanted()
    state = {
        "search": request.args.get("search", ""),
        "show": wanted.kind,
        "new": wanted.only_new,
        "sort": wanted.sort,
        "dir": "asc" if wanted.up else "",
    }
    return lists.address("support.downloads", state, **changed)
