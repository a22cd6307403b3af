"""Spark as the engine of a refresh, for plans whose claims outgrow one machine. Needs pyspark and a Java 17 or later.

Where Spark runs and with what is Spark's own configuration: SPARK_CONF_DIR (spark-defaults.conf), SPARK_HOME or
PYSPARK_SUBMIT_ARGS; a session that is already open is used. With none of them Spark runs in this process.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
from ibis.backends.pyspark import Backend
from ibis.backends.sql.compilers.pyspark import PySparkCompiler
from ibis.formats.pyarrow import PyArrowSchema
from py4j.protocol import Py4JError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from reports import sources
from reports.engine import Engine, EngineMissing, need_java
from reports.layout import Table
from reports.sources import Found, Source

#: Any of these in the environment says where Spark runs.
CONFIGURED_BY = ("SPARK_CONF_DIR", "SPARK_HOME", "PYSPARK_SUBMIT_ARGS")
#: How we read: CSV rows are checked whole, and timestamps in nanoseconds come as numbers instead of not at all.
_READING = {
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.session.timeZone": "UTC",
}


class _Compiler(PySparkCompiler):
    def visit_DateTruncate(self, op: Any, *, arg: Any, unit: Any) -> Any:  # noqa: N802 (Ibis finds it by the name)
        """A day cut to its month is a day; Spark makes a moment of it, which prints with a time."""
        return self.cast(self.visit_TimestampTruncate(op, arg=arg, unit=unit), op.dtype)


class ArrowBackend(Backend):
    """Ibis on Spark with Arrow in and out. By way of pandas, as Ibis goes, an empty text becomes "NaN" and an integer
    column with a gap loses its numbers."""

    compiler = _Compiler()

    def _register_in_memory_table(self, op: Any) -> None:
        table = op.data.to_pyarrow(op.schema).cast(PyArrowSchema.from_ibis(op.schema))
        self._session.createDataFrame(table).createOrReplaceTempView(op.name)

    def to_pyarrow(self, expr: Any, /, *, params: Any = None, limit: Any = None, **_options: Any) -> Any:
        self._run_pre_execute_hooks(expr)
        table = expr.as_table()
        frame = self._session.sql(self.compile(table, params=params, limit=limit))
        found = frame.toArrow().rename_columns(list(table.schema().names))
        return expr.__pyarrow_result__(found.cast(PyArrowSchema.from_ibis(table.schema())))

    def to_pyarrow_batches(
        self,
        expr: Any,
        /,
        *,
        params: Any = None,
        limit: Any = None,
        chunk_size: int = 1_000_000,
        **_options: Any,
    ) -> pa.RecordBatchReader:
        table = self.to_pyarrow(expr.as_table(), params=params, limit=limit)
        return pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=chunk_size))


class Spark(Engine):
    """Claims are read by Spark; small tables come from a DuckDB beside it. What is computed on the way goes into a
    database of its own in Spark's catalog, which is dropped in the end."""

    name = "spark"

    def __init__(self, memory: str) -> None:
        need_java()
        super().__init__(memory)
        self.files = self.con  # DuckDB
        self._open_before = SparkSession.getActiveSession()
        self._handed: set[str] = set()
        try:
            self.session = self._open_before or self._start(memory)
        except Exception as error:
            super().close()
            raise EngineMissing(f"Spark does not start: {_first_line(error)}") from error
        for key, value in _READING.items():
            self.session.conf.set(key, value)
        ArrowBackend.register_options()
        self.con = ArrowBackend()
        self.con.do_connect(self.session)
        self.database = f"portal_refresh_{secrets.token_hex(4)}"
        self.session.sql(f"CREATE DATABASE {self.database}")
        self._database_before = self.session.catalog.currentDatabase()
        self.session.catalog.setCurrentDatabase(self.database)

    def _start(self, memory: str) -> SparkSession:
        if any(os.environ.get(name) for name in CONFIGURED_BY):
            return SparkSession.builder.appName("portal refresh").getOrCreate()
        # Java takes its memory when it starts, before a session could be configured.
        os.environ["PYSPARK_SUBMIT_ARGS"] = (
            f"--driver-memory {memory.strip().lower().removesuffix('b')} --conf spark.ui.enabled=false "
            "--conf spark.ui.showConsoleProgress=false --conf spark.driver.maxResultSize=0 "
            "--conf spark.driver.host=127.0.0.1 --conf spark.driver.bindAddress=127.0.0.1 "
            f"--conf spark.log.level=ERROR pyspark-shell"
        )
        try:
            builder = SparkSession.builder.appName("portal refresh").master("local[*]")
            return (
                builder.config("spark.sql.warehouse.dir", str(self.scratch / "warehouse"))
                # Two hundred parts, Spark's own number, cost one machine more than the work in them.
                .config("spark.sql.shuffle.partitions", str(2 * (os.cpu_count() or 1)))
                .getOrCreate()
            )
        finally:
            del os.environ["PYSPARK_SUBMIT_ARGS"]

    def claims(self, source: Source, table: Table, found: dict[str, Found]) -> ibis.Table:
        """See Engine."""
        name = f"raw_{table.name}"
        try:
            if source.parquet:
                reader = self.session.read.option("mergeSchema", "true" if len(source.paths) > 1 else "false")
                frame = reader.parquet(*[_address(path) for path in source.paths])
                frame = frame.select(*[frame[column.spelling].alias(key) for key, column in found.items()])
            else:
                frame = self._csv(source, table)
            frame.createOrReplaceTempView(name)
        except (PySparkException, Py4JError) as error:
            raise sources.unreadable(source, error) from error
        raw = self.con.table(name)
        if not source.parquet:
            return raw.select(**{key: raw[key].strip().nullif("") for key in raw.columns})
        # Spark reads nanoseconds as numbers.
        late = {
            key: (raw[key] // 1_000_000_000).as_timestamp("s")
            for key, column in found.items()
            if column.type == "TIMESTAMP_NS" and raw[key].type().is_integer()
        }
        return raw.mutate(**late) if late else raw

    def _csv(self, source: Source, table: Table) -> Any:
        frame = None
        for path in source.paths:
            names = sources.header(path)
            spelled = sources.matching(dict.fromkeys(names, "VARCHAR"), table, source)
            part = self.session.read.csv(
                _address(path),
                schema=", ".join(f"`{name.replace('`', '``')}` STRING" for name in names),
                header=True,
                quote='"',
                escape='"',
                multiLine=True,
                mode="FAILFAST",
            )
            part = part.select(*[part[column.spelling].alias(key) for key, column in spelled.items()])
            frame = part if frame is None else frame.unionByName(part, allowMissingColumns=True)
        return frame

    def table(self, name: str) -> ibis.Table:
        """See Engine."""
        if name not in self._handed:
            self._handed.add(name)
            if name in self.files.list_tables():
                self.con.create_table(name, self.files.table(name).to_pyarrow(), overwrite=True)
        return self.con.table(name)

    def failed_to_read(self, error: Exception) -> bool:
        """See Engine."""
        if isinstance(error, PySparkException | Py4JError):
            text = str(error)
            return any(sign in text for sign in ("FAILED_READ_FILE", "MALFORMED_RECORD", "parquet", ".csv"))
        return isinstance(error, duckdb.Error) and super().failed_to_read(error)

    def close(self) -> None:
        """Drop what was made on the way, and stop Spark unless it ran before."""
        try:
            self.session.catalog.setCurrentDatabase(self._database_before)
            self.session.sql(f"DROP DATABASE IF EXISTS {self.database} CASCADE")
            if not self._open_before:
                self.session.stop()
        finally:
            self.con = self.files
            super().close()


def _address(path: Path) -> str:
    return path.resolve().as_uri()


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
