"""The value sets: which codes of which system stand for which concept. They are data, in `codes/*.csv`."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reports.parameters import Parameters

FOLDER = Path(__file__).parent / "codes"

#: Systems that a claim line carries in its procedure code (`hcpcs_code`).
PROCEDURE_SYSTEMS = ("CPT", "CPT-II", "HCPCS")

_COLUMNS = ["concept", "system", "code", "description", "source"]


@dataclass(frozen=True)
class Code:
    """`code` is in the spelling that `normal` gives."""

    concept: str
    system: str
    code: str


def normal(system: str, code: str) -> str:
    """A code as it is compared: upper case and without a dot; revenue codes of four digits; drug names in lower case.

    >>> normal("ICD-10-CM", "e11.9"), normal("REVENUE", "510"), normal("INGREDIENT", " Metformin ")
    ('E119', '0510', 'metformin')
    """
    code = code.strip()
    if system == "INGREDIENT":
        return " ".join(code.lower().split())
    if system == "REVENUE":
        return code.removesuffix(".0").zfill(4)
    if system == "DUAL_STATUS":
        return code.removesuffix(".0").zfill(2)
    if system == "NDC":
        return "".join(c for c in code if c.isdigit()).zfill(11)
    return code.upper().replace(".", "") if system.startswith("ICD") else code.upper()


def read_codes(folder: Path = FOLDER) -> tuple[Code, ...]:
    """All codes in the CSV files of `folder`. Raises ValueError, naming file and line, where one is malformed."""
    codes: dict[Code, None] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if missing := [column for column in _COLUMNS[:3] if column not in (reader.fieldnames or ())]:
                raise ValueError(f"{path.name}: column {', '.join(missing)} is missing")
            for row in reader:
                if not (row["concept"] and row["system"] and row["code"]):
                    raise ValueError(f"{path.name}, line {reader.line_num}: concept, system or code is blank")
                code = Code(
                    row["concept"].strip(), row["system"].strip(), normal(row["system"].strip(), row["code"])
                )
                codes[code] = None
    if not codes:
        raise ValueError(f"{folder} holds no codes")
    return tuple(codes)


def of(
    codes: Iterable[Code], concepts: Iterable[str], systems: Iterable[str] | None = None
) -> tuple[Code, ...]:
    """Those of `codes` that belong to the concepts, in the systems if given."""
    wanted = set(concepts)
    allowed = None if systems is None else set(systems)
    return tuple(
        code for code in codes if code.concept in wanted and (allowed is None or code.system in allowed)
    )


def counted(codes: Sequence[Code], parameters: Parameters) -> tuple[Code, ...]:
    """The codes that a plan counts: without those that its parameters leave out, sides apart."""
    return (*_without(codes, parameters), *_sided(codes, parameters))


def _without(codes: Sequence[Code], parameters: Parameters) -> Iterable[Code]:
    """The lists without the diagnoses of diabetes that the plan does not count."""
    return (
        code
        for code in codes
        if code.concept != "diabetes_dx" or code.code.startswith(parameters.diabetes_prefixes)
    )


def _sided(codes: Sequence[Code], parameters: Parameters) -> Iterable[Code]:
    """A code that says the side by a modifier is one code a side: system "CPT+LT" for CPT with modifier LT."""
    for concept, sides in parameters.sided_concepts.items():
        for code in of(codes, [concept]):
            for modifier, stands_for in sides.items():
                yield Code(stands_for, f"{code.system}+{modifier}", code.code)
