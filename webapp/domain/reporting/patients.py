"""Patient look-up: one member of the panel across every report, as the sheet that is read before a visit.
Only members of the practices that the account may read are ever looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports import snapshot
from reports.catalog import REPORTS
from reports.definition import COMMON_FIRST, COMMON_LAST, Column, Report
from reports.snapshot import RowPage, RowQuery
from reports.tables import ReportPublished, ReportRow
from webapp.domain.db import database
from webapp.domain.find_a_doctor import directory
from webapp.domain.member.consent import OptOut
from webapp.domain.opaque import opaque_key
from webapp.domain.reporting import gap_answers, gap_why
from webapp.domain.reporting.gap_why import Finding
from webapp.domain.reporting.rule_words import Words

PANEL = "patient-panel"

#: Why a sheet holds panel data only.
DUAL, OPTED_OUT = "dual", "opted-out"

#: Columns that the head of the sheet says once.
_SAID_ABOVE = {column.key for column in (*COMMON_FIRST, *COMMON_LAST)} | {"program"}


@dataclass(frozen=True)
class Found:
    """A member of a panel, under the key for addresses."""

    key: str
    row: dict[str, Any]
    practice: str


@dataclass(frozen=True)
class Gap:
    """A test on the sheet: what the report finds, its interval in words, and the answer in words (empty for none)."""

    finding: Finding
    rule: str
    answer: str


@dataclass(frozen=True)
class Events:
    """The member's rows in a report of visits or stays: `columns` are those that tell one row from another."""

    report: Report
    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Sheet:
    """Everything the reports say of one member. `panel_only` says why there is nothing beside the panel, if so."""

    client_id: str
    tin: str
    practice: str
    row: dict[str, Any]
    panel_only: str | None
    reason: list[str]
    due: list[Gap]
    up_to_date: list[Gap]
    events: list[Events]
    made: dict[tuple[date, date | None], list[Report]]


def search(tins: Sequence[str], text: str, page: int, per_page: int) -> RowPage:
    """A page of the members of these practices' panels whose name or Client ID holds `text`."""
    return snapshot.page(PANEL, RowQuery(tins=tuple(tins), search=text, sort="member_name"), page, per_page)


def listed(found: RowPage, session_hash: str) -> list[Found]:
    """The members of a page with their keys and the names of their practices."""
    pcps = snapshot.attributed([row["client_id"] for row in found.rows])
    names = directory.practice_names(sorted({pcp.tin for pcp in pcps.values()}))
    return [
        Found(
            opaque_key(row["client_id"], session_hash),
            row,
            names.get(pcps[row["client_id"]].tin, "") if row["client_id"] in pcps else "",
        )
        for row in found.rows
    ]


def by_key(key: str, session_hash: str, tins: Sequence[str]) -> tuple[str, str] | None:
    """Client ID and TIN of the panel member of that key, among the panels of these practices."""
    if not tins:
        return None
    marks = ", ".join([database.param] * len(tins))
    # Read without Peewee: all the members of the panels are looked at.
    sql = (
        "SELECT listed.client_id, listed.tin FROM report_row AS listed "  # noqa: S608 - placeholders only
        "JOIN report_published AS published ON published.snapshot_id = listed.snapshot_id "
        f"WHERE published.slug = {database.param} AND listed.tin IN ({marks})"
    )
    members = database.execute_sql(sql, (PANEL, *tins)).fetchall()
    return next((member for member in members if opaque_key(member[0], session_hash) == key), None)


def on_panel(client_ids: Sequence[str], tin: str) -> set[str]:
    """Those of these members whom the practice's panel lists."""
    if not client_ids:
        return set()
    query = (
        ReportRow.select(ReportRow.client_id)
        .join(ReportPublished, on=(ReportPublished.snapshot_id == ReportRow.snapshot_id))
        .where(ReportPublished.slug == PANEL, ReportRow.tin == tin, ReportRow.client_id.in_(list(client_ids)))
    )
    return {client_id for (client_id,) in query.tuples()}


def sheet(client_id: str, tin: str, words: Words = str) -> Sheet | None:
    """The sheet of a member of a practice's panel; None where the panel does not list the member."""
    panel = gap_why.rows_of(REPORTS[PANEL], tin, client_id)
    if not panel:
        return None
    row = panel[0]
    panel_only = _panel_only(row)
    gaps = [] if panel_only else _gaps(client_id, tin, words)
    return Sheet(
        client_id=client_id,
        tin=tin,
        practice=directory.practice_name(tin),
        row=row,
        panel_only=panel_only,
        reason=gap_why.panel_reason(client_id, words),
        due=[gap for gap in gaps if gap.finding.due],
        up_to_date=[gap for gap in gaps if not gap.finding.due and gap.finding.is_asked],
        events=[] if panel_only else _events(client_id, tin),
        made=_made(panel_only is not None),
    )


def _panel_only(row: dict[str, Any]) -> str | None:
    if OptOut.select().where(OptOut.client_id == row["client_id"]).exists():
        return OPTED_OUT
    return DUAL if row.get("dual_eligible") == "YES" else None


def _gaps(client_id: str, tin: str, words: Words) -> list[Gap]:
    found = []
    for report in REPORTS.values():
        rows = gap_why.rows_of(report, tin, client_id) if report.tests else []
        for finding in gap_why.findings(report, tin, rows[0]) if rows else ():
            answer = gap_answers.in_full(finding.answer, words) if finding.answer else ""
            found.append(Gap(finding, finding.rule_in_short(words), answer))
    return found


def _events(client_id: str, tin: str) -> list[Events]:
    """Visits and stays, from the published reports whose rows are such."""
    found = []
    for report in REPORTS.values():
        if report.rows not in ("members", "measures") and snapshot.published(report.slug):
            columns = tuple(column for column in report.columns if column.key not in _SAID_ABOVE)
            found.append(Events(report, columns, gap_why.rows_of(report, tin, client_id)))
    return found


def _made(panel_alone: bool) -> dict[tuple[date, date | None], list[Report]]:
    """The reports that the sheet was read from, by the days they speak of and to which their claims are complete."""
    made: dict[tuple[date, date | None], list[Report]] = {}
    for report in REPORTS.values():
        read = report.rows != "measures" and (report.slug == PANEL or not panel_alone)
        if read and (one := snapshot.published(report.slug)):
            made.setdefault((one.as_of, one.complete_through), []).append(report)
    return made
