"""Reads a claims extract and the plan's feeds: types, cleans and checks them, and sets faulty rows aside.

A fault of a file refuses the extract (ExtractRefused). A fault of a row sets that row aside: it is counted, the
first one is kept to be shown, and the rest goes on. Slips that real extracts hold are put right and reported as
notices: `icd-10-pcs` on diagnoses, dual status `2.0`, gender as male or M.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import ibis
from ibis.backends.duckdb import Backend

from reports import checks, sources
from reports.layout import TABLES, Table
from reports.sources import ExtractRefused

__all__ = ["Extract", "ExtractRefused", "Notice", "SetAside", "open_extract"]

#: Tables too large to copy: they stay where they are, and a query reads the columns it needs.
CLAIMS = ("medical_claim", "pharmacy_claim")
#: Files that may well hold no row on some day.
MAY_BE_EMPTY = (
    "pcp_selection",
    "icm_status",
    "admission",
    "coverage",
    "ndc",
    "existing_account",
    "member_account",
)


@dataclass(frozen=True)
class SetAside:
    """Rows of one table left out for one reason; `first` holds the key columns of the first of them."""

    table: str
    reason: str
    count: int
    first: dict[str, str]


@dataclass(frozen=True)
class Notice:
    """Something about a table that a plan should know although nothing was left out."""

    table: str
    message: str


@dataclass
class Extract:
    """An opened extract. Use it as a context manager, or call close()."""

    con: Backend
    set_aside: list[SetAside] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sources: dict[str, sources.Source] = field(default_factory=dict)
    present: dict[str, frozenset[str]] = field(default_factory=dict)
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Extract:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def has(self, name: str) -> bool:
        """Whether the extract holds table `name`."""
        return name in self.sources

    def table(self, name: str) -> ibis.Table:
        """Table `name`, typed and cleaned, with every column of the layout (NULL where the file has none)."""
        return self.con.table(name)

    def batches(self, name: str, size: int = 5000) -> Iterator[list[dict[str, Any]]]:
        """The rows of table `name` as dicts, `size` at a time, in the order of the file."""
        cursor = self.con.con.cursor()
        try:
            for batch in cursor.execute(f"SELECT * FROM {name}").to_arrow_reader(size):
                yield batch.to_pylist()
        except duckdb.Error as error:
            raise sources.unreadable(self.sources[name], error) from error
        finally:
            cursor.close()

    def close(self) -> None:
        """Let go of the database and its temporary files."""
        self.con.disconnect()
        if self._folder:
            self._folder.cleanup()


def open_extract(
    folder: Path | str,
    tables: Iterable[str] | None = None,
    *,
    needed: Iterable[str] = (),
    memory: str = "4GB",
) -> Extract:
    """Open the extract in `folder`: those of `tables` (all by default) that are there.

    `needed` names the tables without which nothing can be done. `memory` bounds what DuckDB holds before it writes
    to temporary files. Raises ExtractRefused for a fault of a file.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ExtractRefused(str(folder), "there is no such folder")
    wanted = tuple(TABLES) if tables is None else tuple(tables)
    scratch = tempfile.TemporaryDirectory(prefix="extract-")
    con = ibis.duckdb.connect(
        str(Path(scratch.name) / "extract.duckdb"),
        memory_limit=memory,
        temp_directory=str(Path(scratch.name) / "spill"),
    )
    extract = Extract(con, _folder=scratch)
    try:
        for name in TABLES:  # in the layout's order: eligibility goes first, others are checked against it
            if name not in wanted:
                continue
            source = sources.find(folder, name)
            if source:
                _open(extract, source, TABLES[name])
            elif name in needed:
                raise ExtractRefused(f"{name}.parquet or {name}.csv", f"is not in {folder}")
    except BaseException:
        extract.close()
        raise
    return extract


def _open(extract: Extract, source: sources.Source, table: Table) -> None:
    con = extract.con.con
    present = sources.load(con, source, table)
    extract.sources[table.name] = source
    extract.present[table.name] = frozenset(present)
    try:
        if (
            table.name not in MAY_BE_EMPTY
            and con.execute(f"SELECT 1 FROM raw_{table.name} LIMIT 1").fetchone() is None
        ):
            raise ExtractRefused(source.file, "the file holds no rows")
        known = "eligibility" in extract.sources
        if table.name in CLAIMS:
            _open_claims(extract, table, present, parquet=source.parquet, members_known=known)
        else:
            _open_small(extract, table, present, members_known=known)
        extract.notices += [
            Notice(table.name, message) for message in checks.notices(con, table, frozenset(present))
        ]
    except duckdb.Error as error:
        raise sources.unreadable(source, error) from error


def _open_small(extract: Extract, table: Table, present: dict[str, str], *, members_known: bool) -> None:
    """Copy a table that fits, numbered in file order, with the fault of each row; the table is what has none."""
    con = extract.con.con
    fault = checks.fault(table, present, members_known=members_known and table.name != "eligibility")
    con.execute(
        f"CREATE TABLE checked_{table.name} AS SELECT row_number() OVER () AS row_number, "
        f"{checks.typed(table, present)}, {fault} AS fault FROM raw_{table.name}"
    )
    for statement in checks.repeated(table):
        con.execute(statement)
    _count_faults(extract, table, f"checked_{table.name}", "row_number")
    con.execute(
        f"CREATE VIEW {table.name} AS SELECT {', '.join(table.names)} FROM checked_{table.name} "
        "WHERE fault IS NULL ORDER BY row_number"
    )


def _open_claims(
    extract: Extract, table: Table, present: dict[str, str], *, parquet: bool, members_known: bool
) -> None:
    """Leave claims where they are, behind a view; the conditions of the view are those that some row fails."""
    con = extract.con.con
    typed = checks.typed(table, present, trim=not parquet)
    fault = checks.fault(
        table,
        present,
        members_known=members_known,
        unknown_systems=checks.unknown_systems(con, table, present),
    )
    con.execute(f"CREATE VIEW checked_{table.name} AS SELECT {typed}, {fault} AS fault FROM raw_{table.name}")
    faults = _count_faults(extract, table, f"checked_{table.name}")
    source = f"checked_{table.name} WHERE fault IS NULL" if faults else f"checked_{table.name}"
    con.execute(f"CREATE VIEW {table.name} AS SELECT {', '.join(table.names)} FROM {source}")


def _count_faults(extract: Extract, table: Table, checked: str, order: str | None = None) -> int:
    """Note each reason with its count and first row. Returns how many rows were set aside."""
    con = extract.con.con
    keys = [*table.key, *(("person_id",) if table.name in CLAIMS else ())]
    found = con.execute(
        f"SELECT fault, count(*) FROM {checked} WHERE fault IS NOT NULL GROUP BY fault ORDER BY fault"
    ).fetchall()
    for reason, count in found:
        ordered = f" ORDER BY {order}" if order else ""
        first = con.execute(
            f"SELECT {', '.join(keys)} FROM {checked} WHERE fault = ?{ordered} LIMIT 1", [reason]
        ).fetchone()
        shown = {
            key: "" if value is None else str(value) for key, value in zip(keys, first or (), strict=False)
        }
        extract.set_aside.append(SetAside(table.name, reason, count, shown))
    return sum(count for _, count in found)
