"""The claims as the reports read them: lines with their day of service, matched to the codes that are looked for.

Every question is one scan of the few columns it needs. Reading a column of a Parquet file again is cheap; writing
what was read to a table of its own is not. Where the engine numbers the lines, codes are matched without anything
else of the line, and the rest is read once for the lines that matched: claim and person numbers are the dearest columns.
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

#: The number of a line, where the engine has one.
ROW = "row_number"

#: The first day that is taken for a day of service.
_FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Claims:
    """Medical claim lines up to the as-of date, with `service_date` (the line's, or else the claim's).

    `present` names the columns that the extract has. `providers` is the provider feed.
    """

    lines: ibis.Table
    #: The same with the lines beyond the as-of date.
    undated: ibis.Table
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

    def narrow(self, *columns: str) -> tuple[str, ...]:
        """What a match needs to carry so that `wide` can give `columns`."""
        return (ROW,) if ROW in self.lines.columns else columns

    def wide(self, name: str, matched: ibis.Table, *columns: str) -> ibis.Table:
        """Matches that carry `narrow(*columns)`, with these columns of their lines."""
        if ROW not in self.lines.columns:
            return matched
        kept = self.keep(name, matched)
        lines = self.lines.select(*columns, line=ROW)
        joined = kept.join(lines, kept[ROW] == lines.line)
        return joined.select(*columns, *[column for column in matched.columns if column != ROW])

    def by_procedure(self, name: str, concepts: Sequence[str], *carried: str) -> ibis.Table:
        """`carried` columns, service_date and code of the lines whose procedure is of the concepts, in one scan.

        Codes of eye care count from eye-care providers only; codes that say a side by their modifier stand for that
        side.
        """
        systems = (*PROCEDURE_SYSTEMS, *self._sided_systems())
        codes = self.book.of(concepts, systems)
        found = stand_for(self.texts(["hcpcs_code"])["hcpcs_code"], codes)
        eye = {self.book.number(code) for code in codes if code.concept in self.parameters.eye_care_concepts}
        sided = any("+" in code.system for listed in found.values() for code in listed)
        known = self.book.spelled(self.keep, f"{name}_procedures", found, codes, marked=eye)
        npis = ("rendering_npi", "billing_npi") if eye else ()
        modifiers = self.have(MODIFIERS) if sided else []
        counts, wanted = self._wanted((*carried, *npis, *modifiers))
        lines = self.lines.select(*wanted, spelling="hcpcs_code").filter(_.spelling.notnull())
        coded = lines.join(known, lines.spelling == known.text)
        if sided:
            has = [coded[column].strip().upper() == coded.modifier for column in modifiers]
            coded = coded.filter((coded.modifier == "") | ibis.or_(ibis.literal(False), *has))
        if eye:
            coded = self._by_eye_care(coded)
        counted = counts.leave_out(coded)
        return self.step(f"matched_{name}_procedures", counted.select(*carried, "service_date", "code"))

    def by_diagnosis(
        self, name: str, concepts: Sequence[str], *carried: str, systems: Sequence[str] = ("ICD-10-CM",)
    ) -> ibis.Table | None:
        """`carried` columns, service_date and code of the lines with a diagnosis of the concepts; None if none has."""
        codes = self.book.of(concepts, systems)
        columns = self.have(DIAGNOSES)
        return self._matched(f"{name}_diagnoses", columns, codes, carried) if codes and columns else None

    def by_inpatient_procedure(self, name: str, concepts: Sequence[str], *carried: str) -> ibis.Table | None:
        """`carried` columns, service_date and code of the lines with an ICD-10-PCS procedure of the concepts."""
        codes = self.book.of(concepts, ("ICD-10-PCS",))
        columns = self.have(PROCEDURES)
        return self._matched(f"{name}_inpatient", columns, codes, carried) if codes and columns else None

    def by_column(
        self, name: str, column: str, concepts: Sequence[str], system: str, *carried: str
    ) -> ibis.Table | None:
        """`carried` columns, service_date and code of the lines whose `column` holds a code of the system."""
        codes = self.book.of(concepts, (system,))
        known = self.have([column])
        return self._matched(f"{name}_{column}", known, codes, carried) if codes and known else None

    def _matched(
        self,
        name: str,
        columns: Sequence[str],
        codes: Sequence[Code],
        carried: Sequence[str],
    ) -> ibis.Table:
        texts = self.texts(columns)
        found = {column: stand_for(texts[column], codes) for column in columns}
        filled = [column for column in columns if found[column]] or columns[:1]
        known = self.book.spelled(self.keep, name, set().union(*found.values()), codes)
        counts, wanted = self._wanted(carried)
        parts = [self.lines.select(*wanted, spelling=c).filter(_.spelling.notnull()) for c in filled]
        coded = ibis.union(*parts) if len(parts) > 1 else parts[0]
        counted = counts.leave_out(coded.join(known, coded.spelling == known.text))
        return self.step(f"matched_{name}", counted.select(*carried, "service_date", "code"))

    def _wanted(self, carried: Sequence[str]) -> tuple[Reversals, tuple[str, ...]]:
        """What is reversed, and the columns to read: those carried, those it needs, and the day of service."""
        counts = self.reversals if self.without_reversed else Reversals()
        return counts, tuple(dict.fromkeys((*carried, *counts.carried, "service_date")))

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

    def filled(self, column: str) -> ibis.Deferred:
        """The column's text without blanks around it, NULL where there is none. Distinct texts are few and looked up
        once: where none needs it, nothing is cut, which on many lines costs more than reading them."""
        texts = self.texts([column])[column]
        value = _[column].strip() if any(text != text.strip() for text in texts) else _[column]
        return value if all(text.strip() for text in texts) else value.nullif("")

    def spellings(self, column: str, codes: Sequence[Code]) -> list[str]:
        """The spellings in the column that stand for one of `codes`."""
        return sorted(stand_for(self.texts([column])[column], codes))

    def _sided_systems(self) -> list[str]:
        sides = self.parameters.sided_concepts.values()
        modifiers = {modifier for side in sides for modifier in side}
        return sorted(f"{system}+{modifier}" for system in PROCEDURE_SYSTEMS for modifier in modifiers)

    def _by_eye_care(self, coded: ibis.Table) -> ibis.Table:
        """Without the marked codes of providers who do no eye care: the rendering one, or else the billing one."""
        p = self.parameters
        known = self.providers.mutate(specialty=_.specialty.fill_null("").strip().lower())
        known = known.filter(_.specialty != "")
        is_eye_care = ibis.or_(*[known.specialty.contains(word) for word in p.eye_care_specialties])
        listed = known.group_by(performer="npi").agg(is_eye_care=is_eye_care.max())
        npi = self.filled("rendering_npi").coalesce(self.filled("billing_npi"))
        coded = coded.mutate(performed_by=ibis.ifelse(_.marked, npi, ibis.null("string")))
        joined = coded.left_join(listed, coded.performed_by == listed.performer)
        counts = joined.is_eye_care.fill_null(p.unknown_specialty_is_eye_care)
        return joined.filter(~joined.marked | counts)


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


def with_service_date(claims: ibis.Table, present: frozenset[str]) -> ibis.Table:
    """The columns that are read of the lines, with `service_date`. `present` are the columns that the files have:
    diagnoses and procedures without a file's column are left out."""
    service_date = _.claim_line_start_date.coalesce(_.claim_start_date)
    coded = [name for name in (*DIAGNOSES, *PROCEDURES) if name in present]
    number = [ROW] if ROW in claims.columns else []
    return claims.select(*number, *_USED, *coded, service_date=service_date)


def up_to(lines: ibis.Table, as_of: date) -> ibis.Table:
    """The lines of services given by the as-of date."""
    return lines.filter(_.service_date.between(ibis.literal(_FIRST_DAY), ibis.literal(as_of)))
