"""A refresh: read the extract, compute attribution and the reports, write their snapshots, publish them at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
from ibis import _

from reports import attribution, gaps, members, publishing, services, store
from reports.catalog import REPORTS
from reports.codes import FOLDER as CODES
from reports.codes import Code, of, read_codes
from reports.definition import Report
from reports.extract import Extract, Notice, SetAside, open_extract
from reports.parameters import Parameters
from reports.sources import ExtractRefused, unreadable
from reports.store import RefreshRefused, RefreshRunning

__all__ = ["ExtractRefused", "Outcome", "PortalData", "RefreshRefused", "RefreshRunning", "refresh"]

ENGINES = ("duckdb",)


def _silent(_text: str) -> None:
    """Report progress to nobody."""


#: The tables that a refresh reads, and those without which there is nothing to compute.
READ = ("eligibility", "medical_claim", "pharmacy_claim", "provider", "pcp_selection", "icm_status", "ndc")
NEEDED = ("eligibility", "medical_claim")


@dataclass(frozen=True)
class PortalData:
    """What the portal knows beside the extract.

    providers: the loaded directory, with the columns of the `provider` feed; used where the extract has none.
    pcp_selections: member_id, npi, selected_on. opt_outs: client_id (or member_id). consents: not used yet.
    programs: spellings of eligibility's `plan`, in lower case, with the names shown ("HUSKY A").
    """

    providers: pa.Table | None = None
    pcp_selections: pa.Table | None = None
    opt_outs: pa.Table | None = None
    consents: pa.Table | None = None
    programs: Mapping[str, str] = field(default_factory=dict)


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

    Attribution is computed and published with them each time. Raises ExtractRefused for a fault of a file,
    RefreshRefused for an unknown report or engine, RefreshRunning (one of them) when another refresh is at work;
    the snapshots that are served stay as they were.
    """
    if engine not in ENGINES:
        raise RefreshRefused(f"engine {engine!r} is not available; there is {', '.join(ENGINES)}")
    if unknown := [slug for slug in slugs or () if slug not in REPORTS]:
        raise RefreshRefused(f"no report is called {unknown[0]!r}; there are {', '.join(REPORTS)}")
    started = time.monotonic()
    wanted = [REPORTS[slug] for slug in (slugs or REPORTS)]
    with store.only_one_refresh():
        if leftover := store.tidy():
            progress(f"removed {leftover} snapshots that were no longer needed")
        progress("reading the extract")
        with open_extract(folder, READ, needed=NEEDED, memory=memory) as extract:
            work = _Work(
                extract,
                as_of,
                portal or PortalData(),
                parameters or Parameters(),
                read_codes(codes),
                progress,
            )
            try:
                work.compute(wanted)
            except duckdb.Error as error:
                raise _refused(extract, error) from error
            rows, attributed = work.store(wanted)
            through = work.complete_through
            set_aside, notices = tuple(extract.set_aside), tuple(extract.notices)
        store.tidy()
    progress(f"published {len(rows)} reports, {sum(rows.values()):,} rows")
    return Outcome(
        tuple(rows), rows, attributed, set_aside, notices, through, round(time.monotonic() - started, 3)
    )


def _refused(extract: Extract, error: duckdb.Error) -> Exception:
    """A file that turned out to be damaged while it was read refuses the extract; other errors are ours."""
    if isinstance(error, duckdb.IOException | duckdb.InvalidInputException | duckdb.SerializationException):
        for source in extract.sources.values():
            if source.parquet and any(str(path) in str(error) for path in source.paths):
                return unreadable(source, error)
        if isinstance(error, duckdb.InvalidInputException | duckdb.SerializationException):
            return unreadable(extract.sources["medical_claim"], error)
    return error


