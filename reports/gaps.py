"""From members and their services to what is due, as a report's definition says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

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
    """What the rules look at beside the members: their services, the visits of young children (person_id, visits),
    how codes are written (number, shown) and facilities are called (npi, name)."""

    services: Services
    visits: ibis.Table | None
    codes: ibis.Table
    facilities: ibis.Table
    step: Step


def groups(reports: Iterable[Report]) -> list[Group]:
    """Every group of concepts that the reports ask for."""
    found: dict[Group, None] = {}
    for report in reports:
        found.update(dict.fromkeys((concept,) for concept in report.population.any_of))
        for test in report.tests:
            found.update(dict.fromkeys(_groups_of(test)))
    return list(found)


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
    """Those of `people` who are in the report's population, with the cells of its tests, their evidence and
    `<test>_applies`; everyone, also who is left out of the printed report."""
    table = _in_population(people, report.population, as_of)
    if not report.tests and not report.population.any_of:
        return table
    used = known.services.columns(groups([report]))
    table = table.left_join(known.services.table.select("person_id", *used), "person_id").drop(
        "person_id_right"
    )
    if report.population.any_of:
        table = _with_why(table, report.population, known.services, as_of)
    name = report.slug.replace("-", "_")
    table = known.step(f"{name}_services", table)
    for test in report.tests:
        table = known.step(f"{name}_{test.key}", _with_test(table, test, known, as_of))
    return table


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


def _with_test(table: ibis.Table, test: Test, known: Known, as_of: date) -> ibis.Table:
    """Add the cells of one test."""
    last, kind = _last_service(table, test, known.services)
    asked = _is(table, test.who, as_of) & ~_ended(table, test, known.services)
    shown = _is(table, test.dated_for, as_of) if test.dated_for else asked
    table = table.mutate(
        **{applies(test): asked, "last": ibis.ifelse(shown, last, ibis.null("int64")), "kind": kind}
    )
    table = table.mutate(day=packing.day(table["last"]))
    late = _late(table, test, as_of)
    if test.alongside:
        table, recent = _with_alongside(table, test, known.services, as_of)
        late = _late(table, test, as_of) & ~recent
    if test.schedule and known.visits is not None:
        table = table.left_join(known.visits, "person_id").drop("person_id_right")
        late = _late(table, test, as_of) | _behind(table, test.schedule, as_of)
        table = table.mutate(late=late).drop("visits")
        late = table.late
    due = ibis.ifelse(table[applies(test)] & late, DUE, "")
    if test.once:
        table = table.mutate(**{test.due_key: ibis.ifelse(table.day.notnull(), YES, due)})
    else:
        table = table.mutate(**{test.due_key: due, test.date_key: table.day})
    if test.ways:
        way = ibis.ifelse(table.day.notnull(), table.kind, "")
        table = table.mutate(**{f"{test.key}_kind": way})
    return _with_evidence(table, test, known)


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


def _late(table: ibis.Table, test: Test, as_of: date) -> ibis.Value:
    """Whether the last date plus the interval is strictly before the as-of date, or there is none."""
    if test.once:
        return table.day.isnull()
    if not test.ways:
        return table.day.isnull() | (table.day < ibis.literal(due_before(as_of, test.months)))
    limits = [(table.kind == way.name, ibis.literal(due_before(as_of, way.months))) for way in test.ways]
    return table.day.isnull() | (table.day < ibis.cases(*limits, else_=ibis.null("date"))).fill_null(False)


def _with_alongside(
    table: ibis.Table, test: Test, services: Services, as_of: date
) -> tuple[ibis.Table, ibis.Value]:
    """Add the second test's YES; and whether both were done in its months."""
    beside = test.alongside
    assert beside is not None
    since = ibis.literal(add_months(as_of, -beside.months))
    done = (packing.day(table[services.last(beside.concepts)]) >= since).fill_null(False)
    table = table.mutate(**{beside.key: ibis.ifelse(done & table[applies(test)], YES, "")})
    return table, (table[beside.key] == YES) & (table.day >= since).fill_null(False)


def _behind(table: ibis.Table, schedule: Schedule, as_of: date) -> ibis.Value:
    """Whether a young child has had fewer visits than the schedule asks for by its age."""
    born = table.date_of_birth
    grace = schedule.grace_months
    asked_of_born_before = [due_before(as_of, grace) - timedelta(days=schedule.first_days)]
    asked_of_born_before += [due_before(as_of, months + grace) for months in schedule.months]
    asked = sum(ibis.ifelse(born < ibis.literal(day), 1, 0) for day in asked_of_born_before)
    is_young = born >= ibis.literal(due_before(as_of + timedelta(days=1), schedule.until_months))
    return is_young & (table.visits.fill_null(0) < asked)


def watched(report: Report, people: ibis.Table, as_of: date) -> ibis.Table | None:
    """person_id and born of the children whose visits a schedule of the report counts; None where it counts none."""
    schedules = [test.schedule for test in report.tests if test.schedule]
    if not schedules:
        return None
    months = max(schedule.until_months for schedule in schedules)
    since = due_before(as_of + timedelta(days=1), months)
    young = people.filter(_.date_of_birth >= ibis.literal(since))
    return young.group_by("person_id").agg(born=_.date_of_birth.min())


def _with_evidence(table: ibis.Table, test: Test, known: Known) -> ibis.Table:
    """Replace the working columns `last`, `day` and `kind` by the test's evidence."""
    table = table.mutate(code_number=packing.code(table["last"]), facility_npi=packing.npi(table["last"]))
    codes = known.codes.select(code_of="number", code_text="shown")
    places = known.facilities.select(npi_of="npi", facility_text="name")
    table = table.left_join(codes, table.code_number == codes.code_of).drop("code_of")
    table = table.left_join(places, table.facility_npi == places.npi_of).drop("npi_of")
    unnamed = ibis.ifelse(table.facility_npi > 0, table.facility_npi.cast("string"), "")
    facility = table.facility_text.coalesce(unnamed)
    cell = packing.text(table["last"], table.code_text, facility)
    working = ("last", "kind", "day", "late", "code_number", "facility_npi", "code_text", "facility_text")
    table = table.mutate(**{test.evidence_key: cell})
    return table.drop(*[name for name in working if name in table.columns])
