"""Which claims do not count: voided, replaced or taken back (bill-type frequency, negative amounts)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from reports.codebook import Keep
from reports.footers import NOTHING_TOLD, Footers

#: Last digits of a bill type that replace (7) or void (8) an earlier claim.
REVERSING = ("7", "8")
#: Amounts of a line, any of which takes it back when it is negative.
AMOUNTS = ("paid_amount", "allowed_amount", "charge_amount")


@dataclass(frozen=True)
class Survey:
    """What one look over the claims tells: the day they are complete through, whether anything is reversed, which
    amounts are negative in some line, and by which amounts a line is worth something: the first that it has."""

    complete_through: date | None
    has_reversals: bool
    negative_amounts: tuple[str, ...]
    worth: tuple[str, ...] = AMOUNTS


def survey(claims: ibis.Table, as_of: date, footers: Footers = NOTHING_TOLD) -> Survey:
    """Look over the claims. They are complete through the last day, up to `as_of`, on which one was paid, or, where
    no claim has a payment date, on which a service was given. What `footers` tell of them is not read."""
    day = ibis.literal(as_of)
    paid = footers.last_day("paid_date")
    paid = paid if paid and paid <= as_of else None
    days = {
        "paid": _.paid_date.max(where=_.paid_date <= day),
        "served": _.claim_start_date.max(where=_.claim_start_date <= day),
    }
    lows = {name: _[name].min() for name in AMOUNTS if footers.below(name, 0) is None}
    wanted = lows if paid else days | lows
    row = claims.agg(**wanted).to_pyarrow().to_pylist()[0] if wanted else {}
    negative = tuple(name for name in AMOUNTS if footers.below(name, 0) or (row.get(name) or 0) < 0)
    # A bill type is spelled in few ways: cutting its last digit off every line would cost more than reading it.
    bill_types = claims.filter(_.bill_type_code.notnull()).select("bill_type_code").distinct()
    reversing = bill_types.agg(any=_frequency(_.bill_type_code).isin(REVERSING).any()).to_pyarrow()
    return Survey(
        paid or row.get("paid") or row.get("served"),
        bool(reversing["any"][0].as_py()),
        negative,
        _worth(footers),
    )


def _worth(footers: Footers) -> tuple[str, ...]:
    """The amounts that must be looked at: none after one that every line has."""
    always = [place for place, name in enumerate(AMOUNTS, 1) if footers.never_null(name)]
    return AMOUNTS[: always[0]] if always else AMOUNTS


@dataclass(frozen=True)
class Reversals:
    """Claims and lines that do not count. Most codes match few lines, so these are left out after matching.

    Where the engine numbers the lines, `rows` says all: reading the claim's number, bill type and line number in every
    scan would cost more than the rest of it.
    """

    #: row_number of the lines that do not count.
    rows: ibis.Table | None = None
    #: claim_id and frequency of claims that were voided or replaced, or that void.
    claims: ibis.Table | None = None
    #: claim_id and line_key of lines whose amounts add up to nothing.
    lines: ibis.Table | None = None
    #: The columns that a table must carry for `leave_out`.
    carried: tuple[str, ...] = ()

    def leave_out(self, lines: ibis.Table) -> ibis.Table:
        """`lines` without those that are reversed or reverse; it needs the columns in `carried`."""
        if self.rows is not None:
            lines = lines.anti_join(self.rows, "row_number")
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
    voided = _voided(claims, keep) if seen.has_reversals else None
    negative = _negative(claims, seen.negative_amounts, keep) if seen.negative_amounts else None
    if "row_number" in claims.columns:
        return _numbered(claims, seen.worth, voided, negative, keep)
    carried: tuple[str, ...] = ()
    taken_back = None
    if voided is not None:
        carried += ("claim_id", "bill_type_code")
    if negative is not None:
        carried += ("claim_id", "claim_line_number")
        taken_back = keep("lines_taken_back", _taken_back(_keyed(claims, seen.worth), negative))
    return Reversals(claims=voided, lines=taken_back, carried=tuple(dict.fromkeys(carried)))


def _numbered(
    claims: ibis.Table,
    worth: Sequence[str],
    voided: ibis.Table | None,
    negative: ibis.Table | None,
    keep: Keep,
) -> Reversals:
    """What is reversed, by the numbers of the lines: the claims at issue are few, and are fetched in one scan."""
    ids = [table.select("claim_id") for table in (voided, negative) if table is not None]
    if not ids:
        return Reversals()
    wanted = ibis.union(*ids, distinct=True) if len(ids) > 1 else ids[0].distinct()
    at_issue = keep("claims_at_issue", wanted)
    lines = keep("lines_at_issue", _keyed(claims, worth).semi_join(at_issue, "claim_id"))
    parts = []
    if voided is not None:
        parts.append(lines.semi_join(voided, ["claim_id", "frequency"]))
    if negative is not None:
        parts.append(lines.semi_join(_taken_back(lines, negative), _LINE))
    rows = [part.select("row_number") for part in parts]
    found = ibis.union(*rows, distinct=True) if len(rows) > 1 else rows[0]
    return Reversals(rows=keep("reversed_lines", found), carried=("row_number",))


#: What tells a line of a claim.
_LINE = ["claim_id", "line_key"]


def _keyed(claims: ibis.Table, worth: Sequence[str] = ()) -> ibis.Table:
    """The lines with what tells whether they are reversed, and what each is worth by the amounts `worth`."""
    number = ["row_number"] if "row_number" in claims.columns else []
    return claims.select(
        *number,
        "claim_id",
        amount=ibis.coalesce(*[claims[name] for name in worth], 0.0),
        line_key=_.claim_line_number.fill_null(-1),
        frequency=_frequency(_.bill_type_code).fill_null(""),
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


def _negative(claims: ibis.Table, amounts: Sequence[str], keep: Keep) -> ibis.Table:
    """The keys of the lines with an amount below nothing; `amounts` are those that are negative somewhere."""
    below = ibis.or_(*[(claims[name] < 0).fill_null(False) for name in amounts])
    return keep("negative_lines", _keyed(claims.filter(below)).select(*_LINE).distinct())


def _taken_back(lines: ibis.Table, negative: ibis.Table) -> ibis.Table:
    """The keys of the lines whose amounts add up to nothing; `lines` as `_keyed` gives them."""
    return (
        lines.semi_join(negative, _LINE)
        .group_by(_LINE)
        .agg(left=_.amount.sum())
        .filter(_.left <= 0)
        .select(*_LINE)
    )


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
