"""Words for the codes that occur: diagnoses by the public list, revenue codes and emergencies by lists of our own.

Each file is looked up in the folder that a plan gives and else in the one that ships.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import ibis
import pyarrow as pa
from ibis import _
from pyarrow import compute
from pyarrow.csv import ConvertOptions, read_csv

from reports.codebook import RANGE, stand_for
from reports.codes import Code, normal, of
from reports.events.sources import TEXTS, Sources, with_dot
from reports.sensitive import BITS, concept

DIAGNOSES = "icd10cm.csv"
REVENUES = "revenue.csv"
EMERGENCIES = "ed-emergent.csv"

#: An ICD-10-CM code has at least the three characters of its category.
_CATEGORY = 3
#: Seventh characters of an injury that is looked at for the first time; others tell of care that follows.
_FIRST_TREATMENT = ("A", "B", "C")


def _rows(folder: Path, name: str, column: str, needed: Iterable[str] | None = None) -> dict[str, str]:
    """The column of a list, packed or not, by its code; of the codes `needed`, or of all. The year's list of diagnoses
    has 100,000, so that Arrow reads them. Raises FileNotFoundError."""
    places = [base / (name + end) for base in (folder, TEXTS) for end in ("", ".gz")]
    path = next((path for path in places if path.is_file()), places[-1])
    columns = ["code", column]
    as_text = ConvertOptions(include_columns=columns, column_types=dict.fromkeys(columns, pa.string()))
    table = read_csv(path, convert_options=as_text)
    if needed is not None:
        table = table.filter(compute.is_in(table["code"], pa.array(sorted(needed), pa.string())))
    return dict(zip(*(found.to_pylist() for found in table.columns), strict=True))


def diagnosis_texts(codes: Iterable[str], folder: Path = TEXTS) -> dict[str, str]:
    """The text of each of `codes` (without dot). A code that the year's list does not hold has the text of the
    nearest code above it; one without any is absent."""
    wanted = {code: _above(code) for code in codes}
    known = _rows(folder, DIAGNOSES, "text", {above for line in wanted.values() for above in line})
    found = {
        code: next((known[above] for above in line if above in known), "") for code, line in wanted.items()
    }
    return {code: text for code, text in found.items() if text}


def revenue_texts(folder: Path = TEXTS) -> dict[str, str]:
    """Our own words for revenue codes of four digits."""
    found = _rows(folder, REVENUES, "text")
    return {normal("REVENUE", code): text.strip() for code, text in found.items()}


def emergencies(codes: Iterable[str], folder: Path = TEXTS) -> dict[str, str]:
    """ "Emergent" or "Non-emergent" of each of `codes` that the list speaks of; its longest entry counts.

    The list is silent about later treatment of an injury, which an emergency department seldom has to give.
    """
    listed = _rows(folder, EMERGENCIES, "kind")
    kinds = {normal("ICD-10-CM", code): kind.strip() for code, kind in listed.items()}
    found = {}
    for code in codes:
        if code[:1] in ("S", "T") and len(code) == 7 and not code.endswith(_FIRST_TREATMENT):
            continue
        for above in _above(code):
            if above in kinds:
                found[code] = kinds[above]
                break
    return found


def described(sources: Sources, name: str, events: ibis.Table) -> ibis.Table:
    """`events`, kept as `name`, with their column `diagnosis` told in words.

    Adds diagnosis_code (with its dot), emergent and diagnosis_flags (the categories of which the code is);
    `diagnosis` becomes the text. All are '' (flags: 0) where there is no code, or nothing is known of it.
    """
    kept = sources.keep(name, events)
    codes = [
        code for code in kept.select("diagnosis").distinct().to_pyarrow()["diagnosis"].to_pylist() if code
    ]
    codes.sort()
    texts, kinds = diagnosis_texts(codes, sources.texts), emergencies(codes, sources.texts)
    words = sources.keep(
        f"{name}_diagnoses",
        pa.table(
            {
                "code": pa.array(codes, pa.string()),
                "text": pa.array([texts.get(code, "") for code in codes], pa.string()),
                "kind": pa.array([kinds.get(code, "") for code in codes], pa.string()),
                "bits": pa.array(diagnosis_bits(codes, sources.codes), pa.int64()),
            }
        ),
    )
    joined = kept.left_join(words, kept.diagnosis == words.code)
    return joined.mutate(
        diagnosis_code=with_dot(_.diagnosis),
        diagnosis=_.text.fill_null(""),
        emergent=_.kind.fill_null(""),
        diagnosis_flags=_.bits.fill_null(0),
    ).drop("code", "text", "kind", "bits")


def diagnosis_bits(codes: Iterable[str], lists: Iterable[Code]) -> list[int]:
    """For each of `codes` the sensitive categories of which it is by the code lists, as bits."""
    bits = {concept(category): bit for category, bit in BITS.items()}
    stands = stand_for(codes, of(lists, bits, ("ICD-10-CM", RANGE)))
    return [sum({bits[found.concept] for found in stands.get(code, ())}) for code in codes]


def _above(code: str) -> list[str]:
    """A code and those above it, down to its category: E1165, E116, E11."""
    return [code[:length] for length in range(len(code), _CATEGORY - 1, -1)]
