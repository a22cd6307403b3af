"""From members, attribution and last dates to the rows of a report, as its definition says."""

from __future__ import annotations

from datetime import date

import ibis
from ibis import _

from reports.dates import add_months, born_on_or_before, due_before
from reports.definition import Population, Report, Test

#: Why a member is on a report: by a diagnosis, or by a prescription alone, which is weaker evidence.
BY_DIAGNOSIS = "diagnosis"
BY_DRUG = "drug only"


def concepts(report: Report) -> set[str]:
    """The concepts a report's definition looks up."""
    return {*report.population.any_of, *(concept for test in report.tests for concept in test.concepts)}


def rows(
    report: Report,
    members: ibis.Table,
    attributed: ibis.Table,
    providers: ibis.Table,
    last: ibis.Table,
    as_of: date,
) -> ibis.Table:
    """The rows of `report`: tin, position (from 1 in each practice, in printed order), npi, any_due, practice, and
    a text column for each column key, blank where there is nothing."""
    table = members.join(attributed, "client_id")
    table = _in_population(table, report.population, as_of)
    if concepts(report):
        table = _with_tests(table, report, last, as_of)
    names = providers.select("npi", "tin", "pcp_number", pcp_name=_pcp_name(), practice=_.practice)
    table = table.join(names, ["npi", "tin"])
    table = table.mutate(
        pcp_effective_date=_.effective_on,
        attribution_type=_.kind,
        dual_eligible=ibis.ifelse(_.dual, "YES", "NO"),
    )
    order = [_.pcp_name.lower(), _.npi, _.member_name.lower(), _.client_id]
    position = ibis.row_number().over(ibis.window(group_by="tin", order_by=order)) + 1
    any_due = ibis.or_(ibis.literal(False), *[table[f"{test.key}_due"] != "" for test in report.tests])
    keys = [column.key for column in (*report.columns, *report.details)]
    cells = {key: table[key].cast("string").fill_null("") for key in keys}
    return table.select("tin", "npi", "practice", position=position, any_due=any_due, **cells)


def _in_population(table: ibis.Table, population: Population, as_of: date) -> ibis.Table:
    if population.leaves_out_dual:
        table = table.filter(~_.dual)
    if population.leaves_out_opted_out:
        table = table.filter(~_.opted_out)
    if population.age_from is not None:
        table = table.filter(_.date_of_birth <= ibis.literal(born_on_or_before(as_of, population.age_from)))
    if population.age_to is not None:
        table = table.filter(_.date_of_birth > ibis.literal(born_on_or_before(as_of, population.age_to + 1)))
    if population.gender:
        table = table.filter(_.gender == population.gender)
    return table


def _with_tests(table: ibis.Table, report: Report, last: ibis.Table, as_of: date) -> ibis.Table:
    """Add each test's `<key>_date` and `<key>_due`; keep who meets one of the population's criteria."""
    population = report.population
    wide = (
        last.filter(_.concept.isin(sorted(concepts(report))))
        .group_by("person_id")
        .agg(
            **{
                f"{test.key}_date": _.last_date.max(where=_.concept.isin(list(test.concepts)))
                for test in report.tests
            },
            **{f"met_{c}": _.last_date.max(where=_.concept == c) for c in population.any_of},
        )
    )
    table = table.left_join(wide, "person_id").drop("person_id_right")
    if population.any_of:
        since = ibis.literal(add_months(as_of, -(population.within_months or 0)))
        met = [(table[f"met_{concept}"] >= since).fill_null(False) for concept in population.any_of]
        weak = [m for m, concept in zip(met, population.any_of, strict=True) if concept in population.weak]
        strong = [
            m for m, concept in zip(met, population.any_of, strict=True) if concept not in population.weak
        ]
        why = (
            ibis.ifelse(ibis.or_(ibis.literal(False), *strong), BY_DIAGNOSIS, BY_DRUG)
            if weak
            else BY_DIAGNOSIS
        )
        table = table.mutate(why=why).filter(ibis.or_(*met))
    return table.mutate(**{f"{test.key}_due": _due(table, test, as_of) for test in report.tests})


def _due(table: ibis.Table, test: Test, as_of: date) -> ibis.Value:
    """Due when the last date plus the interval is strictly before the as-of date, or there is none."""
    last = table[f"{test.key}_date"]
    return ibis.ifelse(last.isnull() | (last < ibis.literal(due_before(as_of, test.months))), "Due", "")


def _pcp_name() -> ibis.Deferred:
    separator = ibis.ifelse((_.last_name == "") | (_.first_name == ""), "", ", ")
    return _.last_name + separator + _.first_name
