"""Types and checks the claims as Ibis expressions, so that either engine runs them. Claims are large: what can be told
from Parquet's footers is not read, the persons are counted once, and rows at fault are looked up only where some are.

Rules: a claim without a person, a bad date, an unknown code system and a person whom eligibility does not know set the
line aside; a diagnosis typed `icd-10-pcs` is read as ICD-10-CM.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

import ibis
from ibis import _

from reports.engine import Engine
from reports.footers import NOTHING_TOLD, Footers
from reports.layout import Column, Table

#: Spellings of the code systems that can be read, without punctuation. `icd10pcs` on a diagnosis is a slip.
CODE_SYSTEMS = {
    "diagnosis_code_type": ("icd10cm", "icd10pcs", "icd10"),
    "procedure_code_type": ("icd10pcs", "icd10cm", "icd10", "cpt", "hcpcs"),
}
WITHOUT_PERSON = "claim without a person"
STRANGER = "member not in eligibility"

_TRUE = ("1", "1.0", "t", "true", "y", "yes")
_FALSE = ("0", "0.0", "f", "false", "n", "no")
#: Dates that no report looks at are not checked.
_UNCHECKED = ("procedure_date_", "file_date")
#: Columns whose emptiness changes what the reports can say, and what is done without them.
WATCHED = {
    "medical_claim": (
        "paid_date", "rendering_npi", "rendering_tin", "billing_npi", "billing_tin", "facility_npi", "bill_type_code"
    ),
    "pharmacy_claim": ("paid_date", "ndc_code"),
}  # fmt: skip
_MEANING = {
    "rendering_tin": "the billing TIN or the directory's is used",
    "billing_tin": "the directory's is used",
    "rendering_npi": "the billing NPI is used",
}


@dataclass
class Checked:
    """A claims table that was looked over: its sound lines, how many lines the files have, what was set aside (reason,
    count, first), and notices.

    Lines of persons whom eligibility does not know are counted in `set_aside` but still in `lines`: to test every
    line for that would cost as much as reading them, and a join with the members leaves them out.
    """

    lines: ibis.Table
    count: int
    #: What the footers tell about `lines`; nothing where lines were left out.
    footers: Footers
    set_aside: list[tuple[str, int, dict[str, str]]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def check(
    engine: Engine, raw: ibis.Table, table: Table, footers: Footers, members: ibis.Table | None
) -> Checked:
    """Look over the claims `raw`. `members` is eligibility, where the extract has it."""
    types = _CodeTypes.of(raw, table, footers)
    typed = {column.name: _typed(raw, column) for column in table.columns}
    faults = dict(_faults(raw, typed, table, footers, types))
    persons = _Persons.of(engine, raw, table, faults, members)
    person = raw.person_id.cast("string")
    if persons.padded:
        person = typed["person_id"] = person.strip()
    if persons.blank:
        faults = {WITHOUT_PERSON: _blank(person), **faults}
    sound = raw
    checked = Checked(raw, persons.lines, footers)
    if persons.blank or persons.unsound:
        checked.set_aside, failing = _set_aside(raw, faults, table)
        sound = raw.filter([~condition for condition in failing])
        checked.footers = NOTHING_TOLD
    if persons.strangers:
        strangers = sound.semi_join(persons.unknown, person == persons.unknown.person_id)
        checked.set_aside.append((STRANGER, persons.strangers, _first(strangers, table)))
    number = ["row_number"] if "row_number" in raw.columns else []
    checked.lines = sound.select(*number, **typed)
    checked.notices = [*_empty_columns(raw, table, footers, persons.lines), *types.notices()]
    if persons.padded:
        checked.notices.append(
            f"person_id has blanks around it in {persons.padded:,} rows; they were left out"
        )
    return checked


@dataclass(frozen=True)
class _CodeTypes:
    """The spellings of code systems that cannot be read, by column, and the slips in that of the diagnoses."""

    unknown: Mapping[str, tuple[str, ...]]
    read_as_diagnosis: int = 0
    untyped: int = 0

    @classmethod
    def of(cls, raw: ibis.Table, table: Table, footers: Footers) -> _CodeTypes:
        present = [name for name in CODE_SYSTEMS if name in raw.columns and name in table.names]
        if not present or all(cls._plain(name, footers) for name in present):
            return cls({})
        diagnosed = _.diagnosis_code_1.notnull().sum() if "diagnosis_code_1" in raw.columns else _.count()
        texts = {name: raw[name].cast("string") for name in present}
        rows = raw.group_by(**texts).agg(lines=_.count(), diagnosed=diagnosed).to_pyarrow().to_pylist()
        unknown = {
            name: tuple(
                sorted({row[name] for row in rows} - {row[name] for row in rows if _known(name, row[name])})
            )
            for name in present
        }
        kept = [row for row in rows if "diagnosis_code_type" in row]
        return cls(
            unknown,
            sum(row["lines"] for row in kept if _bare(row["diagnosis_code_type"]) == "icd10pcs"),
            sum(row["diagnosed"] for row in kept if row["diagnosis_code_type"] is None),
        )

    @staticmethod
    def _plain(name: str, footers: Footers) -> bool:
        """Whether the footers alone tell that every spelling is readable and none is a slip."""
        found = footers.spellings(name)
        if found is None or not all(_known(name, text) for text in found):
            return False
        return name != "diagnosis_code_type" or (
            footers.never_null(name) and all(_bare(text) != "icd10pcs" for text in found)
        )

    def notices(self) -> Iterator[str]:
        if self.read_as_diagnosis:
            yield f"diagnoses typed icd-10-pcs were read as ICD-10-CM in {self.read_as_diagnosis:,} rows"
        if self.untyped:
            yield f"diagnoses without a code system were read as ICD-10-CM in {self.untyped:,} rows"


@dataclass(frozen=True)
class _Persons:
    """How many lines there are, and how many of them: without a person; at fault otherwise; with blanks around the
    person's ID; sound but of a person (in `unknown`) whom eligibility does not know."""

    lines: int
    blank: int
    unsound: int
    padded: int
    strangers: int
    unknown: ibis.Table

    @classmethod
    def of(
        cls,
        engine: Engine,
        raw: ibis.Table,
        table: Table,
        faults: Mapping[str, ibis.BooleanValue],
        members: ibis.Table | None,
    ) -> _Persons:
        unsound = reduce(or_, faults.values()).sum() if faults else ibis.literal(0)
        counted = raw.group_by(spelled=raw.person_id.cast("string")).agg(lines=_.count(), unsound=unsound)
        kept = engine.con.create_table(f"persons_of_{table.name}", counted, overwrite=True)
        kept = kept.mutate(person_id=_.spelled.fill_null("").strip())
        figures = kept.agg(
            lines=_.lines.sum(),
            blank=_.lines.sum(where=_.person_id == ""),
            unsound=_.unsound.sum(where=_.person_id != ""),
            padded=_.lines.sum(where=(_.person_id != "") & (_.person_id != _.spelled)),
        )
        found = {key: int(value or 0) for key, value in figures.to_pyarrow().to_pylist()[0].items()}
        unknown = kept.filter(_.person_id != "")
        if members is None:
            return cls(**found, strangers=0, unknown=unknown)
        unknown = unknown.anti_join(members.select("person_id").distinct(), "person_id")
        strangers = unknown.agg(count=(_.lines - _.unsound).sum()).to_pyarrow().to_pylist()[0]["count"]
        return cls(**found, strangers=int(strangers or 0), unknown=unknown.select("person_id"))


