"""Reads a claims extract and the plan's feeds: types, cleans and checks them, and sets faulty rows aside.

A fault of a file refuses the extract (ExtractRefused). A fault of a row sets that row aside: it is counted, the
first one is kept to be shown, and the rest goes on. Slips that real extracts hold are put right and reported as
notices: `icd-10-pcs` on diagnoses, dual status `2.0`, gender as male or M, blanks around a person's ID.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends.sql import SQLBackend

from reports import checks, claim_checks, footers, sources
from reports.engine import Engine, connect
from reports.layout import TABLES, Table
from reports.sources import ExtractRefused, Found

__all__ = ["Extract", "ExtractRefused", "Notice", "SetAside", "open_extract"]

#: Tables too large to copy: they stay where they are, and a query reads the columns it needs.
CLAIMS = ("medical_claim", "pharmacy_claim")
#: Why a selection counts for nothing.
NOT_IN_DIRECTORY = "provider not in the directory"
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

    engine: Engine
    set_aside: list[SetAside] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    sources: dict[str, sources.Source] = field(default_factory=dict)
    present: dict[str, frozenset[str]] = field(default_factory=dict)
    footers: dict[str, footers.Footers] = field(default_factory=dict)

    def __enter__(self) -> Extract:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def con(self) -> SQLBackend:
        """Where the reports are computed."""
        return self.engine.con

    def has(self, name: str) -> bool:
        """Whether the extract holds table `name`."""
        return name in self.sources

    def table(self, name: str) -> ibis.Table:
        """Table `name`, typed and cleaned, with every column of the layout (NULL where the file has none).

        Claims still hold the lines of persons whom eligibility does not know, which are counted as set aside: a join
        with the members leaves them out.
        """
        return self.engine.table(name)

    def numbered(self, name: str) -> ibis.Table:
        """Claims as `table` gives them, with `row_number` where the engine numbers their lines (DuckDB does)."""
        return self.engine.table(f"numbered_{name}")

    def filled(self, name: str) -> frozenset[str]:
        """The columns that the files of claims have, without those of which it is certain that no line fills them."""
        told = self.footers[name]
        return frozenset(column for column in self.present[name] if not told.always_null(column))

    def batches(self, name: str, size: int = 5000) -> Iterator[list[dict[str, Any]]]:
        """The rows of table `name` as dicts, `size` at a time, in the order of the file. Raises ExtractRefused."""
        try:
            if name in CLAIMS:
                for batch in self.table(name).to_pyarrow_batches(chunk_size=size):
                    yield batch.to_pylist()
                return
            cursor = self.engine.desk.cursor()
            columns = ", ".join(TABLES[name].names)
            rows = f"SELECT {columns} FROM sound_{name} ORDER BY row_number"
            try:
                for batch in cursor.execute(rows).to_arrow_reader(size):
                    yield batch.to_pylist()
            finally:
                cursor.close()
        except Exception as error:
            raise self.refusal(error) or error from error

    def set_aside_unknown_selections(self, npis: Iterable[str]) -> None:
        """Set aside the selections (`pcp_selection`) of providers who are not in the directory, whose NPIs these are.

        Call it before the table is first asked for.
        """
        if not self.has("pcp_selection"):
            return
        desk = self.engine.desk
        desk.register("directory_npis", pa.table({"npi": pa.array(list(npis), pa.string())}))
        desk.execute(
            f"INSERT INTO faulty_pcp_selection SELECT row_number, member_id, npi, '{NOT_IN_DIRECTORY}' "
            "FROM sound_pcp_selection WHERE npi NOT IN (SELECT npi FROM directory_npis WHERE npi IS NOT NULL)"
        )
        desk.unregister("directory_npis")
        _count_faults(self, TABLES["pcp_selection"], NOT_IN_DIRECTORY)
        _show_sound(self, TABLES["pcp_selection"])

    def refusal(self, error: Exception) -> ExtractRefused | None:
        """The refusal that an error means which came up while the tables were read; None where no file is to blame.

        Damage inside a Parquet file shows only when its pages are read; which file and column it is, is then looked
        for, as the engines seldom say.
        """
        if not self.engine.failed_to_read(error):
            return None
        for source in self.sources.values():
            found = source.parquet and sources.damaged(source, sorted(self.present[source.name]))
            if found:
                return found
            if not source.parquet and any(path.name in str(error) for path in source.paths):
                return sources.unreadable(source, error)
        return None

    def close(self) -> None:
        """Let go of the engine and its temporary files."""
        self.engine.close()


def open_extract(
    folder: Path | str,
    tables: Iterable[str] | None = None,
    *,
    needed: Iterable[str] = (),
    memory: str = "4GB",
    engine: str = "duckdb",
) -> Extract:
    """Open the extract in `folder`: those of `tables` (all by default) that are there.

    `needed` names the tables without which nothing can be done. `engine` computes ("duckdb" or "spark"); `memory`
    bounds what it holds before it writes to temporary files. Raises ExtractRefused for a fault of a file,
    reports.engine.EngineMissing where the engine cannot run.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ExtractRefused(str(folder), "there is no such folder")
    wanted = tuple(TABLES) if tables is None else tuple(tables)
    extract = Extract(connect(engine, memory))
    try:
        for name in TABLES:  # in the layout's order: eligibility goes first, others are checked against it
            if name not in wanted:
                continue
            source = sources.find(folder, name)
            if source:
                _open(extract, source, TABLES[name])
            elif name in needed:
                raise ExtractRefused(f"{name}.parquet or {name}.csv", f"is not in {folder}")
    except Exception as error:
        refusal = extract.refusal(error)
        extract.close()
        raise refusal or error from error
    except BaseException:
        extract.close()
        raise
    return extract


