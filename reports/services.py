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

#: Keeps a computed table so that several queries can read it: (name, expression) -> table.
Keep = Callable[[str, ibis.Table], ibis.Table]


@dataclass(frozen=True)
class Spelling:
    """A spelling found in the claims, and a concept it stands for."""

    text: str
    concept: str


def claim_lines(claims: ibis.Table, keep: Keep) -> ibis.Table:
    """The claim lines that count, with their `service_date`: reversals and what they reverse are left out.

    A bill type of frequency 8 voids a claim, 7 replaces it. A reversal has the claim's own number, or another one
    with the same person, dates, kind of bill and facility. Negative amounts take back the line of that number
    unless the amounts still add up to more than nothing.
    """
    lines = claims.mutate(service_date=_.claim_line_start_date.coalesce(_.claim_start_date))
    lines = _without_voided(lines, keep)
    return _without_negative(lines, keep)


def _without_voided(lines: ibis.Table, keep: Keep) -> ibis.Table:
    with_bill = lines.filter(_.bill_type_code.notnull())
    reversals = keep(
        "reversals",
        with_bill.filter(_frequency(_.bill_type_code).isin(["7", "8"]))
        .mutate(**_claim_key(), frequency=_frequency(_.bill_type_code))
        .select("claim_id", "frequency", *_claim_key())
        .distinct(),
    )
    if not reversals.count().execute():
        return lines
    key = list(_claim_key())
    concerned = with_bill.mutate(**_claim_key(), frequency=_frequency(_.bill_type_code))
    concerned = concerned.select("claim_id", "frequency", *key).distinct()
    by_key = concerned.semi_join(reversals, key)
    counted = by_key.group_by(key).agg(
        voids=_.claim_id.nunique(where=_.frequency == "8"),
        replacements=_.claim_id.nunique(where=_.frequency == "7"),
        originals=_.claim_id.nunique(where=~_.frequency.isin(["7", "8"])),
    )
    live = counted.mutate(live=ibis.ifelse(_.replacements > 0, 1, _.originals) - _.voids)
    same_bill = by_key.join(live, key).filter(
        (_.frequency == "8") | (_.live <= 0) | ((_.frequency != "7") & (_.replacements > 0))
    )
    numbers = reversals.group_by("claim_id").agg(voided=(_.frequency == "8").any())
    same_number = concerned.join(numbers, "claim_id").filter(_.voided | (_.frequency != "7"))
    gone = keep(
        "reversed_claims",
        same_bill.select("claim_id", "frequency").union(same_number.select("claim_id", "frequency"), distinct=True),
    )
    frequency = ibis.ifelse(_.bill_type_code.isnull(), "", _frequency(_.bill_type_code))
    return lines.mutate(frequency=frequency).anti_join(gone, ["claim_id", "frequency"]).drop("frequency")


def _without_negative(lines: ibis.Table, keep: Keep) -> ibis.Table:
    negative = (_.paid_amount < 0) | (_.allowed_amount < 0) | (_.charge_amount < 0)
    found = keep("negative_lines", lines.filter(negative).select("claim_id", "claim_line_number").distinct())
    if not found.count().execute():
        return lines
    amount = _.paid_amount.coalesce(_.allowed_amount, _.charge_amount, 0.0)
    key = {"claim_id": _.claim_id, "claim_line_number": _.claim_line_number.fill_null(-1)}
    taken_back = keep(
        "lines_taken_back",
        lines.mutate(**key)
        .semi_join(found.mutate(**key), list(key))
        .group_by(*key)
        .agg(left=amount.sum())
        .filter(_.left <= 0)
        .select(*key),
    )
    positive = lines.filter(~negative.fill_null(False)).mutate(line_key=_.claim_line_number.fill_null(-1))
    return positive.anti_join(
        taken_back, [positive.claim_id == taken_back.claim_id, positive.line_key == taken_back.claim_line_number]
    ).drop("line_key")


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


def spellings(column: ibis.Value, system: str, codes: Iterable[Code]) -> list[Spelling]:
    """The spellings in `column` of claims that stand for one of `codes`, all compared as `system` is."""
    by_code: dict[str, list[str]] = {}
    for code in codes:
        by_code.setdefault(code.code, []).append(code.concept)
    if not by_code:
        return []
    found = column.as_table().distinct().to_pyarrow().column(0).to_pylist()
    texts = [text for text in found if text]
    return [Spelling(text, concept) for text in texts for concept in by_code.get(normal(system, text), ())]


def last_dates(
    lines: ibis.Table,
    pharmacy: ibis.Table | None,
    drugs: ibis.Table | None,
    providers: ibis.Table | None,
    codes: Sequence[Code],
    concepts: Iterable[str],
    as_of: date,
    parameters: Parameters,
    table: Callable[[str, list[Spelling]], ibis.Table],
    procedures: list[Spelling],
) -> ibis.Table:
    """person_id, concept and last_date: the last day up to `as_of` on which a code of the concept was reported.

    `drugs` maps NDCs to ingredients (the `ndc` feed), `providers` is the provider feed, `table` makes a table of
    spellings, `procedures` are the spellings found in hcpcs_code.
    """
    wanted = set(concepts)
    until = lines.filter(_.service_date <= ibis.literal(as_of))
    parts = [_by_procedure(until, providers, [p for p in procedures if p.concept in wanted], parameters, table)]
    diagnosis_codes = _diagnosis_codes(codes, wanted, parameters)
    if diagnosis_codes:
        parts.append(_by_diagnosis(until, diagnosis_codes, table))
    drug_codes = of(codes, wanted, ("INGREDIENT", "NDC"))
    if pharmacy is not None and drug_codes:
        parts.append(_by_drug(pharmacy.filter(_.dispensing_date <= ibis.literal(as_of)), drugs, drug_codes, table))
    found = parts[0] if len(parts) == 1 else ibis.union(*parts)
    return found.group_by("person_id", "concept").agg(last_date=_.service_date.max())


