"""From members and their services to what is due, as a report's definition says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from reports import packing
from reports.codebook import Step
from reports.dates import add_months, born_on_or_before, due_before
from reports.definition import Population, Report, Schedule, Test, Who
from reports.services import Group, Services

#: Why a member is on a report: by a diagnosis, or by a prescription alone, which is weaker evidence.
BY_DIAGNOSIS = "diagnosis"
BY_DRUG = "drug only"
DUE, YES = "Due", "YES"


@dataclass(frozen=True)
class Known:
    """What the rules look at beside the members: their services, the visits of young children (person_id, visits)."""

    services: Services
    visits: ibis.Table | None
    step: Step


def groups(reports: Iterable[Report]) -> list[Group]:
    """Every group of concepts that the reports ask for."""
    found: dict[Group, None] = {}
    for report in reports:
        found.update(dict.fromkeys((concept,) for concept in report.population.any_of))
        for test in report.tests:
            found.update(dict.fromkeys(_groups_of(test)))
    return list(found)


def dated(reports: Iterable[Report]) -> set[Group]:
    """The groups of which the first day matters beside the last."""
    ends = [test.never for report in reports for test in report.tests if test.never]
    return {(side,) for never in ends for side in never.both or ()}


def _groups_of(test: Test) -> Iterable[Group]:
    if test.concepts:
        yield test.concepts
    yield from (way.concepts for way in test.ways)
    if test.alongside:
        yield test.alongside.concepts
    if test.never:
        yield test.never.any_of
        yield from ((side,) for side in test.never.both or ())


def applies(test: Test) -> str:
    """The column (bool) that says whether a test is asked of the member."""
    return f"{test.key}_applies"


def measured(report: Report, people: ibis.Table, known: Known, as_of: date) -> ibis.Table:
    """Those of `people` (client_id, person_id, date_of_birth, gender) who are in the report's population: client_id and
    the cells of its tests, with `<test>_evidence` (a packed service) and `<test>_applies`; `why` where it is asked."""
    name = report.slug.replace("-", "_")
    used = known.services.columns(groups([report]))
    table = _in_population(people, report.population, as_of)
    table = table.select("client_id", "person_id", "date_of_birth", "gender")
    if used:
        services = known.services.table.select(*used, served="person_id")
        table = table.left_join(services, table.person_id == services.served).drop("served")
    if report.population.any_of:
        table = _with_why(table, report.population, known.services, as_of)
    if known.visits is not None and any(test.schedule for test in report.tests):
        visits = known.visits.select(visitor="person_id", visits="visits")
        table = table.left_join(visits, table.person_id == visits.visitor).drop("visitor")
    for test in report.tests:
        table = known.step(f"{name}_{test.key}", table)
        table = table.mutate(**_cells(table, test, known.services, as_of))
    return known.step(f"{name}_measured", table).drop("person_id", "date_of_birth", "gender", *used)


def printed(report: Report, table: ibis.Table) -> ibis.Table:
    """`table` without the members whom the printed report leaves out."""
    if report.population.leaves_out_dual:
        table = table.filter(~_.dual)
    if report.population.leaves_out_opted_out:
        table = table.filter(~_.opted_out)
    return table


def any_due(report: Report, table: ibis.Table) -> ibis.Value:
    """Whether any test of the report is Due."""
    return ibis.or_(ibis.literal(False), *[table[test.due_key] == DUE for test in report.tests])


def _in_population(table: ibis.Table, population: Population, as_of: date) -> ibis.Table:
    if population.who == (Who(),):
        return table
    return table.filter(ibis.or_(*[_is(table, who, as_of) for who in population.who]))


def _is(table: ibis.Table, who: Who, as_of: date) -> ibis.Value:
    """Whether the member is of the age and gender; ages in whole years on the as-of date."""
    tests: list[ibis.Value] = [ibis.literal(True)]
    if who.age_from is not None:
        tests.append(table.date_of_birth <= ibis.literal(born_on_or_before(as_of, who.age_from)))
    if who.age_to is not None:
        tests.append(table.date_of_birth > ibis.literal(born_on_or_before(as_of, who.age_to + 1)))
    if who.gender:
        tests.append((table.gender == who.gender).fill_null(False))
    return ibis.and_(*tests)


def _with_why(table: ibis.Table, population: Population, services: Services, as_of: date) -> ibis.Table:
    """Keep who meets one of the criteria, with `why`."""
    since = ibis.literal(add_months(as_of, -(population.within_months or 0)))
    met = {
        concept: (packing.day(table[services.last((concept,))]) >= since).fill_null(False)
        for concept in population.any_of
    }
    strong = [test for concept, test in met.items() if concept not in population.weak]
    why = ibis.ifelse(ibis.or_(ibis.literal(False), *strong), BY_DIAGNOSIS, BY_DRUG)
    return table.filter(ibis.or_(*met.values())).mutate(why=why)


def _cells(table: ibis.Table, test: Test, services: Services, as_of: date) -> dict[str, ibis.Value]:
    """The cells of one test."""
    asked = _is(table, test.who, as_of) & ~_ended(table, test, services)
    shown = _is(table, test.dated_for, as_of) if test.dated_for else asked
    last, kind = _last_service(table, test, services)
    last = ibis.ifelse(shown, last, ibis.null("int64"))
    day = packing.day(last)
    late = _late(test, day, kind, as_of)
    cells = {applies(test): asked, test.evidence_key: last}
    if test.alongside:
        since = ibis.literal(add_months(as_of, -test.alongside.months))
        beside = packing.day(table[services.last(test.alongside.concepts)])
        done = (beside >= since).fill_null(False) & asked
        cells[test.alongside.key] = ibis.ifelse(done, YES, "")
        late = late & ~(done & (day >= since).fill_null(False))
    if test.schedule:
        late = late | _behind(table, test.schedule, as_of)
    due = ibis.ifelse(asked & late, DUE, "")
    if test.once:
        return cells | {test.due_key: ibis.ifelse(day.notnull(), YES, due)}
    if test.ways:
        cells[f"{test.key}_kind"] = ibis.ifelse(day.notnull(), kind, "")
    return cells | {test.due_key: due, test.date_key: day}


def _last_service(table: ibis.Table, test: Test, services: Services) -> tuple[ibis.Value, ibis.Value]:
    """The last service of a test and, where it has ways, which: of one day the way that lasts longest."""
    if not test.ways:
        return table[services.last(test.concepts)], ibis.literal("")
    ranked = sorted(enumerate(test.ways), key=lambda item: (item[1].months, -item[0]))
    keys = {}
    for rank, (_place, way) in enumerate(ranked):
        service = table[services.last(way.concepts)]
        keys[way] = ibis.ifelse(service.isnull(), -1, (service >> packing.DAY_AT) * len(ranked) + rank)
    latest = ibis.greatest(*keys.values())
    found = [(way, (latest >= 0) & (key == latest)) for way, key in keys.items()]
    last = ibis.cases(
        *[(is_it, table[services.last(way.concepts)]) for way, is_it in found], else_=ibis.null("int64")
    )
    return last, ibis.cases(*[(is_it, way.name) for way, is_it in found], else_="")


def _ended(table: ibis.Table, test: Test, services: Services) -> ibis.Value:
    """Whether something ended the need for the test."""
    if not test.never:
        return ibis.literal(False)
    ended = table[services.last(test.never.any_of)].notnull()
    if not test.never.both:
        return ended
    one, other = (((side,)) for side in test.never.both)
    days = [(table[services.first(side)], packing.day(table[services.last(side)])) for side in (one, other)]
    (first_one, last_one), (first_other, last_other) = days
    on_one_day = (first_one == last_one) & (first_other == last_other) & (first_one == first_other)
    both = first_one.notnull() & first_other.notnull() & ~on_one_day.fill_null(False)
    return ended | both


def _late(test: Test, day: ibis.Value, kind: ibis.Value, as_of: date) -> ibis.Value:
    """Whether the last date plus the interval is strictly before the as-of date, or there is none."""
    if test.once:
        return day.isnull()
    if not test.ways:
        return day.isnull() | (day < ibis.literal(due_before(as_of, test.months))).fill_null(False)
    limits = [(kind == way.name, ibis.literal(due_before(as_of, way.months))) for way in test.ways]
    return day.isnull() | (day < ibis.cases(*limits, else_=ibis.null("date"))).fill_null(False)


def _behind(table: ibis.Table, schedule: Schedule, as_of: date) -> ibis.Value:
    """Whether a young child has had fewer visits than the schedule asks for by its age."""
    born = table.date_of_birth
    asked = sum(ibis.ifelse(born < ibis.literal(day), 1, 0) for day in schedule.asked_of_born_before(as_of))
    is_young = born >= ibis.literal(schedule.watches_born_from(as_of))
    return is_young & (table.visits.fill_null(0) < asked)


def watched(report: Report, people: ibis.Table, as_of: date) -> ibis.Table | None:
    """person_id and born of the children whose visits a schedule of the report counts; None where it counts none."""
    schedules = [test.schedule for test in report.tests if test.schedule]
    if not schedules:
        return None
    since = min(schedule.watches_born_from(as_of) for schedule in schedules)
    young = people.filter(_.date_of_birth >= ibis.literal(since))
    return young.group_by("person_id").agg(born=_.date_of_birth.min())
