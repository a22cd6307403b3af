"""What a report's page, its download and `portal report` print: the same rows, from the published snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from reports import snapshot, summary
from reports.catalog import REPORTS, Column, Report
from reports.definition import MEMBER_NAME
from reports.snapshot import Practice, RowQuery
from reports.tables import ReportFacet, ReportPublished, ReportSnapshot
from reports.words import N_
from webapp.domain.find_a_doctor import directory
from webapp.domain.member import consent
from webapp.domain.us_dates import us_date

#: What a cell can hold that is a word of ours, not of the data, and is shown in the reader's language.
CELL_WORDS = (
    N_("Due"),
    N_("YES"),
    N_("NO"),
    N_("withheld"),
    N_("Attribution"),
    N_("Self Selection"),
    N_("Emergent"),
    N_("Non-emergent"),
)

#: Translates a text of ours; `str` leaves it in English.
Words = Callable[[str], str]


class NoSuchReport(Exception):
    """There is no such report, it has not been computed, or nobody knows the practice; the message says which."""


@dataclass(frozen=True)
class View:
    """One report of one practice: `total` rows match `query`, `due_total` of them have something Due.

    `practice` is the practice's name, empty where nobody knows it; `only` are the filters in words; `copy` marks the
    one download that a file is.
    """

    report: Report
    tin: str
    practice: str
    snapshot: snapshot.Snapshot | None
    query: RowQuery
    total: int
    due_total: int
    only: tuple[str, ...] = ()
    copy: str = ""

    @property
    def report_id(self) -> str:
        """What a person on the telephone can read out so that others find the same figures: report, day, snapshot; in a
        download, which one it is too."""
        made = self.snapshot
        figures = f"{self.report.slug}-{made.as_of.isoformat()}-{made.id}" if made else ""
        return f"{figures}-{self.copy}" if self.copy else figures

    def rows(self) -> Iterator[dict[str, Any]]:
        """Every row of this snapshot, as it comes from the database, with JSON-ready values."""
        return snapshot.rows(self.report.slug, self.query, at=self.snapshot)

    def cells(self) -> Iterator[list[tuple[str | None, ...]]]:
        """The same rows as they are stored, in batches; each row's position comes last."""
        return snapshot.cells(self.report.slug, self.query, at=self.snapshot)


@dataclass(frozen=True)
class Page:
    """The rows of page `number` of `pages` of a view; `positions` name them as the snapshot has them."""

    view: View
    rows: list[dict[str, Any]]
    number: int
    pages: int
    positions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A practice's rows in one report, on the day the report speaks of."""

    report: Report
    total: int
    due_total: int
    as_of: date
    complete_through: date | None


def has_due(report: Report) -> bool:
    """Whether the report says of anything that it is Due."""
    return any(column.kind == "due" for column in report.columns)


def has_members(report: Report) -> bool:
    """Whether its rows speak of members, who can be looked for; the practice summary's do not."""
    return MEMBER_NAME in report.columns


def find_report(slug: str) -> Report:
    """The report of that slug. Raises NoSuchReport."""
    if slug not in REPORTS:
        raise NoSuchReport(f"there is no report {slug!r}; there are {', '.join(REPORTS)}")
    return REPORTS[slug]


def whole_report(slug: str, tin: str) -> View:
    """All rows of a practice in printed order. Raises NoSuchReport."""
    report = find_report(slug)
    published = snapshot.published(slug)
    if published is None:
        raise NoSuchReport(f"{slug} has not been computed yet: run `portal refresh`")
    name = practice_of(slug, tin).name
    if not name and not _is_known(tin):
        raise NoSuchReport(f"there is no practice with the Tax ID {tin!r}")
    query = _as_agreed(RowQuery(tins=(tin,)), report)
    found = snapshot.page(slug, query, per_page=1, at=published)
    return View(report, tin, name, published, query, found.total, found.due_total)


def read_page(
    report: Report,
    query: RowQuery,
    practice: str,
    number: int = 1,
    per_page: int = 50,
    only: Sequence[str] = (),
) -> Page:
    """One page of the practice in `query`, its only TIN. A page beyond the last is the last."""
    query = _as_agreed(query, report)
    found = snapshot.page(report.slug, query, number, per_page)
    view = View(
        report, query.tins[0], practice, found.snapshot, query, found.total, found.due_total, tuple(only)
    )
    return Page(view, found.rows, found.page, found.pages, found.positions)