def _open(extract: Extract, source: sources.Source, table: Table) -> None:
    found = sources.columns(extract.engine.desk, source, table)
    extract.sources[table.name] = source
    extract.present[table.name] = frozenset(found)
    if table.name in CLAIMS:
        _open_claims(extract, source, table, found)
    else:
        _open_small(extract, source, table, found)


def _open_small(extract: Extract, source: sources.Source, table: Table, found: dict[str, Found]) -> None:
    """Number the rows in file order and find those at fault; the table is a view of the others."""
    desk, name = extract.engine.desk, table.name
    sources.load(desk, source, table, found)
    if name not in MAY_BE_EMPTY and not desk.execute(f"SELECT 1 FROM raw_{name} LIMIT 1").fetchone():
        raise ExtractRefused(source.file, "the file holds no rows")
    present = {column: sort.type for column, sort in found.items()}
    known = name != "eligibility" and extract.has("eligibility")
    fault = checks.fault(table, present, members_known=known)
    typed = checks.typed(table, present)
    desk.execute(f"CREATE VIEW typed_{name} AS SELECT row_number, {typed} FROM raw_{name}")
    keys = ", ".join(table.key)
    desk.execute(
        f"CREATE TABLE faulty_{name} AS SELECT row_number, {keys}, fault "
        f"FROM (SELECT row_number, {typed}, {fault} AS fault FROM raw_{name}) WHERE fault IS NOT NULL"
    )
    for statement in checks.repeated(table):
        desk.execute(statement)
    _count_faults(extract, table)
    _show_sound(extract, table)
    extract.notices += [Notice(name, message) for message in checks.notices(desk, table, present)]


def _show_sound(extract: Extract, table: Table) -> None:
    """Make the view of a small table: its rows without those at fault, if there are any."""
    desk, name = extract.engine.desk, table.name
    some = desk.execute(f"SELECT 1 FROM faulty_{name} LIMIT 1").fetchone()
    only = f" WHERE row_number NOT IN (SELECT row_number FROM faulty_{name})" if some else ""
    desk.execute(f"CREATE OR REPLACE VIEW sound_{name} AS SELECT * FROM typed_{name}{only}")
    desk.execute(f"CREATE OR REPLACE VIEW {name} AS SELECT {', '.join(table.names)} FROM sound_{name}")


def _open_claims(extract: Extract, source: sources.Source, table: Table, found: dict[str, Found]) -> None:
    """Leave claims where they are, behind a view; the conditions of the view are those that some row fails."""
    engine = extract.engine
    raw = engine.claims(source, table, found)
    members = extract.table("eligibility") if extract.has("eligibility") else None
    told = footers.read(source, found, claim_checks.statistics_used(table))
    checked = claim_checks.check(engine, raw, table, told, members)
    if not checked.count:
        raise ExtractRefused(source.file, "the file holds no rows")
    numbered = engine.con.create_view(f"numbered_{table.name}", checked.lines)
    engine.con.create_view(table.name, numbered.select(*table.names))
    extract.footers[table.name] = checked.footers
    extract.set_aside += [SetAside(table.name, *aside) for aside in checked.set_aside]
    extract.notices += [Notice(table.name, message) for message in checked.notices]


def _count_faults(extract: Extract, table: Table, only: str | None = None) -> None:
    """Note each reason (or this one) with its count and first row."""
    keys = ", ".join(table.key)
    found = extract.engine.desk.execute(
        f"SELECT fault, count(*) OVER (PARTITION BY fault), {keys} FROM faulty_{table.name} "
        "QUALIFY row_number() OVER (PARTITION BY fault ORDER BY row_number) = 1 ORDER BY fault"
    ).fetchall()
    for reason, count, *first in found:
        if only in (None, reason):
            shown = {
                key: "" if value is None else str(value) for key, value in zip(table.key, first, strict=True)
            }
            extract.set_aside.append(SetAside(table.name, reason, count, shown))