def procedure_spellings(lines: ibis.Table, codes: Sequence[Code]) -> list[Spelling]:
    """The spellings in `hcpcs_code` of every code a claim line can carry there."""
    return spellings(lines.hcpcs_code, "HCPCS", [code for code in codes if code.system in PROCEDURE_SYSTEMS])


def _by_procedure(
    lines: ibis.Table,
    providers: ibis.Table | None,
    found: list[Spelling],
    parameters: Parameters,
    table: Callable[[str, list[Spelling]], ibis.Table],
) -> ibis.Table:
    eye = [spelling for spelling in found if spelling.concept in parameters.eye_care_concepts]
    others = [spelling for spelling in found if spelling.concept not in parameters.eye_care_concepts]
    matched = _matched(lines, lines.hcpcs_code, table("procedure_spellings", others))
    if not eye:
        return matched
    examined = lines.mutate(npi=_.rendering_npi.strip().nullif("").coalesce(_.billing_npi.strip().nullif("")))
    examined = examined.filter(_.hcpcs_code.isin([spelling.text for spelling in eye]))
    if providers is not None:
        examined = _from_eye_care(examined, providers, parameters)
    elif not parameters.unknown_specialty_is_eye_care:
        return matched
    return matched.union(_matched(examined, examined.hcpcs_code, table("eye_care_spellings", eye)))


def _from_eye_care(lines: ibis.Table, providers: ibis.Table, parameters: Parameters) -> ibis.Table:
    specialty = _.specialty.fill_null("").strip().lower()
    known = providers.mutate(specialty=specialty).filter(_.specialty != "")
    is_eye_care = ibis.or_(*[_.specialty.contains(word) for word in parameters.eye_care_specialties])
    eye_care = known.filter(is_eye_care).select("npi").distinct()
    if not parameters.unknown_specialty_is_eye_care:
        return lines.semi_join(eye_care, "npi")
    return lines.anti_join(known.select("npi").distinct().anti_join(eye_care, "npi"), "npi")


def _diagnosis_codes(codes: Sequence[Code], wanted: set[str], parameters: Parameters) -> tuple[Code, ...]:
    return tuple(
        code
        for code in of(codes, wanted, ("ICD-10-CM",))
        if code.concept != "diabetes_dx" or code.code.startswith(parameters.diabetes_prefixes)
    )


def _by_diagnosis(
    lines: ibis.Table, codes: Sequence[Code], table: Callable[[str, list[Spelling]], ibis.Table]
) -> ibis.Table:
    """Lines with one of the codes at any of the 25 places: all places in one list, so that blanks cost little."""
    several = lines.select(
        "person_id", "service_date", diagnosis=ibis.array([lines[name] for name in DIAGNOSES]).unnest()
    ).filter(_.diagnosis.notnull())
    found = spellings(several.diagnosis, "ICD-10-CM", codes)
    return _matched(several, several.diagnosis, table("diagnosis_spellings", found))


def _by_drug(
    pharmacy: ibis.Table,
    drugs: ibis.Table | None,
    codes: Sequence[Code],
    table: Callable[[str, list[Spelling]], ibis.Table],
) -> ibis.Table:
    concepts_of_ndc: dict[str, set[str]] = {}
    for code in codes:
        if code.system == "NDC":
            concepts_of_ndc.setdefault(code.code, set()).add(code.concept)
    if drugs is not None:
        ingredients = [code for code in codes if code.system == "INGREDIENT"]
        for row in drugs.select("ndc", "ingredient").to_pyarrow().to_pylist():
            # FDA's substance names carry salts and combinations: "SITAGLIPTIN PHOSPHATE; METFORMIN HYDROCHLORIDE".
            words = f" {''.join(c if c.isalnum() else ' ' for c in (row['ingredient'] or '').lower())} "
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
    lines = pharmacy.mutate(service_date=_.dispensing_date)
    return _matched(lines, lines.ndc_code, table("drug_spellings", found))


def ndc11(text: str) -> str:
    """An NDC in its 11 digits without hyphens: labeler 5, product 4, package 2.

    >>> ndc11("0093-1048-01"), ndc11("93104801")
    ('00093104801', '00093104801')
    """
    parts = text.strip().split("-")
    if len(parts) == 3:
        return "".join(part.zfill(width) for part, width in zip(parts, (5, 4, 2), strict=True))
    return "".join(c for c in text if c.isdigit()).zfill(11)


def _matched(lines: ibis.Table, column: ibis.Value, known: ibis.Table) -> ibis.Table:
    return lines.select("person_id", "service_date", spelling=column).join(known, _.spelling == known.text).select(
        "person_id", "service_date", "concept"
    )
