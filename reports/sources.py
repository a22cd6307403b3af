"""Finding the files of an extract and what columns they have: `name.parquet`, `name.csv`, or several parts of one.

Faults of a file refuse the whole extract: a file that is missing where it is needed, empty, truncated or
unreadable, or lacks a column. What is looked at here, whatever engine computes: Parquet's footers, CSV's first lines.
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


@dataclass(frozen=True)
class Found:
    """A column of the layout as the files have it: how they spell its name, and its type in DuckDB's words."""

    spelling: str
    type: str


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


def columns(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> dict[str, Found]:
    """The layout's columns that the files have, without reading their rows. Raises ExtractRefused."""
    for path in source.paths:
        if path.stat().st_size == 0:
            raise ExtractRefused(path.name, "the file is empty")
    if source.parquet:
        found = _parquet_columns(con, source, table)
    else:
        found = {}
        for path in source.paths:
            found |= matching(dict.fromkeys(header(path), "VARCHAR"), table, source)
    for column in table.columns:
        if column.required and column.name not in found:
            raise ExtractRefused(source.file, "the column is missing", column.name)
    return found


def load(con: duckdb.DuckDBPyConnection, source: Source, table: Table, found: dict[str, Found]) -> None:
    """Make `raw_<name>` in DuckDB: row_number, in the order of the files, and the layout's columns that they have.

    Parquet becomes a view, so that a query reads only the columns it needs; CSV is read once, as text.
    Raises ExtractRefused.
    """
    try:
        if source.parquet:
            number, scan = _numbered(source.paths)
            chosen = [f"{identifier(column.spelling)} AS {name}" for name, column in found.items()]
            con.execute(f"CREATE VIEW raw_{table.name} AS SELECT {', '.join([number, *chosen])} FROM {scan}")
        else:
            _load_csv(con, source, table)
            con.execute(
                f"CREATE VIEW raw_{table.name} AS SELECT rowid AS row_number, * FROM text_{table.name}"
            )
    except duckdb.Error as error:
        raise unreadable(source, error) from error


def unreadable(source: Source, error: Exception) -> ExtractRefused:
    """A fault of `source` that showed only while its rows were read."""
    return ExtractRefused(source.file, f"cannot be read: {_short(error)}")


def damaged(source: Source, names: Sequence[str]) -> ExtractRefused | None:
    """Where a Parquet file that cannot be read to its end is damaged: the first file and column that fail.

    Reads everything, a column at a time, in a database of its own: a query that met damage may leave its own unusable.
    """
    with duckdb.connect() as con:
        for path in source.paths:
            for name in names:
                try:
                    con.execute(f"SELECT bit_xor(hash({identifier(name)})) FROM {_scan([path])}").fetchone()
                except duckdb.BinderException:
                    continue  # this part lacks the column
                except duckdb.Error as error:
                    return ExtractRefused(path.name, f"cannot be read: {_short(error)}", name.lower())
    return None


def _parquet_columns(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> dict[str, Found]:
    try:
        described = con.execute(f"DESCRIBE SELECT * FROM {_scan(source.paths)}").fetchall()
    except duckdb.Error as error:
        raise unreadable(source, error) from error
    return matching({str(row[0]): str(row[1]) for row in described}, table, source)


def _scan(paths: Sequence[Path]) -> str:
    files = ", ".join(quoted(str(path)) for path in paths)
    return f"read_parquet([{files}], union_by_name = true)"


def _numbered(paths: Sequence[Path]) -> tuple[str, str]:
    """The number of a row over all files (more of them in one file than 2^40 there are not), and the scan for it."""
    files = f"[{', '.join(quoted(str(path)) for path in paths)}]"
    if len(paths) == 1:
        return "file_row_number AS row_number", f"read_parquet({files}, file_row_number = true)"
    scan = f"read_parquet({files}, union_by_name = true, file_row_number = true, filename = true)"
    return f"list_position({files}, filename) * {2**40} + file_row_number AS row_number", scan


def header(path: Path) -> list[str]:
    """The column names of a CSV file. Raises ExtractRefused."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            names = [name.strip() for name in next(csv.reader(file), [])]
    except UnicodeDecodeError as error:
        raise ExtractRefused(path.name, "cannot be read: it is not UTF-8 text") from error
    if len(set(names)) < len(names) or not all(names):
        raise ExtractRefused(path.name, "the first line must name each column once")
    return names


def _load_csv(con: duckdb.DuckDBPyConnection, source: Source, table: Table) -> None:
    selects: list[str] = []
    for path in source.paths:
        names = header(path)
        spelled = matching(dict.fromkeys(names, "VARCHAR"), table, source)
        types = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
        chosen = ", ".join(
            f"nullif(trim({identifier(column.spelling)}), '') AS {name}" for name, column in spelled.items()
        )
        selects.append(
            f"SELECT {chosen or '1 AS nothing'} FROM read_csv({quoted(str(path))}, header = true, "
            f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', columns = {{{types}}})"
        )
    con.execute(f"CREATE TABLE text_{table.name} AS {' UNION ALL BY NAME '.join(selects)}")


def matching(types: dict[str, str], table: Table, source: Source) -> dict[str, Found]:
    """The layout's columns among those of a file (name to type), whatever their case. Raises ExtractRefused."""
    by_name: dict[str, str] = {}
    for name in types:
        if name.strip().lower() in by_name:
            raise ExtractRefused(source.file, "the column occurs twice", name.lower())
        by_name[name.strip().lower()] = name
    return {name: Found(by_name[name], types[by_name[name]]) for name in table.names if name in by_name}


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
