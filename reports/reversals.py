"""Which claims do not count: voided, replaced or taken back (bill-type frequency, negative amounts)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from reports.codebook import Keep

#: Last digits of a bill type that replace (7) or void (8) an earlier claim.
REVERSING = ("7", "8")
#: Amounts of a line, any of which takes it back when it is negative.
AMOUNTS = ("paid_amount", "allowed_amount", "charge_amount")


@dataclass(frozen=True)
class Survey:
    """What one look over the claims tells: the day they are complete through, and whether anything is reversed."""

    complete_through: date | None
    has_reversals: bool
    has_negative_amounts: bool


def survey(claims: ibis.Table, as_of: date) -> Survey:
    """Look over the claims. They are complete through the last day, up to `as_of`, on which one was paid, or, where
    no claim has a payment date, on which a service was given."""
    day = ibis.literal(as_of)
    found = claims.agg(
        paid=_.paid_date.max(where=_.paid_date <= day),
        served=_.claim_start_date.max(where=_.claim_start_date <= day),
        reversals=_frequency(_.bill_type_code).isin(REVERSING).any(),
        **{name: _[name].min() for name in AMOUNTS},
    )
    row = found.to_pyarrow().to_pylist()[0]
    negative = any((row[name] or 0) < 0 for name in AMOUNTS)
    return Survey(row["paid"] or row["served"], bool(row["reversals"]), negative)


@dataclass(frozen=True)
class Reversals:
    """Claims and lines that do not count. Most codes match few lines, so these are left out after matching."""

    #: claim_id and frequency of claims that were voided or replaced, or that void.
    claims: ibis.Table | None = None
    #: claim_id and line_key of lines whose amounts add up to nothing.
    lines: ibis.Table | None = None
    #: The columns that a table must carry for `leave_out`.
    carried: tuple[str, ...] = ()

    def leave_out(self, lines: ibis.Table) -> ibis.Table:
        """`lines` without those that are reversed or reverse; it needs the columns in `carried`."""
        if self.claims is not None:
            frequency = _frequency(_.bill_type_code).fill_null("")
            lines = lines.mutate(frequency=frequency).anti_join(self.claims, ["claim_id", "frequency"])
            lines = lines.drop("frequency")
        if self.lines is not None:
            lines = lines.mutate(line_key=_.claim_line_number.fill_null(-1))
            lines = lines.anti_join(self.lines, ["claim_id", "line_key"]).drop("line_key")
        return lines


def reversals(claims: ibis.Table, seen: Survey, keep: Keep) -> Reversals:
    """What is reversed among the claims.

    A bill type of frequency 8 voids a claim, 7 replaces it. A reversal has the claim's own number, or another one
    with the same person, dates, kind of bill and facility. Negative amounts take back the line of that number
    unless the amounts still add up to more than nothing: then the line stands, and was given once.
    """
    carried: tuple[str, ...] = ()
    if seen.has_reversals:
        carried += ("claim_id", "bill_type_code")
    if seen.has_negative_amounts:
        carried += ("claim_id", "claim_line_number")
    return Reversals(
        _voided(claims, keep) if seen.has_reversals else None,
        _taken_back(claims, keep) if seen.has_negative_amounts else None,
        tuple(dict.fromkeys(carried)),
    )


def _voided(claims: ibis.Table, keep: Keep) -> ibis.Table:
    key = list(_claim_key())
    billed = claims.filter(_.bill_type_code.notnull())
    frequency = _frequency(_.bill_type_code)
    # Few persons have a bill reversed: the others' bills need no closer look.
    persons = billed.filter(frequency.isin(REVERSING)).select("person_id").distinct()
    theirs = billed.semi_join(keep("persons_with_reversals", persons), "person_id")
    theirs = theirs.mutate(**_claim_key(), frequency=frequency).select("claim_id", "frequency", *key)
    billed = keep("bills_of_persons_with_reversals", theirs.distinct())
    reversing = billed.filter(_.frequency.isin(REVERSING))
    by_key = billed.semi_join(reversing, key)
    counted = by_key.group_by(key).agg(
        voids=_.claim_id.nunique(where=_.frequency == "8"),
        replacements=_.claim_id.nunique(where=_.frequency == "7"),
        originals=_.claim_id.nunique(where=~_.frequency.isin(REVERSING)),
    )
    live = counted.mutate(live=ibis.ifelse(_.replacements > 0, 1, _.originals) - _.voids)
    same_bill = by_key.join(live, key).filter(
        (_.frequency == "8") | (_.live <= 0) | ((_.frequency != "7") & (_.replacements > 0))
    )
    numbers = reversing.group_by("claim_id").agg(voided=(_.frequency == "8").any())
    same_number = billed.join(numbers, "claim_id").filter(_.voided | (_.frequency != "7"))
    return keep(
        "reversed_claims",
        same_bill.select("claim_id", "frequency").union(
            same_number.select("claim_id", "frequency"), distinct=True
        ),
    )


def _taken_back(claims: ibis.Table, keep: Keep) -> ibis.Table:
    numbered = claims.mutate(line_key=_.claim_line_number.fill_null(-1))
    key = ["claim_id", "line_key"]
    found = numbered.filter(_negative()).select(*key).distinct()
    return keep(
        "lines_taken_back",
        numbered.semi_join(found, key)
        .group_by(key)
        .agg(left=ibis.coalesce(*[_[name] for name in AMOUNTS], 0.0).sum())
        .filter(_.left <= 0)
        .select(*key),
    )


def _negative() -> ibis.Deferred:
    return (ibis.least(*[_[name] for name in AMOUNTS]) < 0).fill_null(False)


def _frequency(bill_type: ibis.Deferred) -> ibis.Deferred:
    """The last digit of a bill type, whether it is written 117 or 0117."""
    return bill_type.strip().right(1)


def _claim_key() -> dict[str, ibis.Deferred]:
    """What a claim and its reversal under another number have in common."""
    return {
        "person_id": _.person_id,
        "starts": _.claim_start_date,
        "ends": _.claim_end_date.coalesce(_.claim_start_date),
        "bill": _.bill_type_code.strip().lpad(4, "0").left(3),
        "facility": _.facility_npi.coalesce(_.billing_npi, ""),
    }
