"""The claims as the reports read them: lines with their day of service, matched to the codes that are looked for.

Every question is one scan of the few columns it needs. Reading a column of a Parquet file again is cheap; writing
what was read to a table of its own is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis
from ibis import _

from reports.codebook import Codebook, Keep, Step, stand_for
from reports.codes import PROCEDURE_SYSTEMS, Code
from reports.layout import CODES_PER_LINE
from reports.parameters import Parameters
from reports.reversals import Reversals

DIAGNOSES = tuple(f"diagnosis_code_{number}" for number in range(1, CODES_PER_LINE + 1))
PROCEDURES = tuple(f"procedure_code_{number}" for number in range(1, CODES_PER_LINE + 1))
MODIFIERS = tuple(f"hcpcs_modifier_{number}" for number in range(1, 6))

#: The first day that is taken for a day of service.
_FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Claims:
    """Medical claim lines up to the as-of date, with `service_date` (the line's, or else the claim's).

    `present` names the columns that the extract has. `providers` is the provider feed.
    """

    lines: ibis.Table
    present: frozenset[str]
    reversals: Reversals
    providers: ibis.Table
    book: Codebook
    parameters: Parameters
    keep: Keep
    step: Step
    #: Whether lines that were voided, replaced or taken back are left out.
    without_reversed: bool = True
    _texts: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def have(self, names: Sequence[str]) -> list[str]:
        """Those of the columns that the extract has."""
        return [name for name in names if name in self.present]

    def by_procedure(self, name: str, concepts: Sequence[str], *carried: str) -> ibis.Table:
        """`carried` columns, service_date and code of the lines whose procedure is of the concepts.

        Codes that count only from an eye-care provider are left out elsewhere; codes that say a side by their
        modifier stand for that side.
        """
        eye = set(self.parameters.eye_care_concepts)
        plain = self.book.of([c for c in concepts if c not in eye], PROCEDURE_SYSTEMS)
        parts = [self._matched(f"{name}_procedures", self.lines, ["hcpcs_code"], plain, carried)]
        codes = self.book.of([c for c in concepts if c in eye], PROCEDURE_SYSTEMS)
        if self.spellings("hcpcs_code", codes):
            parts.append(
                self._matched(f"{name}_eye_care", self._of_eye_care(), ["hcpcs_code"], codes, carried)
            )
        for modifier in self._modifiers():
            systems = [f"{system}+{modifier}" for system in PROCEDURE_SYSTEMS]
            codes = self.book.of(concepts, systems)
            if spelled := self.spellings("hcpcs_code", codes):
                lines = self._with_modifier(modifier, spelled)
                parts.append(self._matched(f"{name}_{modifier}", lines, ["hcpcs_code"], codes, carried))
        return parts[0] if len(parts) == 1 else ibis.union(*parts)

    def by_diagnosis(
        self, name: str, concepts: Sequence[str], *carried: str, systems: Sequence[str] = ("ICD-10-CM",)
    ) -> ibis.Table | None:
        """`carried` columns, service_date and code of the lines with a diagnosis of the concepts; None if none has."""
        codes = self.book.of(concepts, systems)
        columns = self.have(DIAGNOSES)
        return (
            self._matched(f"{name}_diagnoses", self.lines, columns, codes, carried)
            if codes and columns
            else None
        )

    def by_inpatient_procedure(self, name: str, concepts: Sequence[str], *carried: str) -> ibis.Table | None:
        """`carried` columns, service_date and code of the lines with an ICD-10-PCS procedure of the concepts."""
        codes = self.book.of(concepts, ("ICD-10-PCS",))
        columns = self.have(PROCEDURES)
        return (
            self._matched(f"{name}_inpatient", self.lines, columns, codes, carried)
            if codes and columns
            else None
        )

    def by_column(
        self, name: str, column: str, concepts: Sequence[str], system: str, *carried: str
    ) -> ibis.Table | None:
        """`carried` columns, service_date and code of the lines whose `column` holds a code of the system."""
        codes = self.book.of(concepts, (system,))
        known = self.have([column])
        return (
            self._matched(f"{name}_{column}", self.lines, known, codes, carried) if codes and known else None
        )

    def _matched(
        self,
        name: str,
        lines: ibis.Table,
        columns: Sequence[str],
        codes: Sequence[Code],
        carried: Sequence[str],
    ) -> ibis.Table:
        counts = self.reversals if self.without_reversed else Reversals()
        texts = self.texts(columns)
        found = {column: stand_for(texts[column], codes) for column in columns}
        filled = [column for column in columns if found[column]] or columns[:1]
        known = self.book.spelled(self.keep, name, set().union(*found.values()), codes)
        wanted = dict.fromkeys((*carried, *counts.carried, "service_date"))
        parts = [lines.select(*wanted, spelling=c).filter(_.spelling.notnull()) for c in filled]
        coded = ibis.union(*parts) if len(parts) > 1 else parts[0]
        counted = counts.leave_out(coded.join(known, coded.spelling == known.text))
        return self.step(
            f"matched_{name}", counted.select(*dict.fromkeys((*carried, "service_date")), "code")
        )

    def texts(self, columns: Sequence[str]) -> dict[str, list[str]]:
        """By column, the distinct spellings in it, looked up once."""
        new = [column for column in columns if column not in self._texts]
        parts = [
            self.lines.select(text=column)
            .filter(_.text.notnull())
            .distinct()
            .mutate(place=ibis.literal(place, "int32"))
            for place, column in enumerate(new)
        ]
        if parts:
            self._texts.update({column: [] for column in new})
            for row in (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pyarrow().to_pylist():
                self._texts[new[row["place"]]].append(row["text"])
        return self._texts

    def spellings(self, column: str, codes: Sequence[Code]) -> list[str]:
        """The spellings in the column that stand for one of `codes`."""
        return sorted(stand_for(self.texts([column])[column], codes))

    def _modifiers(self) -> list[str]:
        sides = self.parameters.sided_concepts.values()
        return sorted({modifier for side in sides for modifier in side})

    def _with_modifier(self, modifier: str, spelled: Sequence[str]) -> ibis.Table:
        lines = self.lines.filter(_.hcpcs_code.isin(spelled))
        tests = [lines[name].strip().upper() == modifier for name in self.have(MODIFIERS)]
        return lines.filter(ibis.or_(ibis.literal(False), *tests))

    def _of_eye_care(self) -> ibis.Table:
        """The lines of eye-care providers: the rendering one, or else the billing one."""
        p = self.parameters
        codes = self.book.of(p.eye_care_concepts, PROCEDURE_SYSTEMS)
        lines = self.lines.filter(_.hcpcs_code.isin(self.spellings("hcpcs_code", codes)))
        lines = lines.mutate(
            npi=_.rendering_npi.strip().nullif("").coalesce(_.billing_npi.strip().nullif(""))
        )
        known = self.providers.mutate(specialty=_.specialty.fill_null("").strip().lower())
        known = known.filter(_.specialty != "")
        is_eye_care = ibis.or_(*[_.specialty.contains(word) for word in p.eye_care_specialties])
        eye_care = known.filter(is_eye_care).select("npi").distinct()
        if not p.unknown_specialty_is_eye_care:
            return lines.semi_join(eye_care, "npi")
        others = known.select("npi").distinct().anti_join(eye_care, "npi")
        return lines.anti_join(others, "npi")


#: What is read of a claim line, beside its diagnoses and procedures.
_USED = (
    "claim_id",
    "claim_line_number",
    "person_id",
    "place_of_service_code",
    "bill_type_code",
    "drg_code",
    "revenue_center_code",
    "hcpcs_code",
    *MODIFIERS,
    "rendering_npi",
    "rendering_tin",
    "billing_npi",
    "billing_tin",
    "facility_npi",
)


def up_to(claims: ibis.Table, present: frozenset[str], as_of: date) -> ibis.Table:
    """The lines of services given by the as-of date, with `service_date`. `present` are the columns that the files
    have: diagnoses and procedures without a file's column are left out."""
    service_date = _.claim_line_start_date.coalesce(_.claim_start_date)
    coded = [name for name in (*DIAGNOSES, *PROCEDURES) if name in present]
    lines = claims.select(*_USED, *coded, service_date=service_date)
    return lines.filter(_.service_date.between(ibis.literal(_FIRST_DAY), ibis.literal(as_of)))
