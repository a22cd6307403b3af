"""The computation of a refresh, step by step; each step is made when it is first needed and then kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import ibis
import pyarrow as pa
from ibis import _

from reports import (
    attribution,
    gaps,
    members,
    packing,
    panels,
    reversals,
    sensitive,
    services,
    summary_rows,
)
from reports.catalog import in_group
from reports.claims import Claims, up_to, with_service_date
from reports.codebook import Codebook
from reports.codes import Code
from reports.definition import Report, Rows
from reports.events import EVENTS, FACILITY_COLUMNS, Sources, concepts
from reports.events.facilities import facilities
from reports.evidence import WITHHELD
from reports.extract import Extract, Notice
from reports.parameters import Parameters


@dataclass(frozen=True)
class PortalData:
    """What the portal knows beside the extract.

    providers: the loaded directory, with the columns of the `provider` feed; used where the extract has none.
    pcp_selections: member_id, npi, selected_on. opt_outs: client_id (or member_id). admissions: the columns of the
    `admission` feed; used where the extract has none. consents: client_id, tin ('' for any practice), category (hiv,
    sud, bh), starts_on, ends_on (null: until withdrawn). programs: spellings of eligibility's `plan`, in lower case,
    with the names shown ("HUSKY A").
    """

    providers: pa.Table | None = None
    pcp_selections: pa.Table | None = None
    opt_outs: pa.Table | None = None
    consents: pa.Table | None = None
    admissions: pa.Table | None = None
    programs: Mapping[str, str] = field(default_factory=dict)


class Computation:
    """One refresh at work: the opened extract and what is made of it. `reports` are those asked for."""

    def __init__(
        self,
        extract: Extract,
        as_of: date,
        reports: Sequence[Report],
        *,
        portal: PortalData,
        parameters: Parameters,
        codes: tuple[Code, ...],
        progress: Callable[[str], None],
        attributes: bool,
        previous: pa.Table,
        last_month: pa.Table,
    ) -> None:
        self.extract, self.as_of, self.reports = extract, as_of, reports
        extract.engine.forget_order()
        self.portal, self.parameters, self.progress = portal, parameters, progress
        self.codes, self.book = codes, Codebook(codes, parameters)
        self._rows: dict[str, ibis.Table] = {}
        #: Whether attribution is computed anew; else the published one, `previous`, is used.
        self.attributes = attributes
        self.previous, self.last_month = previous, last_month

    def keep(self, name: str, table: ibis.Table | pa.Table) -> ibis.Table:
        """Compute a table once, to be read by several queries."""
        return self.extract.con.create_table(name, table, overwrite=True)

    def step(self, name: str, table: ibis.Table) -> ibis.Table:
        """Name a query without computing it. Long queries are compiled much faster in steps."""
        return self.extract.con.create_view(name, table, overwrite=True)

    def notice(self, table: str, message: str) -> None:
        """Note something that the plan should know."""
        self.extract.notices.append(Notice(table, message))

    @cached_property
    def feed(self) -> ibis.Table:
        """The provider feed: the extract's, or else the loaded directory."""
        if self.extract.has("provider"):
            return self.extract.table("provider")
        if self.portal.providers is not None and self.portal.providers.num_rows:
            self.notice("provider", "the extract has no provider file; the directory loaded before is used")
            return self.keep("provider", self.portal.providers)
        self.notice(
            "provider", "there is neither a provider file nor a loaded directory; nobody is attributed"
        )
        return self.keep("provider", _NO_PROVIDERS)

    @cached_property
    def directory(self) -> ibis.Table:
        """The rows under which members can be attributed."""
        return self.keep("directory", attribution.directory(self.feed))

    @cached_property
    def people(self) -> ibis.Table:
        """Everyone enrolled and alive on the as-of date."""
        self.progress("members")
        found = members.on(
            self.extract.table("eligibility"),
            self.as_of,
            self.codes,
            opted_out=self._opted_out(),
            icm_status=self.extract.table("icm_status") if self.extract.has("icm_status") else None,
            programs=self.portal.programs,
        )
        return self.keep("members", found)

    @cached_property
    def survey(self) -> reversals.Survey:
        """What one look over the claims tells."""
        told = self.extract.footers["medical_claim"]
        return reversals.survey(self.extract.table("medical_claim"), self.as_of, told)

    @property
    def complete_through(self) -> date | None:
        """The day through which claims are complete; None where they are not looked at."""
        return self.survey.complete_through if self.extract.has("medical_claim") else None

    @cached_property
    def claims(self) -> Claims:
        """The medical claims, matched to codes on demand."""
        table = self.extract.numbered("medical_claim")
        present = self.extract.filled("medical_claim")
        undated = self.step("claim_lines_undated", with_service_date(table, present))
        reversed_ = reversals.reversals(table, self.survey, self.keep)
        return Claims(
            lines=self.step("claim_lines", up_to(undated, self.as_of)),
            undated=undated,
            present=present,
            reversals=reversed_,
            providers=self.feed,
            book=self.book,
            parameters=self.parameters,
            keep=self.keep,
            step=self.step,
        )

    @cached_property
    def _sources(self) -> Sources:
        admissions = self.portal.admissions
        claimed = self.extract.has("medical_claim")
        return Sources(
            extract=self.extract,
            claims=self.extract.numbered("medical_claim") if claimed else _none("claim_id"),
            reversals=self.claims.reversals if claimed else reversals.Reversals(),
            providers=self.feed,
            as_of=self.as_of,
            codes=self.codes,
            keep=self.keep,
            flags=_none("claim_id", "flags"),
            last_dates=_none("person_id", "concept", "last_date"),
            notice=self.notice,
            rules=self.parameters.events,
            admissions=None if admissions is None else self.keep("portal_admissions", admissions),
            spelled=self.claims.texts if claimed else None,
        )

    def sources(self, rows: Rows) -> Sources:
        """Where the events of a kind come from, with the claims' flags and the last visits where they are looked at."""
        found = self._sources
        if rows != "admissions" or not found.are_told:
            found = replace(found, flags=self.flags)
        if wanted := sorted(concepts(rows)):
            self.progress("office visits")
            visitors = found.lines.filter(_.is_ed).select("person_id").distinct()
            days = self.keep(
                "last_days", services.last_days(self.claims, wanted, self.keep("ed_visitors", visitors))
            )
            found = replace(found, last_dates=days.mutate(concept=ibis.literal(wanted[0])))
        return found

    @cached_property
    def _places(self) -> ibis.Table:
        """The facilities and doctors of the provider feed, by NPI."""
        return self._sources.once("facilities", facilities)

    @cached_property
    def flags(self) -> ibis.Table:
        """claim_id and flags of the claims that hold sensitive information."""
        self.progress("sensitive claims")
        known = self._places.select("npi", flags=_.facility_flags)
        return self.keep("claim_flags", sensitive.claim_flags(self.claims, known))

    @cached_property
    def attributed(self) -> ibis.Table:
        """The PCP of each member who has one."""
        if not self.attributes:
            return self.keep("attributed", self.previous)
        self.progress("attribution")
        selections = self._selections()
        wanted = attribution.candidates(self.directory, selections)
        visited = self.step("visits", attribution.visits(self.claims, wanted, self.as_of))
        return self.keep(
            "attributed",
            attribution.attribute(
                self.people, self.directory, visited, selections, self._previous(), self.as_of
            ),
        )

    @cached_property
    def panel(self) -> ibis.Table:
        """Every attributed member with their practice, in printed order."""
        return self.keep("panel", panels.panel(self.people, self.attributed, self.directory))

    @cached_property
    def allowed(self) -> ibis.Table | None:
        """What each member's consents let their practice see."""
        if self.portal.consents is None or not self.portal.consents.num_rows:
            return None
        consents = self.keep("consents", self.portal.consents)
        return self.keep("allowed", sensitive.allowed(consents, self.attributed, self.as_of))

    @cached_property
    def known(self) -> gaps.Known:
        """What the rules of the gap reports look at."""
        self.progress("services")
        asked = [report for report in self._needed() if report.rows == "members"]
        groups = gaps.groups(asked)
        wanted = sorted({concept for group in groups for concept in group})
        found = services.by_code(self.claims, wanted, self._withheld(), self._drugs(wanted))
        found = self.keep("services_by_code", found)
        return gaps.Known(
            services=services.by_group(found, groups, gaps.dated(asked), self.book, self.keep),
            visits=self._visits_of_children(asked),
            step=self.step,
        )

    @cached_property
    def evidence(self) -> Callable[[int | None], str]:
        """Turns a packed service into the stored cell."""
        places = (
            self._places.select(npi=_.npi.try_cast("int64"), name=_.facility_name).to_pyarrow().to_pydict()
        )
        return packing.reader(self.book.shown(), dict(zip(places["npi"], places["name"], strict=True)))

    def _withheld(self) -> ibis.Table:
        """claim_id of the sensitive claims whose detail the member's practice may not see."""
        if self.allowed is None:
            return self.flags.select("claim_id")
        ids = self.people.select("client_id", "person_id").join(self.allowed, "client_id")
        allowed = ids.group_by("person_id").agg(allowed=sensitive.any_of(_.allowed))
        persons = (
            self.claims.lines.select("claim_id", "person_id").semi_join(self.flags, "claim_id").distinct()
        )
        shown = (
            persons.join(allowed, "person_id")
            .join(self.flags, "claim_id")
            .filter((_.flags & (sensitive.ALL - _.allowed)) == 0)
        )
        return self.keep("withheld_claims", self.flags.select("claim_id").anti_join(shown, "claim_id"))

    def _drugs(self, wanted: Sequence[str]) -> ibis.Table | None:
        if not self.book.of(wanted, ("NDC", "INGREDIENT")):
            return None
        if not self.extract.has("pharmacy_claim"):
            self.notice(
                "pharmacy_claim", "the extract has no pharmacy claims; prescriptions are not looked at"
            )
            return None
        ndc = self.extract.table("ndc") if self.extract.has("ndc") else None
        if ndc is None:
            self.notice(
                "ndc", "the extract maps no NDC to an ingredient; only NDCs of the code lists count as drugs"
            )
        pharmacy = self.extract.table("pharmacy_claim")
        return services.by_drug(pharmacy, ndc, self.book, self.keep, wanted, self.as_of)

    def _visits_of_children(self, asked: Iterable[Report]) -> ibis.Table | None:
        for report in asked:
            young = gaps.watched(report, self.people, self.as_of)
            if young is not None:
                concepts = [c for test in report.tests if test.schedule for c in test.all_concepts]
                return self.keep("visits_of_children", services.visit_days(self.claims, concepts, young))
        return None

    def _needed(self) -> tuple[Report, ...]:
        """The reports asked for, and those that a summary sums up."""
        summed = in_group("gaps") if any(report.rows == "measures" for report in self.reports) else ()
        return tuple(dict.fromkeys((*self.reports, *summed)))

    def rows(self, report: Report) -> ibis.Table:
        """The rows of one report, as `panels.rows` gives them; made once."""
        if report.slug not in self._rows:
            self.progress(report.name)
            made = self._made(report)
            self._rows[report.slug] = self.keep(f"rows_{_name(report)}", made)
        return self._rows[report.slug]

    def _made(self, report: Report) -> ibis.Table:
        if report.rows == "measures":
            return summary_rows.rows(self.measures, self.keep, self.last_month)
        listed = gaps.printed(report, self.panel)
        if report.rows != "members":
            return self._event_rows(report, listed)
        if report.tests:
            found = gaps.measured(report, listed, self.known, self.as_of)
            listed = self.step(f"listed_{_name(report)}", listed.join(found, "client_id"))
        asked = [gaps.applies(test) for test in report.tests]
        return panels.rows(report, listed, gaps.any_due(report, listed), also=asked)

    def _event_rows(self, report: Report, listed: ibis.Table) -> ibis.Table:
        found = self.keep(report.rows, EVENTS[report.rows](self.sources(report.rows)))
        key = "client_id" if "client_id" in found.columns else "person_id"
        events = self.step(f"{report.rows}_of_members", listed.join(found, key))
        table = self.step(f"{report.rows}_with_withholding", sensitive.with_withholding(events, self.allowed))
        hidden = {
            column.key: ibis.ifelse(
                table.facility_withheld if column.key in FACILITY_COLUMNS else table.withheld,
                WITHHELD,
                table[column.key].cast("string"),
            )
            for column in report.columns
            if column.sensitive
        }
        own = [column.key for column in report.columns if column.key in found.columns]
        return panels.rows(report, table.mutate(**hidden), ibis.literal(False), order=own)

    @cached_property
    def measures(self) -> ibis.Table:
        """tin, practice, measure (the report's slug), test_key, eligible and due: each test in each practice."""
        parts = []
        for report in in_group("gaps"):
            table = self.rows(report)
            for test in report.tests:
                asked = table[gaps.applies(test)]
                parts.append(
                    table.group_by("tin", "practice")
                    .agg(
                        eligible=asked.cast("int64").sum(),
                        due=(asked & (table[test.due_key] == gaps.DUE)).cast("int64").sum(),
                    )
                    .mutate(measure=ibis.literal(report.slug), test_key=ibis.literal(test.key))
                )
        return self.keep("measures", ibis.union(*parts))

    def _opted_out(self) -> ibis.Table | None:
        table = self.portal.opt_outs
        if table is None:
            return None
        name = "client_id" if "client_id" in table.column_names else "member_id"
        return self.keep("opt_outs", pa.table({"client_id": table.column(name).cast(pa.string())}))

    def _selections(self) -> ibis.Table | None:
        parts = []
        if self.extract.has("pcp_selection"):
            if self.feed.count().to_pyarrow().as_py():
                known = self.feed.select("npi").distinct().to_pyarrow().column(0).to_pylist()
                self.extract.set_aside_unknown_selections(known)
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
        return self.keep("previous_attribution", self.previous) if self.previous.num_rows else None


def _name(report: Report) -> str:
    return report.slug.replace("-", "_")


def _none(*columns: str) -> ibis.Table:
    """A table without rows, for what is not looked at."""
    return ibis.memtable(pa.table({name: pa.array([], _TYPES.get(name, pa.string())) for name in columns}))


_TYPES = {"flags": pa.int64(), "last_date": pa.date32()}
_NO_PROVIDERS = pa.schema(
    [
        *((name, pa.string()) for name in ("npi", "tin", "individual_medicaid_number", "last_name", "first_name",
                                           "practice_name", "specialty", "kind", "state")),
        ("pcp", pa.bool_()),
    ]
).empty_table()  # fmt: skip
