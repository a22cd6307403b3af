"""Visits to an emergency department (guide 003, "ED Utilization Report")."""

from __future__ import annotations

from datetime import timedelta

import ibis
from ibis import _

from reports.dates import add_months, first_of_month
from reports.events.facilities import by_place, named
from reports.events.sources import Sources, both_bits
from reports.events.texts import described
from reports.sensitive import any_of


def visits(sources: Sources) -> ibis.Table:
    """The visits that are listed: person_id, visit_date, facility, diagnosis_code, diagnosis, emergent,
    visits_6_months, last_office_visit_date, flags, facility_flags.

    A visit is a person and a day with an emergency code: claims of one day are one. Facility and diagnosis are those
    of a claim with an emergency revenue code, else of the lowest claim number. Of the visits in the six months up to
    the as-of date those are listed of which a claim was paid in the calendar month before; all are counted.
    """
    as_of = sources.as_of
    since = add_months(as_of, -sources.rules.ed_months)
    lines = sources.lines.filter(_.is_ed, _.day.between(ibis.literal(since), ibis.literal(as_of)))
    flags = sources.flags.select(flagged_claim=_.claim_id, claim_flags=_.flags)
    lines = lines.left_join(flags, lines.claim_id == flags.flagged_claim)
    month = first_of_month(as_of)
    prior = (ibis.literal(add_months(month, -1)), ibis.literal(month - timedelta(days=1)))
    paid = _.paid_date if sources.has_payment_dates else _.day
    days = lines.group_by("person_id", "day").agg(
        is_listed=paid.between(*prior).fill_null(False).max(),
        claim_flags=any_of(_.claim_flags),
        place_flags=any_of(by_place(sources, _.place)),
    )
    order = [ibis.desc("ed_revenue"), "claim_id", "line_key", "diagnosis", "facility"]
    told = lines.mutate(line_key=_.claim_line_number.fill_null(0)).mutate(
        place_of=ibis.row_number().over(ibis.window(group_by=["person_id", "day"], order_by=order))
    )
    told = told.filter(_.place_of == 0).select("person_id", "day", "facility", "diagnosis")
    counted = days.mutate(visits_6_months=_.day.count().over(ibis.window(group_by="person_id")))
    listed = counted.filter(_.is_listed).join(told, ["person_id", "day"])
    found = described(sources, "ed_visits_listed", named(sources, listed))
    office = sources.last_dates.filter(_.concept.isin(sources.rules.office_concepts))
    office = office.group_by("person_id").agg(last_office_visit_date=_.last_date.max())
    found = found.left_join(office, "person_id").drop("person_id_right")
    facility_flags = both_bits(_.known_flags, _.place_flags)
    return found.select(
        "person_id",
        "diagnosis_code",
        "diagnosis",
        "emergent",
        "visits_6_months",
        "last_office_visit_date",
        visit_date=_.day,
        facility=_.facility_name,
        flags=both_bits(_.claim_flags, facility_flags),
        facility_flags=facility_flags,
    )
