"""One pass over the claims: for each person and concept the last date on which it was reported.

Codes are compared by the spellings that occur in the claims: the distinct spellings of a column are few, so they
are cleaned once and the lines are then matched as they stand (`E11.9`, `e119 ` and `E119` are one code).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import ibis
from ibis import _

from reports.codes import PROCEDURE_SYSTEMS, Code, normal, of
from reports.layout import CODES_PER_LINE
from reports.parameters import Parameters

DIAGNOSES = tuple(f"diagnosis_code_{number}" for number in range(1, CODES_PER_LINE + 1))

#: Last digits of a bill type that replace (7) or void (8) an earlier claim.
REVERSING = ("7", "8")

#: Keeps a computed table so that several queries can read it: (name, expression) -> table.
Keep = Callable[[str, ibis.Table], ibis.Table]


@dataclass(frozen=True, order=True)
class Spelling:
    """A spelling found in the claims, and a concept it stands for."""

    text: str
    concept: str


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
        negatives=_negative().any(),
    )
    row = found.to_pyarrow().to_pylist()[0]
    return Survey(row["paid"] or row["served"], bool(row["reversals"]), bool(row["negatives"]))


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
            lines = lines.filter(~_negative()).mutate(line_key=_.claim_line_number.fill_null(-1))
            lines = lines.anti_join(self.lines, ["claim_id", "line_key"]).drop("line_key")
        return lines


def reversals(claims: ibis.Table, seen: Survey, keep: Keep) -> Reversals:
    """What is reversed among the claims.

    A bill type of frequency 8 voids a claim, 7 replaces it. A reversal has the claim's own number, or another one
    with the same person, dates, kind of bill and facility. Negative amounts take back the line of that number
    unless the amounts still add up to more than nothing.
    """
    carried: tuple[str, ...] = ()
    if seen.has_reversals:
        carried += ("claim_id", "bill_type_code")
    if seen.has_negative_amounts:
        carried += ("claim_id", "claim_line_number", "paid_amount", "allowed_amount", "charge_amount")
    return Reversals(
        _voided(claims, keep) if seen.has_reversals else None,
        _taken_back(claims, keep) if seen.has_negative_amounts else None,
        tuple(dict.fromkeys(carried)),
    )


def _voided(claims: ibis.Table, keep: Keep) -> ibis.Table:
    key = list(_claim_key())
    billed = claims.filter(_.bill_type_code.notnull()).mutate(
        **_claim_key(), frequency=_frequency(_.bill_type_code)
    )
    billed = billed.select("claim_id", "frequency", *key)
    reversing = keep("reversals", billed.filter(_.frequency.isin(REVERSING)).distinct())
    by_key = keep("claims_with_reversals", billed.semi_join(reversing, key).distinct())
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
        .agg(left=_.paid_amount.coalesce(_.allowed_amount, _.charge_amount, 0.0).sum())
        .filter(_.left <= 0)
        .select(*key),
    )


def _negative() -> ibis.Deferred:
    return (
        (_.paid_amount < 0).fill_null(False)
        | (_.allowed_amount < 0).fill_null(False)
        | (_.charge_amount < 0).fill_null(False)
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


def spellings(columns: Sequence[ibis.Value], system: str, codes: Iterable[Code]) -> dict[str, list[Spelling]]:
    """By column, the spellings in it that stand for one of `codes`; columns without any are absent."""
    by_code: dict[str, list[str]] = {}
    for code in codes:
        by_code.setdefault(code.code, []).append(code.concept)
    found: dict[str, list[Spelling]] = {}
    if not by_code or not columns:
        return found
    texts = ibis.union(
        *[c.name("text").as_table().distinct().mutate(place=ibis.literal(c.get_name())) for c in columns]
    )
    for row in texts.filter(_.text.notnull()).to_pyarrow().to_pylist():
        for concept in by_code.get(normal(system, row["text"]), ()):
            found.setdefault(row["place"], []).append(Spelling(row["text"], concept))
    return found


@dataclass(frozen=True)
class Claims:
    """The claims of an extract, as the pass over them needs them.

    `lines` is the medical_claim table with `service_date`; `places` are its diagnosis columns that the extract has;
    `drugs` maps NDCs to ingredients (the `ndc` feed); `providers` is the provider feed.
    """

    lines: ibis.Table
    places: tuple[str, ...]
    reversals: Reversals
    pharmacy: ibis.Table | None
    drugs: ibis.Table | None
    providers: ibis.Table

    def matched(self, spelling: ibis.Value, known: ibis.Table, lines: ibis.Table | None = None) -> ibis.Table:
        """person_id, service_date and concept of the lines whose code is one of `known`."""
        lines = self.lines if lines is None else lines
        carried = [name for name in self.reversals.carried if name in lines.columns]
        narrow = lines.select("person_id", "service_date", *carried, spelling=spelling)
        return narrow.join(known, _.spelling == known.text).drop("spelling", "text")


#: Columns of a claim line that the pass looks at, beside its diagnoses.
USED = (
    "claim_id",
    "claim_line_number",
    "person_id",
    "bill_type_code",
    "revenue_center_code",
    "hcpcs_code",
    "rendering_npi",
    "rendering_tin",
    "billing_npi",
    "billing_tin",
    "paid_amount",
    "allowed_amount",
    "charge_amount",
)


def with_service_date(claims: ibis.Table) -> ibis.Table:
    """The columns of the claims that the pass looks at, with the day of service: the line's, or else the claim's."""
    service_date = _.claim_line_start_date.coalesce(_.claim_start_date)
    return claims.select(*USED, *DIAGNOSES, service_date=service_date)


def last_dates(
    claims: Claims,
    codes: Sequence[Code],
    concepts: Iterable[str],
    as_of: date,
    parameters: Parameters,
    procedures: Sequence[Spelling],
    table: Callable[[str, Sequence[Spelling]], ibis.Table],
) -> ibis.Table:
    """person_id, concept and last_date: the last day up to `as_of` on which a code of the concept was reported.

    `procedures` are the spellings found in hcpcs_code; `table` makes a table of spellings.
    """
    wanted = set(concepts)
    eye_care = set(parameters.eye_care_concepts)
    plain = [spelling for spelling in procedures if spelling.concept in wanted - eye_care]
    eye = [spelling for spelling in procedures if spelling.concept in wanted & eye_care]
    parts = [claims.matched(claims.lines.hcpcs_code, table("procedure_spellings", plain))]
    if eye:
        parts.append(_eye_care(claims, eye, parameters, table))
    found = spellings(
        [claims.lines[name] for name in claims.places],
        "ICD-10-CM",
        _diagnosis_codes(codes, wanted, parameters),
    )
    known = table("diagnosis_spellings", sorted({spelling for part in found.values() for spelling in part}))
    parts += [claims.matched(claims.lines[name], known) for name in found]
    medical = claims.reversals.leave_out(ibis.union(*parts) if len(parts) > 1 else parts[0])
    reported = medical.select("person_id", "service_date", "concept")
    drug_codes = of(codes, wanted, ("INGREDIENT", "NDC"))
    if claims.pharmacy is not None and drug_codes:
        reported = reported.union(_by_drug(claims, claims.pharmacy, drug_codes, table))
    until = reported.filter(_.service_date <= ibis.literal(as_of))
    return until.group_by("person_id", "concept").agg(last_date=_.service_date.max())


def procedure_spellings(lines: ibis.Table, codes: Sequence[Code]) -> list[Spelling]:
    """The spellings in `hcpcs_code` of every code a claim line can carry there."""
    wanted = [code for code in codes if code.system in PROCEDURE_SYSTEMS]
    return spellings([lines.hcpcs_code], "HCPCS", wanted).get("hcpcs_code", [])


def _eye_care(
    claims: Claims,
    eye: Sequence[Spelling],
    parameters: Parameters,
    table: Callable[[str, Sequence[Spelling]], ibis.Table],
) -> ibis.Table:
    """Codes that count only from an eye-care provider: the rendering one, or else the billing one."""
    lines = claims.lines.filter(_.hcpcs_code.isin(sorted({spelling.text for spelling in eye})))
    lines = lines.mutate(npi=_.rendering_npi.strip().nullif("").coalesce(_.billing_npi.strip().nullif("")))
    known = claims.providers.mutate(specialty=_.specialty.fill_null("").strip().lower()).filter(
        _.specialty != ""
    )
    is_eye_care = ibis.or_(*[_.specialty.contains(word) for word in parameters.eye_care_specialties])
    eye_care = known.filter(is_eye_care).select("npi").distinct()
    if parameters.unknown_specialty_is_eye_care:
        others = known.select("npi").distinct().anti_join(eye_care, "npi")
        lines = lines.anti_join(others, "npi")
    else:
        lines = lines.semi_join(eye_care, "npi")
    return claims.matched(lines.hcpcs_code, table("eye_care_spellings", eye), lines)


def _diagnosis_codes(codes: Sequence[Code], wanted: set[str], parameters: Parameters) -> tuple[Code, ...]:
    return tuple(
        code
        for code in of(codes, wanted, ("ICD-10-CM",))
        if code.concept != "diabetes_dx" or code.code.startswith(parameters.diabetes_prefixes)
    )


def _by_drug(
    claims: Claims,
    pharmacy: ibis.Table,
    codes: Sequence[Code],
    table: Callable[[str, Sequence[Spelling]], ibis.Table],
) -> ibis.Table:
    concepts_of_ndc: dict[str, set[str]] = {}
    for code in codes:
        if code.system == "NDC":
            concepts_of_ndc.setdefault(code.code, set()).add(code.concept)
    if claims.drugs is not None:
        ingredients = [code for code in codes if code.system == "INGREDIENT"]
        for row in claims.drugs.select("ndc", "ingredient").to_pyarrow().to_pylist():
            # FDA's substance names carry salts and combinations: "SITAGLIPTIN PHOSPHATE; METFORMIN HYDROCHLORIDE".
            words = "".join(c if c.isalnum() else " " for c in (row["ingredient"] or "").lower())
            words = f" {' '.join(words.split())} "
            for code in ingredients:
                if f" {code.code} " in words:
                    concepts_of_ndc.setdefault(ndc11(row["ndc"]), set()).add(code.concept)
    texts = pharmacy.ndc_code.as_table().distinct().to_pyarrow().column(0).to_pylist()
    found = [
        Spelling(text, concept)
        for text in texts
        if text
        for concept in sorted(concepts_of_ndc.get(ndc11(text), ()))
    ]
    lines = pharmacy.select("person_id", service_date=_.dispensing_date, spelling=_.ndc_code)
    known = table("drug_spellings", found)
    return lines.join(known, _.spelling == known.text).select("person_id", "service_date", "concept")


def ndc11(text: str) -> str:
    """An NDC in its 11 digits without hyphens: labeler 5, product 4, package 2.

    >>> ndc11("0093-1048-01"), ndc11("93104801")
    ('00093104801', '00093104801')
    """
    parts = text.strip().split("-")
    if len(parts) == 3:
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))
    return "".join(c for c in text if c.isdigit()).zfill(11)
