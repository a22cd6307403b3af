"""The engines that can compute the reports: DuckDB, embedded, or Spark (`spark.py`).

Both are Ibis backends. Small tables (eligibility, the feeds) are read and checked in DuckDB whichever engine
computes, and handed over to it; claims, which are large, are read by the engine itself.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import duckdb
import ibis
from ibis.backends.sql import SQLBackend
from ibis.backends.sql.datatypes import DuckDBType

from reports import sources
from reports.layout import Table
from reports.sources import Found, Source
from reports.store import RefreshRefused

# Ibis parses the name of each column's type whenever it looks at a table, and a file of claims has 148 columns.
DuckDBType.from_string = lru_cache(DuckDBType.from_string)

#: The Java that Spark 4 runs on.
JAVA = 17


class EngineMissing(RefreshRefused):
    """The engine asked for cannot run here; the message says what is lacking."""


class Engine:
    """DuckDB: `con` computes, `desk` is where small tables are read and checked. Here they are one database."""

    name = "duckdb"
    con: SQLBackend

    def __init__(self, memory: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="extract-")
        self.scratch = Path(self._folder.name)
        database = ibis.duckdb.connect(
            ":memory:",
            memory_limit=memory,
            temp_directory=str(self.scratch / "spill"),
        )
        self.con, self.desk = database, database.con

    def claims(self, source: Source, table: Table, found: dict[str, Found]) -> ibis.Table:
        """The layout's columns that the files have, under the layout's names, as the files type them; CSV as text
        without blanks around it, NULL where empty; and, where the engine has it, `row_number`, the line's place in the
        files. Raises ExtractRefused."""
        sources.load(self.desk, source, table, found)
        return self.con.table(f"raw_{table.name}")

    def table(self, name: str) -> ibis.Table:
        """A table of the extract. A small one is handed over when it is first asked for."""
        return self.con.table(name)

    def forget_order(self) -> None:
        """From now on rows come in any order but that which a query asks for: keeping the files' order through joins
        and into tables costs time and memory. The first of faulty rows has been shown by then."""
        self.desk.execute("SET preserve_insertion_order = false")

    def failed_to_read(self, error: Exception) -> bool:
        """Whether an error of this engine may come from a damaged file (and not from a wrong query)."""
        ours = (duckdb.ProgrammingError, duckdb.OutOfMemoryException, duckdb.InterruptException)
        return isinstance(error, duckdb.Error) and not isinstance(error, ours)

    def close(self) -> None:
        """Let go of the database and its temporary files."""
        self.con.disconnect()
        self._folder.cleanup()


def connect(name: str, memory: str) -> Engine:
    """Start the engine `name` ("duckdb" or "spark"). `memory` bounds what it holds before it writes to temporary files.

    Raises EngineMissing.
    """
    if name == "duckdb":
        return Engine(memory)
    if name != "spark":
        raise EngineMissing(f"engine {name!r} is not available; there are duckdb, spark")
    try:
        from reports.spark import Spark  # heavy, and not installed by default
    except ImportError as error:
        raise EngineMissing(
            "the engine spark needs pyspark: install health-plan-portal[spark] (or run make test-spark)"
        ) from error
    return Spark(memory)


def need_java() -> str:
    """The Java that Spark would run on, in its own words ('openjdk version "17.0.15" …').

    Raises EngineMissing, saying what was found and how to mend it, where there is none or an older one.
    """
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    told = ""
    if java and Path(java).exists():
        asked = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
        told = next(iter((asked.stderr + asked.stdout).strip().splitlines()), "")
    number = re.search(r'version "(\d+)', told)
    if not number or int(number[1]) < JAVA:
        where = f"JAVA_HOME is {home}" if home else "on the PATH"
        found = f"found {told}" if told else f"found none, {where}"
        raise EngineMissing(
            f"Spark needs a Java {JAVA} or later; {found}. On Debian: apt-get install openjdk-17-jre-headless, "
            "or set JAVA_HOME to one"
        )
    return told
