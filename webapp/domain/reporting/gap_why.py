"""Why a cell of a gap report says what it says: the rule, the last claim that counted, why the member is listed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from reports import evidence, snapshot, tables
from reports.dates import due_before
from reports.definition import Report, Test
from reports.evidence import Evidence
from reports.parameters import Parameters
from reports.snapshot import RowQuery
from reports.tables import ATTRIBUTION, ReportRow
from reports.words import N_
from webapp.domain.find_a_doctor import directory
from webapp.domain.member import consent
from webapp.domain.reporting import gap_answers
from webapp.domain.reporting.gap_answers import Gap, Given
from webapp.domain.reporting.rule_words import Words, behind, in_short, months, rule_of
from webapp.domain.us_dates import us_date

DRUG_ONLY = "drug only"


@dataclass(frozen=True)
class Finding:
    """One test of one member: Due or not, the last date (ISO; None where no claim counts) and its kind where there
    are several, what that date comes from, and the practice's answer. `visits`: how many a schedule asks for by now,
    where that alone makes it Due."""

    test: Test
    due: bool
    last_on: str | None
    kind: str | None
    evidence: Evidence | None
    answer: Given | None
    ever: bool = False  # a test that is asked for once has been done
    visits: int = 0

    @property
    def is_asked(self) -> bool:
        """Whether the test says anything of this member."""
        return self.due or self.ever or self.last_on is not None

    def rule(self, words: Words = str) -> list[str]:
        """The rule in full, and what of it makes this one Due where the last date does not."""
        return [*rule_of(self.test, words), *([behind(self.visits, words)] if self.visits else [])]

    def rule_in_short(self, words: Words = str) -> str:
        """The part of the rule by which this one is Due, in one sentence."""
        return behind(self.visits, words) if self.visits else in_short(self.test, self.kind, words)


@dataclass(frozen=True)
class Why:
    """What the page of one cell tells. `row` is the member's row in the report served now, which speaks of `as_of`."""

    report: Report
    as_of: date
    row: dict[str, Any]
    finding: Finding
    rule: list[str]
    listed: list[str]
    history: list[Given]


def member_at(slug: str, snapshot_id: int, tin: str, position: int) -> str | None:
    """Whose row stands, or stood, at a place of a snapshot that is kept; None where there is none."""
    found = (
        ReportRow.select(ReportRow.client_id)
        .join(tables.ReportSnapshot, on=(tables.ReportSnapshot.id == ReportRow.snapshot_id))
        .where(
            tables.ReportSnapshot.slug == slug,
            ReportRow.snapshot_id == snapshot_id,
            ReportRow.tin == tin,
            ReportRow.position == position,
        )
        .tuples()
        .first()
    )
    return found[0] if found else None


def rows_of(report: Report, tin: str, client_id: str) -> list[dict[str, Any]]:
    """The member's rows in the report that is served, details included, as the practice may read them now."""
    if client_id in consent.hidden_from(report):
        return []
    query = RowQuery(tins=(tin,), client_id=client_id, withheld=consent.withheld_now(report, (tin,)))
    return list(snapshot.rows(report.slug, query, details=True))


def findings(report: Report, tin: str, row: dict[str, Any]) -> list[Finding]:
    """What a member's row says of each test of the report, in the report's order."""
    client_id = row["client_id"]
    made = snapshot.published(report.slug) if any(test.schedule for test in report.tests) else None
    answers = gap_answers.standing(tin, [client_id])
    withheld = consent.evidence_withheld(client_id, (tin,))
    found = [_finding(test, row, answers.get((client_id, test.key)), withheld) for test in report.tests]
    return [replace(one, visits=_visits_asked(one, row, made.as_of)) if made else one for one in found]


def why(report: Report, test: Test, tin: str, client_id: str, words: Words = str) -> Why | None:
    """Everything about one cell; None where the report does not list the member any more."""
    rows, made = rows_of(report, tin, client_id), snapshot.published(report.slug)
    if not rows or made is None:
        return None
    row = rows[0]
    found = next(one for one in findings(report, tin, row) if one.test.key == test.key)
    listed = [*panel_reason(client_id, words), *_report_reason(row, words)]
    history = gap_answers.history(Gap(tin, client_id, test.key))
    return Why(report, made.as_of, row, found, found.rule(words), listed, history)


def panel_reason(client_id: str, words: Words = str) -> list[str]:
    """Why a member is on the panel, in sentences: own selection, or the visits that were counted."""
    pcp = snapshot.attributed([client_id]).get(client_id)
    made = snapshot.published(ATTRIBUTION)
    if pcp is None or made is None:
        return [words(N_("The present attribution names no primary care provider for this member."))]
    name = directory.provider_name(pcp.npi) or pcp.npi
    told = []
    if pcp.kind == "Self Selection":
        said = (
            N_("The member chose %(pcp)s as primary care provider on %(day)s.")
            if pcp.latest_on
            else N_("The member chose %(pcp)s as primary care provider.")
        )
        told.append(words(said) % {"pcp": name, "day": us_date(pcp.latest_on)})
    else:
        span = months(Parameters().attribution_months, words)
        told.append(
            words(
                N_(
                    "Attributed by visits: %(pcp)s had most of the member's visits to primary care providers "
                    "in the %(span)s before %(day)s."
                )
            )
            % {"pcp": name, "span": span, "day": us_date(made.as_of)}
        )
        if pcp.visits and pcp.latest_on:
            told.append(
                words(N_("Visits counted: %(visits)s. Last visit: %(day)s."))
                % {"visits": pcp.visits, "day": us_date(pcp.latest_on)}
            )
    told.append(words(N_("PCP since %(day)s.")) % {"day": us_date(pcp.effective_on)})
    return told


def _report_reason(row: dict[str, Any], words: Words) -> list[str]:
    kind = row.get("why")
    if kind == DRUG_ONLY:
        return [words(N_("Listed because of a prescription; no claim reports the diagnosis (drug only)."))]
    return [words(N_("Listed because claims report the diagnosis."))] if kind else []


def _finding(test: Test, row: dict[str, Any], answer: Given | None, withheld: bool) -> Finding:
    found = evidence.read(row.get(test.evidence_key) or "")
    if found and withheld:
        found = replace(found, code="", facility="", withheld=True)
    said = row.get(test.due_key)
    return Finding(
        test=test,
        due=said == "Due",
        last_on=None if test.once else row.get(test.date_key),
        kind=row.get(f"{test.key}_kind") if test.ways else None,
        evidence=found,
        answer=answer,
        ever=test.once and said == "YES",
    )


def _visits_asked(found: Finding, row: dict[str, Any], as_of: date) -> int:
    """How many visits the schedule asks of a child whose last one is recent and who is Due all the same; else none."""
    schedule, last_on, born = found.test.schedule, found.last_on, row["date_of_birth"]
    if not (schedule and found.due and last_on and born):
        return 0
    if date.fromisoformat(last_on) < due_before(as_of, found.test.months):
        return 0
    return schedule.asks(date.fromisoformat(born), as_of)
