"""Reports/Data: one report of one practice as a table, for paper, and as a file (guide 003)."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from flask import Response, abort, redirect, request, stream_with_context, url_for
from flask_login import current_user

from reports import summary
from reports.catalog import GROUPS, REPORTS, Report, in_group
from webapp.blueprints.provider import asked as addresses
from webapp.blueprints.provider import blueprint, download_code, report_words, ties, why
from webapp.blueprints.provider.asked import Asked
from webapp.blueprints.provider.rows import head_row, paper_head, says_withheld, table_rows
from webapp.domain import audit
from webapp.domain.db import connected
from webapp.domain.find_a_doctor import directory
from webapp.domain.practice import practices
from webapp.domain.reporting import (
    download_guard,
    downloads,
    gap_answers,
    help_guide,
    report_files,
    report_pages,
    row_searches,
    summary_view,
)
from webapp.domain.reporting.gap_answers import COLUMN_LABEL
from webapp.domain.us_dates import us_date
from webapp.web import audience, render, texts
from webapp.web.signed_in import actor, settings
from webapp.web.texts import gettext as _

PER_PAGE = 50
#: More rows than this do not go on paper; the download has them.
MOST_PRINTED = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/reports")
@audience.provider
def reports() -> Response:
    """The report chosen, or what there is to choose from."""
    tins = _tins()
    if not tins and not request.args.get("tin"):
        return _answer("no_access", _("Reports/Data"), asked_on=ties.asked_on())
    if not request.args.get("report"):
        return _answer(
            "choose_report",
            _("Reports/Data"),
            **_choices(tins),
            report_groups=_groups(),
            tin=request.args.get("tin"),
        )
    asked = addresses.read(request.args["report"], request.args, tins)
    return _print(asked) if request.args.get("print") else _show(asked)


@blueprint.post("/reports")
@audience.provider
def search_reports() -> Response:
    """Look for a member: what was typed stays on the server, and the address gets a token for it. HTMX sends along
    what the drop-downs say now: the form's address may be older, and a box without its tick sends nothing."""
    says_now = "report" in request.form
    state = ({} if says_now else request.args.to_dict()) | request.form.to_dict()
    asked = addresses.read(state.get("report", ""), state, _tins())
    token = row_searches.keep_search(current_user.session, request.form.get("q", ""))
    return redirect(asked.url(token=token, page=1), 303)  # type: ignore[return-value]


@blueprint.get("/reports/<slug>.csv")
@audience.provider
def reports_csv(slug: str) -> Response:
    """Every row that the page shows, on all its pages, streamed."""
    view = _download(slug, "csv")
    return _attachment(view, stream_with_context(_csv_text(view)), "csv", "text/csv")


@blueprint.get("/reports/<slug>.xlsx")
@audience.provider
def reports_xlsx(slug: str) -> Response:
    """The same rows as a workbook. It lies in a file without a name that is gone when it has been sent."""
    view = _download(slug, "xlsx")
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the last piece has been sent
    try:
        report_files.write_xlsx(view, file, _)
        length = file.tell()
    except BaseException:
        file.close()
        raise
    response = _attachment(view, report_files.in_pieces(file), "xlsx", XLSX)
    response.content_length = length
    return response


@blueprint.get("/reports/help")
@audience.provider
def reports_help_list() -> Response:
    """All Report Help Guides."""
    return render.page(
        "provider/page.html",
        "partials/provider/report_help_list.html",
        title=_("Report Help Guides"),
        report_groups=_groups(),
    )


@blueprint.get("/reports/help/<slug>")
@audience.provider
def reports_help(slug: str) -> Response:
    """Report Help Guide: what the report says and by which rules."""
    report = REPORTS.get(slug) or abort(404)
    return render.page(
        "provider/page.html",
        "partials/provider/report_help.html",
        title=f"{_('Report Help Guide')}: {_(report.name)}",
        guide=_guide(slug),
        back=url_for("provider.reports", report=slug),
    )