class _Work:
    """One refresh at work: the opened extract and the tables made on the way."""

    def __init__(
        self,
        extract: Extract,
        as_of: date,
        portal: PortalData,
        parameters: Parameters,
        codes: tuple[Code, ...],
        progress: Callable[[str], None],
    ) -> None:
        self.extract, self.as_of, self.portal = extract, as_of, portal
        self.parameters, self.codes, self.progress = parameters, codes, progress
        self.con = extract.con
        self.complete_through: date | None = None
        self.tables: dict[str, ibis.Table] = {}

    def keep(self, name: str, table: ibis.Table | pa.Table) -> ibis.Table:
        """Compute a table once, to be read by several queries."""
        return self.con.create_table(name, table, overwrite=True)

    def compute(self, wanted: Iterable[Report]) -> None:
        """Make attribution and the rows of each report, as tables."""
        extract, as_of = self.extract, self.as_of
        feed = self._providers()
        providers = self.keep("directory", attribution.directory(feed))
        self.progress("members")
        people = self.keep(
            "members",
            members.on(
                extract.table("eligibility"),
                as_of,
                self.codes,
                opted_out=self._opted_out(),
                icm_status=extract.table("icm_status") if extract.has("icm_status") else None,
                programs=self.portal.programs,
            ),
        )
        self.progress("claims")
        claims = self._claims(feed)
        procedures = services.procedure_spellings(claims.lines, self.codes)
        concepts = set().union(*(gaps.concepts(report) for report in wanted))
        last = self.keep(
            "last_dates",
            services.last_dates(
                claims, self.codes, concepts, as_of, self.parameters, procedures, self._spellings
            ),
        )
        self.progress("attribution")
        visited = self.keep("visits", self._visits(claims, procedures))
        self.tables["attributed"] = self.keep(
            "attributed",
            attribution.attribute(people, providers, visited, self._selections(), self._previous(), as_of),
        )
        for report in wanted:
            self.progress(report.name)
            made = gaps.rows(report, people, self.tables["attributed"], providers, last, as_of)
            self.tables[report.slug] = self.keep(f"rows_{report.slug.replace('-', '_')}", made)

    def _providers(self) -> ibis.Table:
        if self.extract.has("provider"):
            return self.extract.table("provider")
        if self.portal.providers is not None and self.portal.providers.num_rows:
            self._notice("provider", "the extract has no provider file; the directory loaded before is used")
            return self.keep("provider", self.portal.providers)
        self._notice(
            "provider", "there is neither a provider file nor a loaded directory; nobody is attributed"
        )
        return self.keep("provider", _NO_PROVIDERS)

    def _opted_out(self) -> ibis.Table | None:
        table = self.portal.opt_outs
        if table is None:
            return None
        name = "client_id" if "client_id" in table.column_names else "member_id"
        return self.keep("opt_outs", pa.table({"client_id": table.column(name).cast(pa.string())}))

    def _selections(self) -> ibis.Table | None:
        parts = []
        if self.extract.has("pcp_selection"):
            feed = self.extract.table("pcp_selection")
            parts.append(feed.select("member_id", "npi", "selected_on", rank=ibis.literal(0)))
        if self.portal.pcp_selections is not None:
            made = self.portal.pcp_selections.select(["member_id", "npi", "selected_on"])
            kept = self.keep("portal_selections", made)
            parts.append(
                kept.select("member_id", "npi", selected_on=_.selected_on.cast("date"), rank=ibis.literal(1))
            )
        return ibis.union(*parts) if len(parts) == 2 else parts[0] if parts else None

    def _previous(self) -> ibis.Table | None:
        found = store.latest_attribution()
        if not found:
            return None
        client_ids, npis, days = zip(*found, strict=True)
        columns = {"client_id": client_ids, "npi": npis, "effective_on": pa.array(days, pa.date32())}
        return self.keep("previous_attribution", pa.table(columns))

    def _claims(self, feed: ibis.Table) -> services.Claims:
        """Look over the claims and find what is reversed. Views keep the queries over so wide a table short."""
        extract, table = self.extract, self.extract.table("medical_claim")
        seen = services.survey(table, self.as_of)
        self.complete_through = seen.complete_through
        if not extract.has("pharmacy_claim"):
            self._notice(
                "pharmacy_claim", "the extract has no pharmacy claims; prescriptions are not looked at"
            )
        elif not extract.has("ndc"):
            self._notice(
                "ndc", "the extract maps no NDC to an ingredient; only NDCs of the code lists count as drugs"
            )
        return services.Claims(
            lines=self.con.create_view("claim_lines", services.with_service_date(table)),
            places=tuple(name for name in services.DIAGNOSES if name in extract.present["medical_claim"]),
            reversals=services.reversals(table, seen, self.keep),
            pharmacy=extract.table("pharmacy_claim") if extract.has("pharmacy_claim") else None,
            drugs=extract.table("ndc") if extract.has("ndc") else None,
            providers=feed,
        )

    def _visits(self, claims: services.Claims, procedures: list[services.Spelling]) -> ibis.Table:
        p, lines = self.parameters, claims.lines
        clinics = [
            code
            for code in of(self.codes, p.clinic_concepts, ("REVENUE",))
            if code.code not in p.clinics_left_out
        ]
        revenues = services.spellings([lines.revenue_center_code], "REVENUE", clinics)
        return attribution.visits(
            lines,
            self.as_of,
            sorted({spelling.text for spelling in procedures if spelling.concept in p.visit_concepts}),
            sorted({spelling.text for spelling in revenues.get("revenue_center_code", ())}),
            p,
            claims.reversals,
        )

    def _spellings(self, name: str, found: Sequence[services.Spelling]) -> ibis.Table:
        return self.keep(
            name,
            pa.table(
                {
                    "text": pa.array([spelling.text for spelling in found], pa.string()),
                    "concept": pa.array([spelling.concept for spelling in found], pa.string()),
                }
            ),
        )

    def _notice(self, table: str, message: str) -> None:
        self.extract.notices.append(Notice(table, message))

    def store(self, wanted: Iterable[Report]) -> tuple[dict[str, int], int]:
        """Write and publish what was computed. Returns the rows of each report and how many members have a PCP."""
        self.progress("writing attribution")
        draft, attributed = publishing.write_attribution(
            self.tables["attributed"], self.as_of, self.complete_through
        )
        drafts, rows = {draft: attributed}, {}
        for report in wanted:
            self.progress(f"writing {report.name}")
            draft, count = publishing.write_report(
                report, self.tables[report.slug], self.as_of, self.complete_through
            )
            drafts[draft], rows[report.slug] = count, count
        store.publish(drafts)
        return rows, attributed


_NO_PROVIDERS = pa.schema(
    [
        *((name, pa.string()) for name in ("npi", "tin", "individual_medicaid_number", "last_name", "first_name",
                                           "practice_name", "specialty")),
        ("pcp", pa.bool_()),
    ]
).empty_table()  # fmt: skip
