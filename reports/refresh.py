"""A refresh: read the extract, compute attribution and the reports, write their snapshots, publish them at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports import publishing, sources, store, summary, summary_rows
from reports.ahead import ahead
from reports.catalog import REPORTS
from reports.codes import FOLDER as CODES
from reports.codes import read_codes
from reports.computation import Computation, PortalData
from reports.definition import Report
from reports.extract import Notice, SetAside, open_extract
from reports.parameters import Parameters
from reports.publishing import Ready
from reports.sources import ExtractRefused
from reports.store import RefreshRefused, RefreshRunning

__all__ = ["ExtractRefused", "Outcome", "PortalData", "RefreshRefused", "RefreshRunning", "refresh"]

#: The tables that a refresh reads; without the first nothing can be computed.
READ = (
    "eligibility",
    "medical_claim",
    "pharmacy_claim",
    "provider",
    "pcp_selection",
    "icm_status",
    "admission",
    "ndc",
)
CLAIMS = ("medical_claim", "pharmacy_claim")
#: How many computed reports may wait, in memory, to be written.
AHEAD = 6


def _silent(_text: str) -> None:
    """Report progress to nobody."""


@dataclass(frozen=True)
class Outcome:
    """What a refresh did. `rows` counts the published rows of each slug, `attributed` the members with a PCP."""

    slugs: tuple[str, ...]
    rows: dict[str, int]
    attributed: int
    set_aside: tuple[SetAside, ...]
    notices: tuple[Notice, ...]
    complete_through: date | None
    seconds: float

    def lines(self) -> Iterator[str]:
        """The outcome in plain sentences: what was set aside and noticed, then what was published."""
        for aside in self.set_aside:
            first = ", ".join(f"{key} {value or '(blank)'}" for key, value in aside.first.items())
            yield f"{aside.table}: set aside {aside.count:,} rows ({aside.reason}); the first: {first}"
        for notice in self.notices:
            yield f"{notice.table}: {notice.message}"
        through = f", claims complete through {self.complete_through}" if self.complete_through else ""
        for slug, count in self.rows.items():
            yield f"{slug}: {count:,} rows{through}"
        yield f"{self.attributed:,} members have a primary care provider ({self.seconds:.1f} s)"


def refresh(
    folder: Path | str,
    as_of: date,
    *,
    slugs: Sequence[str] | None = None,
    engine: str = "duckdb",
    portal: PortalData | None = None,
    progress: Callable[[str], None] = _silent,
    parameters: Parameters | None = None,
    codes: Path = CODES,
    memory: str = "4GB",
) -> Outcome:
    """Compute the reports (all, or `slugs`) from the extract in `folder` as of a day, and publish them.

    Attribution is computed and published with all of them; single reports go by the published one, where there is one.
    Raises ExtractRefused for a fault of a file, RefreshRefused for an unknown report or engine, RefreshRunning (one of
    them) when another refresh is at work; the snapshots that are served stay as they were.
    """
    if unknown := [slug for slug in slugs or () if slug not in REPORTS]:
        raise RefreshRefused(f"no report is called {unknown[0]!r}; there are {', '.join(REPORTS)}")
    started = time.monotonic()
    wanted = [REPORTS[slug] for slug in (slugs or REPORTS)]
    with store.only_one_refresh():
        if leftover := store.tidy():
            progress(f"removed {leftover} snapshots that were no longer needed")
        progress("reading the extract")
        read, needed = _tables(Path(folder), wanted, portal or PortalData())
        with open_extract(folder, read, needed=needed, memory=memory, engine=engine) as extract:
            work = Computation(
                extract,
                as_of,
                wanted,
                portal=portal or PortalData(),
                parameters=parameters or Parameters(),
                codes=read_codes(codes),
                progress=progress,
                attributes=not slugs or not store.has_attribution(),
                previous=publishing.published_attribution(),
                last_month=summary_rows.last_month(as_of),
            )
            try:
                rows, attributed = _publish(work)
                through = work.complete_through
            except Exception as error:
                # What turns out to be damaged only while it is read refuses the extract all the same.
                raise extract.refusal(error) or error from error
            set_aside, notices = tuple(extract.set_aside), tuple(extract.notices)
        store.tidy()
    progress(f"published {len(rows)} reports, {sum(rows.values()):,} rows")
    return Outcome(
        tuple(rows), rows, attributed, set_aside, notices, through, round(time.monotonic() - started, 3)
    )


def _tables(folder: Path, wanted: Sequence[Report], portal: PortalData) -> tuple[list[str], list[str]]:
    """The tables to read, and those that must be there: no claims for admissions that hospitals tell of, every day."""
    told = sources.find(folder, "admission") is not None or portal.admissions is not None
    if told and store.has_attribution() and all(report.rows == "admissions" for report in wanted):
        return [name for name in READ if name not in CLAIMS], ["eligibility"]
    return list(READ), ["eligibility", "medical_claim"]


def _publish(work: Computation) -> tuple[dict[str, int], int]:
    """Compute, write and publish. Returns the rows of each report and how many members have a PCP."""
    drafts: dict[store.Draft, int] = {}
    rows: dict[str, int] = {}
    as_of = work.as_of
    for report, ready, through, evidence in ahead(_computed(work), AHEAD):
        if report is None:
            draft, count = publishing.write_attribution(ready, as_of, through)
        else:
            draft, count = publishing.write_report(report, ready, as_of, through, evidence)
            rows[report.slug] = count
        drafts[draft] = count
    measured = _figures(work) if summary.SLUG in rows else []
    store.publish(drafts, lambda: measured and summary.keep_month(as_of, measured))
    in_order = {report.slug: rows[report.slug] for report in work.reports}
    return in_order, work.attributed.count().to_pyarrow().as_py()


def _computed(
    work: Computation,
) -> Iterator[tuple[Report | None, Ready, date | None, Callable[[int | None], str]]]:
    """Attribution (for which None stands) and each report as soon as it is computed, the day through which claims are
    complete, and what writes evidence. It leaves the portal's database alone: another thread writes there meanwhile."""
    if work.attributes:
        yield None, publishing.read_attribution(work.attributed), work.complete_through, work.evidence
    for report in sorted(work.reports, key=_turn):
        yield report, publishing.read_report(report, work.rows(report)), work.complete_through, work.evidence


def _turn(report: Report) -> int:
    """When a report is computed. The panel, the longest, needs no look at services and is written while they are
    computed; a summary comes after what it sums up."""
    return (
        {"members": 1, "measures": 3}.get(report.rows, 2) if report.tests or report.rows != "members" else 0
    )


def _figures(work: Computation) -> list[tuple[str, str, str, int, int]]:
    """tin, measure (slug), test_key, eligible and due of each practice: what is kept at the end of a month."""
    table = work.measures.select("tin", "measure", "test_key", "eligible", "due").to_pyarrow()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
