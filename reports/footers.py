"""What Parquet's own statistics say about a column, so that a scan of it can be spared.

A Parquet file ends with each column's number of nulls and least and greatest value, by row group. They answer whether
a column is never null, or holds one spelling only. Where they are silent (None) a query must look. CSV has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq

from reports.sources import Found, Source


@dataclass(frozen=True)
class Footers:
    """Statistics by column; a column whose statistics are not complete is absent."""

    columns: Mapping[str, ColumnFooter]

    def never_null(self, name: str) -> bool:
        """Whether it is certain that the column has a value in every row (it may be a blank text)."""
        found = self.columns.get(name)
        return found is not None and found.nulls == 0

    def always_null(self, name: str) -> bool:
        """Whether it is certain that no row has a value."""
        found = self.columns.get(name)
        return found is not None and found.nulls == found.rows

    def has_text(self, name: str) -> bool:
        """Whether it is certain that some row has a text that is not blank."""
        found = self.columns.get(name)
        return found is not None and any(isinstance(text, str) and text.strip() for text in found.greatest)

    def below(self, name: str, number: float) -> bool | None:
        """Whether some row of the column is below `number`; None where that is not certain."""
        found = self.columns.get(name)
        if found is None or not all(isinstance(least, int | float | Decimal) for least in found.least):
            return None
        return any(least < number for least in found.least)

    def last_day(self, name: str) -> date | None:
        """The latest day in the column; None where that is not certain, or there is none."""
        found = self.columns.get(name)
        if found is None or not found.greatest or not all(type(day) is date for day in found.greatest):
            return None
        return max(found.greatest)

    def spellings(self, name: str) -> frozenset[str] | None:
        """The texts that occur in the column, where each row group holds one at most; else None."""
        found = self.columns.get(name)
        if found is None or found.least != found.greatest:
            return None
        return frozenset(str(value) for value in found.least)


@dataclass(frozen=True)
class ColumnFooter:
    """One column over all row groups; `least` and `greatest` have an entry for each row group that has any value."""

    rows: int
    nulls: int
    least: tuple[Any, ...]
    greatest: tuple[Any, ...]


#: What is known where nothing is.
NOTHING_TOLD = Footers({})


def read(source: Source, found: Mapping[str, Found], names: Iterable[str]) -> Footers:
    """The statistics of the columns `names` of a source; none for CSV or where a file cannot say."""
    wanted = {found[name].spelling: name for name in names if name in found}
    if not source.parquet:
        return NOTHING_TOLD
    parts: dict[str, list[Any]] = {name: [] for name in wanted.values()}
    rows = 0
    for metadata in _metadata(source):
        rows += metadata.num_rows
        places = {metadata.schema.column(place).path: place for place in range(metadata.num_columns)}
        for spelling, name in wanted.items():
            if spelling not in places:
                return NOTHING_TOLD
            parts[name] += [
                metadata.row_group(group).column(places[spelling]).statistics
                for group in range(metadata.num_row_groups)
            ]
    return Footers(
        {name: made for name, stats in parts.items() if (made := _column(rows, stats)) is not None}
    )


def _metadata(source: Source) -> Iterator[Any]:
    for path in source.paths:
        with pq.ParquetFile(path) as file:
            yield file.metadata


def _column(rows: int, parts: list[Any]) -> ColumnFooter | None:
    nulls, least, greatest = 0, [], []
    for part in parts:
        if part is None or not part.has_null_count:
            return None
        nulls += part.null_count
        if part.has_min_max:
            least.append(part.min)
            greatest.append(part.max)
        elif part.num_values:  # values without a least and a greatest: this row group may hold anything
            return None
    return ColumnFooter(rows, nulls, tuple(least), tuple(greatest))