def _faults(
    raw: ibis.Table,
    typed: Mapping[str, ibis.Value],
    table: Table,
    footers: Footers,
    types: _CodeTypes,
) -> Iterator[tuple[str, ibis.BooleanValue]]:
    """What may be wrong with a line, as conditions that are true or false; the first that holds is the one named."""
    for column in table.columns:
        name = column.name
        if column.type in ("text", "timestamp") or name not in raw.columns or name.startswith(_UNCHECKED):
            continue
        source = raw[name].type()
        if source.is_string() or (column.type == "date" and source.is_integer()):
            kind = {"date": "bad date", "bool": "neither yes nor no"}.get(column.type, "not a number")
            yield f"{kind} in {name}", ~_blank(raw[name].cast("string")) & typed[name].isnull()
    days = {
        "medical_claim": (("claim_line_start_date", "claim_start_date"), "bad date: no date of service"),
        "pharmacy_claim": (("dispensing_date",), "bad date: no dispensing date"),
    }
    names, reason = days[table.name]
    if not any(
        footers.never_null(name) and raw[name].type().is_date() for name in names if name in raw.columns
    ):
        yield reason, ibis.coalesce(*[typed[name] for name in names]).isnull()
    for name, spellings in types.unknown.items():
        if spellings:
            yield (
                f"unknown code system in {name}",
                raw[name].cast("string").isin(spellings).fill_null(False),
            )