def _as_agreed(query: RowQuery, report: Report) -> RowQuery:
    """The query with what members agree to now: who opted out since the report was made is left out, and what a consent
    showed that has ended since is withheld."""
    withheld = consent.withheld_now(report, query.tins)
    return replace(query, hidden=consent.hidden_from(report), withheld=withheld)


def practice_of(slug: str, tin: str) -> Practice:
    """The practice as report `slug` has it; its name from the directory where the report holds no row of it."""
    practice = snapshot.practice(slug, tin)
    return practice if practice.name else replace(practice, name=directory.practice_name(tin))


def figures(tins: Sequence[str]) -> dict[str, list[Figure]]:
    """Of each practice its figures in every published report, in the order of the drop-down."""
    if not tins:
        return {}
    found = (
        ReportFacet.select(
            ReportFacet.tin,
            ReportPublished.slug,
            ReportFacet.total,
            ReportFacet.due_total,
            ReportSnapshot.as_of,
            ReportSnapshot.complete_through,
        )
        .join(ReportPublished, on=(ReportPublished.snapshot_id == ReportFacet.snapshot_id))
        .join(ReportSnapshot, on=(ReportSnapshot.id == ReportFacet.snapshot_id))
        .where(ReportFacet.tin.in_(list(tins)), ReportFacet.kind == "practice", ReportFacet.value == "")
        .tuples()
    )
    of: dict[str, list[Figure]] = {tin: [] for tin in tins}
    for tin, slug, *rest in found:
        if slug in REPORTS:
            of[tin].append(Figure(REPORTS[slug], *rest))
    places = list(REPORTS)
    for listed in of.values():
        listed.sort(key=lambda figure: places.index(figure.report.slug))
    return of


def as_json(view: View) -> dict[str, Any]:
    """The object that `portal report` prints; dates in ISO, a blank is None."""
    made = view.snapshot
    return {
        "report": view.report.slug,
        "title": view.report.title,
        "as_of": made.as_of.isoformat() if made else None,
        "complete_through": made.complete_through.isoformat() if made and made.complete_through else None,
        "tin": view.tin,
        "practice": view.practice or None,
        "excluded": view.report.excluded,
        "rows": list(view.rows()),
    }


def header_block(view: View, words: Words = str) -> Iterator[list[str]]:
    """What stands over a printed report (guide 003, each sample table), as lines of one or two cells."""
    report, made = view.report, view.snapshot
    yield [words(report.title)]
    yield [words(N_("Practice")), view.practice]
    yield [words(N_("Tax ID Number (TIN)")), view.tin]
    if made:
        yield [words(N_("As of")), us_date(made.as_of)]
        if made.complete_through:
            yield [words(N_("Claims complete through")), us_date(made.complete_through)]
    if report.excluded:
        yield [words(report.excluded)]
    if view.only:
        yield [words(N_("Only")), "; ".join(view.only)]
    yield [words(N_("Rows")), str(view.total)]
    if has_due(report):
        yield [words(N_("Rows with something Due")), str(view.due_total)]
    if made:
        yield [words(N_("Report ID")), view.report_id]


def cell_words(words: Words = str) -> dict[str, str]:
    """CELL_WORDS, the kinds of tests, and the names of the summary's measures, in the reader's language."""
    named = {measure.name: ": ".join(words(part) for part in measure.names) for measure in summary.measures()}
    kinds = [way.name for report in REPORTS.values() for test in report.tests for way in test.ways]
    return {**named, **{word: words(word) for word in (*CELL_WORDS, *kinds)}}


def cell_text(column: Column, ours: Mapping[str, str]) -> Callable[[Any], str]:
    """How the values of a column are written for people: a function from a value (never None) to text.

    Dates as mm/dd/yyyy; percentages with one decimal; the words of `ours` (cell_words) in the reader's language;
    everything else as it is.
    """
    if column.kind == "date":

        def show_date(value: str) -> str:
            if len(value) == 10 and value[4] == "-":
                return f"{value[5:7]}/{value[8:]}/{value[:4]}"
            return ours.get(value, value)

        return show_date
    if column.kind == "percent":
        return lambda value: f"{value:.1f}%" if isinstance(value, float) else ours.get(value, str(value))
    if column.kind in ("due", "flag", "text") or column.sensitive:
        return lambda value: ours.get(value, value)
    return str


def _is_known(tin: str) -> bool:
    """Whether a practice has this TIN. Before a directory has been loaded, any may be one."""
    return directory.tin_exists(tin) or not directory.Provider.select().exists()
