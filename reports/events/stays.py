"""Inpatient stays as hospitals billed them (guide 003, "Inpatient Claims Report")."""

from __future__ import annotations

import ibis
import pyarrow as pa
from ibis import _

from reports.dates import add_months
from reports.events.facilities import by_place, named
from reports.events.sources import Sources, both_bits
from reports.events.texts import described, revenue_texts
from reports.sensitive import any_of

#: What makes several bills one stay.
STAY = ["person_id", "facility", "admission_date"]


def stays(sources: Sources) -> ibis.Table:
    """The stays that are listed: person_id, revenue_code, revenue, admission_date, discharge_date, diagnosis_code,
    diagnosis, hospital, flags, facility_flags.

    Listed are stays with a claim that began in the twelve months up to the as-of date and one paid in the last three
    (where no claim has a payment date: one that ended in them).
    """
    rules, as_of = sources.rules, sources.as_of
    began = ibis.literal(add_months(as_of, -rules.stay_months))
    paid_since = ibis.literal(add_months(as_of, -rules.stay_paid_months))
    listed = billed(sources).filter(_.last_start >= began)
    if sources.has_payment_dates:
        listed = listed.filter(_.last_paid >= paid_since)
    else:
        listed = listed.filter(_.last_end >= paid_since)
    listed = listed.left_join(_rooms(sources), STAY).drop(*(f"{name}_right" for name in STAY))
    found = described(sources, "stays_listed", named(sources, listed))
    words = revenue_texts(sources.texts)
    texts = sources.keep(
        "revenue_texts",
        pa.table(
            {"code": pa.array(list(words), pa.string()), "text": pa.array(list(words.values()), pa.string())}
        ),
    )
    found = found.left_join(texts, found.revenue_code == texts.code)
    facility_flags = both_bits(_.known_flags, _.place_flags)
    return found.select(
        "person_id",
        "admission_date",
        "discharge_date",
        "diagnosis_code",
        "diagnosis",
        revenue_code=_.revenue_code.fill_null(""),
        revenue=_.text.fill_null(""),
        hospital=_.facility_name,
        flags=both_bits(_.claim_flags, facility_flags),
        facility_flags=facility_flags,
    )


def billed(sources: Sources) -> ibis.Table:
    """Every stay of which a bill reaches into the months looked at: the columns of STAY, discharge_date (blank while
    the patient is still there), diagnosis and performer of the bill that ends last (of two the lower claim number),
    last_start, last_end and last_paid (up to the as-of date) of its bills, claim_flags, place_flags."""
    return sources.once("inpatient_stays", _billed)


def _bills(sources: Sources) -> ibis.Table:
    """One row a bill. What heads a bill is read from its first line; days are those of all lines."""
    until = ibis.literal(sources.as_of)
    lines = sources.lines.filter(_.is_inpatient)
    order = ["line_key", "diagnosis", "facility", "disposition", "performer"]
    first = lines.mutate(line_key=_.claim_line_number.fill_null(0)).mutate(
        place_of=ibis.row_number().over(ibis.window(group_by=["person_id", "claim_id"], order_by=order))
    )
    first = first.filter(_.place_of == 0).select(
        "person_id", "claim_id", "facility", "diagnosis", "disposition", "performer", "bill_frequency"
    )
    days = lines.group_by("person_id", "claim_id").agg(
        starts=_.starts.min(),
        ends=_.claim_end_date.coalesce(_.starts).max(),
        admitted=_.admission_date.min(),
        discharged=_.discharge_date.max(),
        paid=_.paid_date.max(where=_.paid_date <= until),
        place_flags=any_of(by_place(sources, _.place)),
    )
    joined = days.join(first, ["person_id", "claim_id"])
    return joined.mutate(admission_date=_.admitted.coalesce(_.starts)).drop("admitted")


def _billed(sources: Sources) -> ibis.Table:
    rules = sources.rules
    flags = sources.flags.select(flagged_claim=_.claim_id, claim_flags=_.flags)
    bills = sources.once("inpatient_bills", _bills)
    flagged = bills.left_join(flags, bills.claim_id == flags.flagged_claim)
    whole = flagged.group_by(STAY).agg(
        last_start=_.starts.max(),
        last_end=_.ends.max(),
        last_paid=_.paid.max(),
        claim_flags=any_of(_.claim_flags),
        place_flags=any_of(_.place_flags),
    )
    latest = ibis.window(group_by=STAY, order_by=[ibis.desc("ends"), "claim_id"])
    last = bills.mutate(place_of=ibis.row_number().over(latest)).filter(_.place_of == 0)
    still = _.bill_frequency.isin(rules.interim_frequencies) | _.disposition.isin(
        sources.listed(rules.still_patient_concepts, "DISCHARGE_STATUS") or [""]
    )
    last = last.select(
        *STAY,
        "diagnosis",
        "performer",
        discharge_date=ibis.ifelse(still, ibis.null("date"), _.discharged.coalesce(_.ends)),
    )
    return whole.join(last, STAY)


def _rooms(sources: Sources) -> ibis.Table:
    """The columns of STAY and revenue_code: the room-and-board code with most days of the stay, then the lower."""
    codes = sources.listed(sources.rules.room_concepts, "REVENUE")
    lines = sources.lines.filter(_.is_inpatient, _.revenue.isin(codes))
    bills = sources.once("inpatient_bills", _bills).select("person_id", "claim_id", *STAY[1:])
    lines = lines.select("person_id", "claim_id", "revenue", "service_unit_quantity")
    days = (
        lines.join(bills, ["person_id", "claim_id"])
        .group_by(*STAY, "revenue")
        .agg(days=_.service_unit_quantity.fill_null(0).sum())
    )
    most = ibis.window(group_by=STAY, order_by=[ibis.desc("days"), "revenue"])
    chosen = days.mutate(place_of=ibis.row_number().over(most)).filter(_.place_of == 0)
    return chosen.select(*STAY, revenue_code=_.revenue)