@texts.kept
def _guide(slug: str) -> help_guide.Guide:
    return help_guide.guide(REPORTS[slug], _)


def _show(asked: Asked) -> Response:
    page = _page(asked, asked.page)
    _note(asked)
    choose_too, search_too = _changed_controls(asked) if render.wants_partial() else (True, True)
    why_fields = _why_fields(asked, page)
    response = _answer(
        "report",
        f"{_('Reports/Data')}: {_(asked.report.name)}",
        **(_choices(asked.tins) if choose_too else {}),
        choose_too=choose_too,
        search_too=search_too,
        asked=asked,
        page=page,
        view=page.view,
        body=table_rows(page, _answers(page) if why_fields else None),
        why_fields=why_fields,
        is_withheld=says_withheld(page),
        trends=_trends(page),
        fewest=summary.FEWEST,
        nobody=None if page.view.total else report_words.nobody(asked.report),
        how_often=report_words.how_often(asked.report),
        heads=head_row(asked.report.slug, asked.sort_urls(), asked.sort, asked.descending),
        has_due=report_pages.has_due(asked.report),
        has_members=report_pages.has_members(asked.report),
        us_date=us_date,
        per_page=PER_PAGE,
        # The pager's links have no id by which HTMX could give them back the focus: the heading takes it.
        focus=request.headers.get("HX-Source") == "a",
    )
    # A form sends its empty fields too; the browser's address line gets the plain address.
    plain = asked.page_url(page.number)
    if render.wants_partial() and plain != request.full_path.rstrip("?"):
        response.headers["HX-Push-Url"] = plain
    return response


def _print(asked: Asked) -> Response:
    page = _on_paper(_page(asked, 1, MOST_PRINTED))
    _note(asked)
    return render.page(
        "provider/page.html",
        "partials/provider/report_print.html",
        title=_(asked.report.title),
        asked=asked,
        page=page,
        lines=list(report_pages.header_block(page.view, _))[1:],
        body=table_rows(page, last=_answers_column(page)),
        heads=paper_head(asked.report.slug, *([_(COLUMN_LABEL)] if asked.report.tests else [])),
        is_withheld=says_withheld(page),
        trends=_trends(page),
        fewest=summary.FEWEST,
    )


def _on_paper(page: report_pages.Page) -> report_pages.Page:
    """Paper takes rows out of the portal as a file does: the download guard counts them, and gives the sheet its ID."""
    if not page.rows:
        return page
    printed = replace(page.view, total=len(page.rows))
    counted = download_guard.take(download_code.downloader(), printed, downloads.ON_PAPER, settings())
    return replace(page, view=replace(page.view, copy=counted.copy))


def _page(asked: Asked, number: int, per_page: int = PER_PAGE) -> report_pages.Page:
    return report_pages.read_page(
        asked.report, asked.query, asked.practice.name, number, per_page, _filters_in_words(asked)
    )


def _filters_in_words(asked: Asked) -> list[str]:
    said = []
    if asked.pcp:
        names = {choice.value: choice.label for choice in asked.practice.pcps}
        said.append(f"{_('PCP')} {names.get(asked.pcp) or directory.provider_name(asked.pcp) or asked.pcp}")
    if asked.due:
        said.append(_("Due"))
    if asked.icm:
        said.append(f"{_('ICM Status')} {asked.icm}")
    if asked.text:
        said.append(_("Member name or ID with “%(text)s”", text=asked.text))
    return said


def _why_fields(asked: Asked, page: report_pages.Page) -> list[tuple[str, str]]:
    """What the form around the table sends when a cell is asked why; nothing where cells do not explain themselves."""
    if not asked.report.tests or page.view.snapshot is None or not page.rows:
        return []
    return why.fields(asked, page.view.snapshot)


def _trends(page: report_pages.Page) -> list[summary_view.Trend]:
    """The charts of the practice summary; other reports have none."""
    return summary_view.trends(page.view, page.rows, _) if page.view.report.rows == "measures" else []


