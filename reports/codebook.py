"""The codes a refresh looks for, numbered, and the spellings in which the claims hold them.

Codes are compared by the spellings that occur in the claims: the distinct spellings of a column are few, so they
are cleaned once and the lines are then matched as they stand (`E11.9`, `e119 ` and `E119` are one code).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import ibis
import pyarrow as pa
from ibis import _

from reports import packing
from reports.codes import Code, counted, normal, of
from reports.parameters import Parameters

#: Computes a table once, so that several queries can read it: (name, expression or Arrow table) -> table.
Keep = Callable[[str, ibis.Table | pa.Table], ibis.Table]

#: Names a query, so that queries over it stay short: (name, expression) -> view.
Step = Callable[[str, ibis.Table], ibis.Table]

RANGE = "ICD-10-CM-RANGE"


class Codebook:
    """Every code of the lists under a number from 1 on. Raises ValueError where there are more than it can hold."""

    def __init__(self, codes: Sequence[Code], parameters: Parameters) -> None:
        self.codes = counted(codes, parameters)
        keys = sorted({(code.system, code.code) for code in self.codes})
        if len(keys) >= packing.CODES:
            raise ValueError(
                f"the code lists hold {len(keys):,} codes; there is room for {packing.CODES - 1:,}"
            )
        self._numbers = {key: number for number, key in enumerate(keys, 1)}

    def of(self, concepts: Iterable[str], systems: Iterable[str] | None = None) -> tuple[Code, ...]:
        """The codes of the concepts, in the systems if given."""
        return of(self.codes, concepts, systems)

    def number(self, code: Code) -> int:
        """The code's number."""
        return self._numbers[code.system, code.code]

    def groups(self, keep: Keep, name: str, groups: Iterable[tuple[str, ...]]) -> ibis.Table:
        """A table code (number), group (position): which codes belong to which group of concepts."""
        found = {
            (self.number(code), place) for place, concepts in enumerate(groups) for code in self.of(concepts)
        }
        numbers, places = zip(*sorted(found), strict=True) if found else ((), ())
        columns = {"code": pa.array(numbers, pa.int32()), "group": pa.array(places, pa.int32())}
        return keep(name, pa.table(columns))

    def shown(self) -> dict[int, str]:
        """How each number's code is written for people: diagnoses with their dot."""
        return {number: _shown(system, code) for (system, code), number in self._numbers.items()}

    def spelled(
        self,
        keep: Keep,
        name: str,
        texts: Iterable[str],
        codes: Sequence[Code],
        marked: Collection[int] = (),
    ) -> ibis.Table:
        """A table of those of `texts` that stand for one of `codes`: text, code (number), modifier (the one that the
        code asks for, or ''), marked (whether the number is one of `marked`)."""
        known = stand_for(texts, codes)
        rows = sorted(
            {
                (text, self.number(code), code.system.partition("+")[2])
                for text, found in known.items()
                for code in found
            }
        )
        columns = {
            "text": pa.array([text for text, _number, _modifier in rows], pa.string()),
            "code": pa.array([number for _text, number, _modifier in rows], pa.int32()),
            "modifier": pa.array([modifier for _text, _number, modifier in rows], pa.string()),
            "marked": pa.array([number in marked for _text, number, _modifier in rows], pa.bool_()),
        }
        return keep(name, pa.table(columns))


def spellings(lines: ibis.Table, columns: Sequence[str]) -> dict[str, list[str]]:
    """By column, the distinct texts in it."""
    parts = [
        lines.select(text=column)
        .filter(_.text.notnull())
        .distinct()
        .mutate(place=ibis.literal(place, "int32"))
        for place, column in enumerate(columns)
    ]
    found: dict[str, list[str]] = {column: [] for column in columns}
    for row in (ibis.union(*parts) if len(parts) > 1 else parts[0]).to_pyarrow().to_pylist():
        found[columns[row["place"]]].append(row["text"])
    return found


def stand_for(texts: Iterable[str], codes: Sequence[Code]) -> dict[str, list[Code]]:
    """Those of `texts` that are spellings of one of `codes`, and of which."""
    by_code: dict[tuple[str, str], list[Code]] = {}
    for code in codes:
        by_code.setdefault((code.system, code.code), []).append(code)
    systems = {code.system for code in codes}
    ranges = [code for code in codes if code.system == RANGE]
    found: dict[str, list[Code]] = {}
    for text in texts:
        stands = [c for system in systems for c in by_code.get((system, normal(_plain(system), text)), ())]
        stands += [code for code in ranges if _in_range(normal(RANGE, text), code.code)]
        if stands:
            found[text] = stands
    return found


def _plain(system: str) -> str:
    """The system of a code that says its side by a modifier, without the modifier."""
    return system.partition("+")[0]


def _in_range(code: str, span: str) -> bool:
    first, _dash, last = span.partition("-")
    return first <= code[: len(first)] <= (last or first)


def _shown(system: str, code: str) -> str:
    if system == "ICD-10-CM" and len(code) > 3:
        return f"{code[:3]}.{code[3:]}"
    return code
