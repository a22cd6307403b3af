"""A practice's rows: who is on its panel, and each report's rows in printed order."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
from ibis import _

from reports.definition import Report


def panel(people: ibis.Table, attributed: ibis.Table, providers: ibis.Table) -> ibis.Table:
    """Every attributed member with their PCP's name and practice, and `place`: the printed order in the practice."""
    names = providers.select("npi", "tin", "pcp_number", pcp_name=_pcp_name(), practice=_.practice)
    table = people.join(attributed, "client_id").join(names, ["npi", "tin"])
    order = [_.pcp_name.lower(), _.npi, _.member_name.lower(), _.client_id]
    return table.mutate(
        place=ibis.row_number().over(ibis.window(group_by="tin", order_by=order)),
        pcp_effective_date=_.effective_on,
        attribution_type=_.kind,
        dual_eligible=ibis.ifelse(_.dual, "YES", "NO"),
    ).drop("kind", "effective_on", "visits", "latest_on")


def rows(
    report: Report,
    table: ibis.Table,
    any_due: ibis.Value,
    *,
    order: Sequence[str] = (),
    also: Sequence[str] = (),
) -> ibis.Table:
    """The rows of `report` to be stored: tin, position (from 1 in each practice, in printed order, those of one member
    by the columns `order`), npi, any_due, practice, and a text column for each column key, blank where there is
    nothing; the evidence of tests as packed services. `also` names columns that are kept as they are, unstored."""
    packed = {test.evidence_key for test in report.tests}
    keys = [column.key for column in (*report.columns, *report.details) if column.key not in packed]
    by = ibis.window(group_by="tin", order_by=["place", *order])
    cells = {key: table[key].cast("string").fill_null("") for key in keys}
    position = ibis.row_number().over(by) + 1
    return table.select(
        "tin", "npi", "practice", *sorted(packed), *also, position=position, any_due=any_due, **cells
    )


def _pcp_name() -> ibis.Deferred:
    separator = ibis.ifelse((_.last_name == "") | (_.first_name == ""), "", ", ")
    return _.last_name + separator + _.first_name