def _set_aside(
    raw: ibis.Table, faults: Mapping[str, ibis.BooleanValue], table: Table
) -> tuple[list[tuple[str, int, dict[str, str]]], list[ibis.BooleanValue]]:
    """Each reason with its count and first row, a line under its first fault only; and the conditions that held."""
    fault = ibis.cases(
        *[(condition, reason) for reason, condition in faults.items()], else_=ibis.null("string")
    )
    found = raw.filter(reduce(or_, faults.values())).group_by(fault=fault).agg(lines=_.count())
    counts = {row["fault"]: row["lines"] for row in found.to_pyarrow().to_pylist()}
    made = [
        (reason, count, _first(raw.filter(fault.fill_null("") == reason), table))
        for reason, count in sorted(counts.items())
    ]
    return made, [condition for reason, condition in faults.items() if reason in counts]


def _first(lines: ibis.Table, table: Table) -> dict[str, str]:
    """The keys of the first of some lines, as text."""
    keys = [*table.key, "person_id"]
    shown = {key: lines[key].cast("string") if key in lines.columns else ibis.null("string") for key in keys}
    rows = lines.select(**shown).limit(1).to_pyarrow().to_pylist()
    return {key: (rows[0][key] or "").strip() if rows else "" for key in keys}


def _empty_columns(raw: ibis.Table, table: Table, footers: Footers, total: int) -> Iterator[str]:
    """Which of the watched columns no line fills. A query stops at the first line that does."""
    for name in WATCHED[table.name]:
        meaning = f"; {_MEANING[name]}" if name in _MEANING else ""
        if name not in raw.columns:
            yield f"column {name} is missing{meaning}"
        elif not footers.has_text(name) and (
            footers.always_null(name)
            or not raw.filter(~_blank(raw[name].cast("string"))).select(name).limit(1).to_pyarrow().num_rows
        ):
            yield f"{name} is empty in all {total:,} rows{meaning}"


def statistics_used(table: Table) -> Iterable[str]:
    """The columns whose footers are asked about, here or by the rules."""
    mostly_blank = ("diagnosis_code_", "procedure_code_", "hcpcs_modifier_")
    return (
        *CODE_SYSTEMS,
        "claim_line_start_date",
        "claim_start_date",
        "dispensing_date",
        *WATCHED[table.name],
        "drg_code",
        "paid_amount",
        "allowed_amount",
        "charge_amount",
        *(name for name in table.names if name.startswith(mostly_blank)),
    )


def _typed(raw: ibis.Table, column: Column) -> ibis.Value:
    """A column of the layout with its type. Codes keep their spelling: `services.py` compares distinct spellings."""
    target = {"text": "string", "int": "int64", "float": "float64", "bool": "boolean"}.get(
        column.type, column.type
    )
    if column.name not in raw.columns:
        return ibis.null(target)
    value = raw[column.name]
    kind = value.type()
    if column.type == "date":
        if kind.is_date():
            return value
        return value.cast("date") if kind.is_timestamp() else day(value.cast("string"))
    if not kind.is_string() or target == "string":
        return value.cast(target) if kind != ibis.dtype(target) else value
    text = value.strip()
    if column.type == "bool":
        word = text.lower()
        return ibis.cases((word.isin(_TRUE), True), (word.isin(_FALSE), False), else_=ibis.null("boolean"))
    if column.type == "int":  # a whole number may be written 1.0
        return text.try_cast("float64").try_cast("int64")
    return text.try_cast(target)


def day(text: ibis.StringValue) -> ibis.DateValue:
    """A text as a date: 2015-08-31 (a time after it is dropped), 08/31/2015 or 20150831; NULL for anything else."""
    text = text.strip()
    iso, us, bare = (
        r"^([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})([ T].*)?$",
        r"^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})$",
        r"^([0-9]{4})([0-9]{2})([0-9]{2})$",
    )

    def joined(pattern: str, *order: int) -> ibis.StringValue:
        year, month, date = (text.re_extract(pattern, place) for place in order)
        return year + "-" + month.lpad(2, "0") + "-" + date.lpad(2, "0")

    written = ibis.cases(
        (text.re_search(iso), joined(iso, 1, 2, 3)),
        (text.re_search(us), joined(us, 3, 1, 2)),
        (text.re_search(bare), joined(bare, 1, 2, 3)),
        else_=ibis.null("string"),
    )
    return written.try_cast("date")


def _blank(text: ibis.StringValue) -> ibis.BooleanValue:
    return text.isnull() | (text.strip() == "").fill_null(False)


def _known(name: str, text: str | None) -> bool:
    return not text or not text.strip() or _bare(text) in CODE_SYSTEMS[name]


def _bare(text: str | None) -> str:
    return "".join(c for c in (text or "").lower() if c.isalnum())