def _answers(page: report_pages.Page) -> dict[tuple[str, str], str]:
    """The practice's answers that stand beside the cells of this page."""
    members = [row["client_id"] for row in page.rows]
    return gap_answers.short_words(page.view.report, page.view.tin, _, members)


def _answers_column(page: report_pages.Page) -> Callable[[str], str] | None:
    report = page.view.report
    return gap_answers.column(report, page.view.tin, _) if report.tests else None


def _changed_controls(asked: Asked) -> tuple[bool, bool]:
    """Whether the drop-downs and the search have to be sent beside the report. HTMX says which address it is at: the
    drop-downs offer what this report of this practice can be filtered by; the search is missing before a report was
    chosen, and where a report lists no members. While somebody is looked for, its link ends the search where one is."""
    address = request.headers.get("HX-Current-URL")
    if address is None:
        return False, False
    before = parse_qs(urlsplit(address).query)
    tin = before.get("tin") or list(asked.tins[:1])  # an address without one shows the first practice
    same = (before.get("report"), tin) == ([asked.report.slug], [asked.tin])
    earlier = REPORTS.get(before.get("report", [""])[0])
    was_there = earlier is not None and report_pages.has_members(earlier)
    is_there = report_pages.has_members(asked.report)
    searches = is_there and bool(asked.text or "search" in before)
    return not same, searches or was_there != is_there


def _choices(tins: tuple[str, ...]) -> dict[str, Any]:
    """What the two drop-downs offer: reports by group, and practices where there are several."""
    names = directory.practice_names(list(tins)) if len(tins) > 1 else {}
    return {
        "report_names": _report_names(),
        "tins": [(tin, names.get(tin, "")) for tin in tins],
    }


def _groups() -> list[tuple[str, tuple[Report, ...]]]:
    """The reports by group, with their headings."""
    return [(_(label), in_group(group)) for group, label in GROUPS.items() if in_group(group)]


@texts.kept
def _report_names() -> list[tuple[str, list[tuple[str, str]]]]:
    """The same for the drop-down: of each report its slug and its name."""
    return [(label, [(report.slug, _(report.name)) for report in reports]) for label, reports in _groups()]


def _answer(partial: str, title: str, **context: Any) -> Response:
    """Reports/Data around a part, or the part alone where HTMX puts it into the page."""
    around = "partials/provider/reports_swap.html" if render.wants_partial() else ""
    part = f"partials/provider/{partial}.html"
    return render.page("provider/reports.html", around or part, title=title, part=part, **context)


def _tins() -> tuple[str, ...]:
    """The practices whose reports the account may read."""
    return practices.reportable_tins(current_user.account)


def _note(asked: Asked) -> None:
    audit.record(actor(), "report-view", subject=addresses.subject(asked.report.slug, asked.tin))


def _download(slug: str, form: str) -> report_pages.View:
    """The rows that a download holds, counted by the download guard, which notes it in the audit log. A report that was
    never made is a 404. Raises download_guard.Held or CodeNeeded, which download_code.py answers."""
    asked = addresses.read(slug, request.args, _tins())
    view = _page(asked, 1, 1).view
    if view.snapshot is None:
        abort(404)
    return download_guard.take(download_code.downloader(), view, form, settings())


def _attachment(
    view: report_pages.View, pieces: Iterator[str] | Iterator[bytes], form: str, mimetype: str
) -> Response:
    response = Response(pieces, mimetype=mimetype)
    day = view.snapshot.as_of if view.snapshot else ""
    name = f"{view.report.slug}-{view.tin}-{day}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _csv_text(view: report_pages.View) -> Iterator[str]:
    """The file in pieces. The mark at its beginning tells spreadsheets that it is UTF-8. By the time it is sent, the
    request's own connection has been given back."""
    with connected():
        yield "\ufeff"
        yield from report_files.csv_text(view, _)
