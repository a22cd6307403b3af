"""The claims as the reports read them: lines with their day of service, matched to the codes that are looked for.

Every question is one scan of the few columns it needs. Reading a column of a Parquet file again is cheap; writing
what was read to a table of its own is not. Where the engine numbers the lines, codes are matched without anything
else of the line, and the rest is read once for the lines that matched: numbers of claims and persons are the dearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import ibis
from ibis import _

from reports.codebook import Codebook, Keep, Step, spellings, stand_for
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
class _Procedures:
    """How procedures are spelled (a table as `Codebook.spelled` gives it), and what must be read of their lines to know
    which of them count: modifiers, where some code says a side by them, and NPIs, where some are of eye care."""

    known: ibis.Table
    modifiers: tuple[str, ...]
    npis: tuple[str, ...]
    sided: bool

    @property
    def asks(self) -> tuple[str, ...]:
        return (*self.modifiers, *self.npis)


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

    def services(
        self, name: str, concepts: Sequence[str], *carried: str, inpatient: bool = False
    ) -> ibis.Table:
        """`carried` columns, service_date and code of the lines with a procedure or diagnosis of the concepts, and of
        those with an ICD-10-PCS procedure where `inpatient` asks for them."""
        if ROW in self.lines.columns:
            return self._services_by_row(name, concepts, carried, inpatient)
        return self.services_at_once(name, concepts, *carried, inpatient=inpatient)

    def services_at_once(
        self, name: str, concepts: Sequence[str], *carried: str, inpatient: bool = False
    ) -> ibis.Table:
        """The same, reading all that is carried together with the codes: where there are no numbers, or few lines."""
        parts = [
            self.by_procedure(name, concepts, *carried),
            self.by_diagnosis(name, concepts, *carried),
            self.by_inpatient_procedure(name, concepts, *carried) if inpatient else None,
        ]
        return _together([part for part in parts if part is not None])

    def _services_by_row(
        self, name: str, concepts: Sequence[str], carried: tuple[str, ...], inpatient: bool
    ) -> ibis.Table:
        """Codes first, by nothing but the line's number; then days, modifiers and who did it, of these lines alone."""
        bare = replace(self, lines=self.undated, without_reversed=False)
        procedures = self._procedures(name, concepts)
        parts = [bare.coded(["hcpcs_code"], procedures.known, ROW)]
        systems = [("diagnoses", "ICD-10-CM", DIAGNOSES), ("inpatient", "ICD-10-PCS", PROCEDURES)]
        for kind, system, names in systems if inpatient else systems[:1]:
            codes = self.book.of(concepts, (system,))
            if codes and self.have(names):
                filled, known = self._known(f"{name}_{kind}", self.have(names), codes)
                parts.append(bare.coded(filled, known, ROW))
        kept = self.keep(f"{name}_lines", _together([part.select(ROW, *_CODED) for part in parts]))
        columns = dict.fromkeys((*carried, *procedures.asks, "service_date"))
        lines = self.lines.select(*columns, line=ROW)
        counted = self.reversals.leave_out(kept)
        joined = counted.join(lines, counted[ROW] == lines.line)
        done = self._as_asked(joined, procedures).select(*carried, "service_date", "code")
        return self.step(f"matched_{name}", done)

    def by_procedure(self, name: str, concepts: Sequence[str], *carried: str) -> ibis.Table:
        """`carried` columns, service_date and code of the lines whose procedure is of the concepts, in one scan.

        Codes of eye care count from eye-care providers only; codes that say a side by their modifier stand for that
        side.
        """
        procedures = self._procedures(name, concepts)
        counts, wanted = self._wanted((*carried, *procedures.asks))
        coded = self._as_asked(self.coded(["hcpcs_code"], procedures.known, *wanted), procedures)
        counted = counts.leave_out(coded)
        return self.step(f"matched_{name}_procedures", counted.select(*carried, "service_date", "code"))

    def _procedures(self, name: str, concepts: Sequence[str]) -> _Procedures:
        codes = self.book.of(concepts, (*PROCEDURE_SYSTEMS, *self._sided_systems()))
        found = stand_for(self.texts(["hcpcs_code"])["hcpcs_code"], codes)
        eye = {self.book.number(code) for code in codes if code.concept in self.parameters.eye_care_concepts}
        sided = any("+" in code.system for listed in found.values() for code in listed)
        known = self.book.spelled(self.keep, f"{name}_procedures", found, codes, marked=eye)
        npis = ("rendering_npi", "billing_npi") if eye else ()
        return _Procedures(known, tuple(self.have(MODIFIERS)) if sided else (), npis, sided)

    def _as_asked(self, coded: ibis.Table, procedures: _Procedures) -> ibis.Table:
        """Without the procedures that count by a modifier, or from a provider, that the line does not have."""
        if procedures.sided:
            has = [coded[column].strip().upper() == coded.modifier for column in procedures.modifiers]
            coded = coded.filter((coded.modifier == "") | ibis.or_(ibis.literal(False), *has))
        return self._by_eye_care(coded) if procedures.npis else coded

    def coded(self, columns: Sequence[str], known: ibis.Table, *carried: str) -> ibis.Table:
        """`carried` columns of the lines with one of the texts of `known` in one of `columns`, with the code it is."""
        lines = _together(
            [self.lines.select(*carried, spelling=c).filter(_.spelling.notnull()) for c in columns]
        )
        return lines.join(known, lines.spelling == known.text)

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
        filled, known = self._known(name, columns, codes)
        counts, wanted = self._wanted(carried)
        counted = counts.leave_out(self.coded(filled, known, *wanted))
        return self.step(f"matched_{name}", counted.select(*carried, "service_date", "code"))

    def _known(
        self, name: str, columns: Sequence[str], codes: Sequence[Code]
    ) -> tuple[Sequence[str], ibis.Table]:
        """Those of `columns` in which one of the codes occurs (or the first), and how the codes are spelled there."""
        texts = self.texts(columns)
        found = {column: stand_for(texts[column], codes) for column in columns}
        filled = [column for column in columns if found[column]] or columns[:1]
        return filled, self.book.spelled(self.keep, name, set().union(*found.values()), codes)

    def _wanted(self, carried: Sequence[str]) -> tuple[Reversals, tuple[str, ...]]:
        """What is reversed, and the columns to read: those carried, those it needs, and the day of service."""
        counts = self.reversals if self.without_reversed else Reversals()
        return counts, tuple(dict.fromkeys((*carried, *counts.carried, "service_date")))

    def texts(self, columns: Sequence[str]) -> dict[str, list[str]]:
        """By column, the distinct spellings in it, of any day, looked up once."""
        new = [column for column in columns if column not in self._texts]
        if new:
            self._texts.update(spellings(self.undated, new))
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


def _together(parts: Sequence[ibis.Table]) -> ibis.Table:
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


#: What a match tells of a code, beside the columns it carries.
_CODED = ("code", "modifier", "marked")

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
