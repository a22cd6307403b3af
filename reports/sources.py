"""Finding and opening the files of an extract: `name.parquet`, `name.csv`, or several parts of one.

Faults of a file refuse the whole extract: a file that is missing where it is needed, empty, truncated or
unreadable, or lacks a column.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from reports.layout import Table


class ExtractRefused(Exception):
    """The extract cannot be used. `file` and `column` say where, `message` says why."""

    def __init__(self, file: str, message: str, column: str | None = None) -> None:
        self.file, self.column, self.message = file, column, message
        where = f"{file}, column {column}" if column else file
        super().__init__(f"{where}: {message}")


@dataclass(frozen=True)
class Source:
    """The files of one table, all Parquet or all CSV."""

    name: str
    paths: tuple[Path, ...]
    parquet: bool

    @property
    def file(self) -> str:
        """What a message calls it."""
        return self.paths[0].name if len(self.paths) == 1 else f"{self.name} ({len(self.paths)} files)"


def find(folder: Path, name: str) -> Source | None:
    """The files of table `name`: one file, `name-*` or `name.*` parts, or a folder of parts. Parquet before CSV."""
    for ending in ("parquet", "csv"):
        single = folder / f"{name}.{ending}"
        if single.is_file():
            return Source(name, (single,), ending == "parquet")
        parts = {
            path
            for pattern in (f"{name}-*.{ending}", f"{name}.*.{ending}", f"{name}/*.{ending}")
            for path in folder.glob(pattern)
            if path.is_file()
        }
        if parts:
            return Source(name, tuple(sorted(parts)), ending == "parquet")
    return None


def load(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> dict[str, str]:
    """Make `raw_<name>` in DuckDB, with the layout's columns that the files have. Returns column name to SQL type.

    Parquet becomes a view, so that a query reads only the columns it needs; CSV is read once, as text.
    Raises ExtractRefused.
    """
    for path in source.paths:
        if path.stat().st_size == 0:
            raise ExtractRefused(path.name, "the file is empty")
    try:
        present = _load_parquet(con, source, table) if source.parquet else _load_csv(con, source, table)
    except duckdb.Error as error:
        raise ExtractRefused(source.file, f"cannot be read: {_short(error)}") from error
    except UnicodeDecodeError as error:
        raise ExtractRefused(source.file, "cannot be read: it is not UTF-8 text") from error
    for column in table.columns:
        if column.required and column.name not in present:
            raise ExtractRefused(source.file, "the column is missing", column.name)
    return present


def unreadable(source: Source, error: Exception) -> ExtractRefused:
    """A fault of `source` that showed only while its rows were read."""
    return ExtractRefused(source.file, f"cannot be read: {_short(error)}")


def _load_parquet(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> dict[str, str]:
    files = ", ".join(quoted(str(path)) for path in source.paths)
    scan = f"read_parquet([{files}], union_by_name = true)"
    described = con.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    spelled = _matching({str(row[0]): str(row[1]) for row in described}, table, source)
    columns = ", ".join(f"{identifier(found)} AS {name}" for name, (found, _) in spelled.items())
    con.execute(f"CREATE VIEW raw_{table.name} AS SELECT {columns or '1 AS nothing'} FROM {scan}")
    return {name: type_ for name, (_, type_) in spelled.items()}


def _load_csv(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> dict[str, str]:
    selects: list[str] = []
    present: dict[str, str] = {}
    for path in source.paths:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header = [name.strip() for name in next(csv.reader(file), [])]
        if len(set(header)) < len(header) or not all(header):
            raise ExtractRefused(path.name, "the first line must name each column once")
        spelled = _matching(dict.fromkeys(header, "VARCHAR"), table, source)
        types = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
        columns = ", ".join(
            f"nullif(trim({identifier(found)}), '') AS {name}" for name, (found, _) in spelled.items()
        )
        selects.append(
            f"SELECT {columns or '1 AS nothing'} FROM read_csv({quoted(str(path))}, header = true, "
            f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {{{types}}})"
        )
        present |= {name: type_ for name, (_, type_) in spelled.items()}
    con.execute(f"CREATE TABLE raw_{table.name} AS {' UNION ALL BY NAME '.join(selects)}")
    return present


def _matching(found: dict[str, str], table: Table, source: Source) -> dict[str, tuple[str, str]]:
    """The layout's columns among `found` (name to type), whatever their case: name to spelling and type."""
    by_name: dict[str, str] = {}
    for name in found:
        if name.strip().lower() in by_name:
            raise ExtractRefused(source.file, "the column occurs twice", name.lower())
        by_name[name.strip().lower()] = name
    return {name: (by_name[name], found[by_name[name]]) for name in table.names if name in by_name}


def _short(error: Exception) -> str:
    """The first line of a database's message, which says what is wrong; the rest is advice about options."""
    lines: Sequence[str] = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


def quoted(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
