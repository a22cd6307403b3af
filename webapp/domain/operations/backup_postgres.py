"""PostgreSQL's side of a backup: its own `pg_dump`, `pg_restore` and `psql`, which must be on the PATH and no older
than the server. Passwords reach them through the environment, not through arguments that others can list."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from webapp.domain.operations.backup_errors import BackupRefused

Counted = Mapping[str, tuple[int, str | None]]
_VARIABLES = {"dbname": "PGDATABASE", "application_name": "PGAPPNAME"}


def dump(url: str, copy: Path) -> dict[str, tuple[int, str | None]]:
    """Dump the database as it is at one moment to the file `copy`; count and sum its tables as of the same moment."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        command = [
            "pg_dump",
            "--format=custom",
            "--no-owner",
            "--no-acl",
            f"--snapshot={snapshot}",
            f"--file={copy}",
        ]
        with _start(command, url) as (tool, said):
            _finish(tool, said)
        return {name: _content(connection, name) for name in _tables(connection)}


def load(url: str, copy: Path, counted: Counted, afterwards: Sequence[str]) -> None:
    """Put the dump in place of what is in the database, check rows and sums, and run `afterwards`: one transaction."""
    checks = "".join(f"{_check(name, *content)};\n" for name, content in counted.items())
    last = "".join(f"{statement};\n" for statement in afterwards)
    psql = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", "--file=-"]
    with _start(psql, url, given=subprocess.PIPE) as (writer, writer_said):
        assert writer.stdin is not None
        try:
            writer.stdin.write(_BEFORE.encode())
            writer.stdin.flush()
            restore = ["pg_restore", "--no-owner", "--no-acl", "--file=-", str(copy)]
            with _start(restore, url, output=writer.stdin) as (reader, reader_said):
                _finish(reader, reader_said)
            # Without this COMMIT nothing stays.
            writer.stdin.write(f"\nSET search_path = public;\n{checks}{last}COMMIT;\n".encode())
            writer.stdin.close()
        except (BackupRefused, BrokenPipeError) as fault:
            with suppress(BrokenPipeError):
                writer.stdin.close()
            _finish(writer, writer_said)  # what psql says is nearer to the cause
            raise BackupRefused(str(fault)) from fault
        _finish(writer, writer_said)


#: Tables are dropped one by one: a schema may belong to somebody else. Whoever holds a table for long stops this.
_BEFORE = """BEGIN;
SET client_min_messages = warning;
SET lock_timeout = '30s';
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', t);
  END LOOP;
END $$;
"""


def _tables(connection: psycopg.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    )
    return [name for (name,) in rows.fetchall()]


#: Rows, and the sum of a piece of each row's digest: equal before and after, in whatever order rows lie.
_SUMMED = (
    "SELECT count(*), coalesce(sum(('x' || substr(md5(t::text), 1, 8))::bit(32)::bigint), 0)::text FROM {} t"
)


def _content(connection: psycopg.Connection, name: str) -> tuple[int, str | None]:
    query = sql.SQL(_SUMMED).format(sql.Identifier(name))
    rows, total = connection.execute(query).fetchone() or (0, "0")
    return rows, total


def _check(name: str, rows: int, total: str | None) -> str:
    """A statement that fails, and with it the whole restore, where a table is not as the manifest says."""
    table = '"' + name.replace('"', "") + '"'
    as_said = f"n = {int(rows)} AND s = '{int(total or 0)}'"
    found = f"SELECT 1 FROM ({_SUMMED.format(table)}) AS found (n, s) WHERE {as_said}"  # noqa: S608 - our own tables
    return f"DO $$ BEGIN IF NOT EXISTS ({found}) THEN RAISE EXCEPTION 'wrong rows in %', '{table}'; END IF; END $$"


@contextmanager
def _start(
    command: list[str], url: str, *, given: int = subprocess.DEVNULL, output: IO[bytes] | None = None
) -> Iterator[tuple[subprocess.Popen, IO[bytes]]]:
    """One of PostgreSQL's tools at work on the database, with the file of what it complains about."""
    if shutil.which(command[0]) is None:
        raise BackupRefused(f"{command[0]} is not on the PATH: install PostgreSQL's client programs")
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, env=_environment(url), stdin=given, stdout=output or subprocess.DEVNULL, stderr=said
        ) as tool,
    ):
        yield tool, said


def _finish(tool: subprocess.Popen, said: IO[bytes]) -> None:
    """Wait for a tool. Raises BackupRefused with the last line of what it said when it failed."""
    if tool.wait():
        said.seek(0)
        lines = said.read().decode(errors="replace").strip().splitlines()
        name = str(tool.args[0]) if isinstance(tool.args, list) else ""
        raise BackupRefused(f"{name} failed: {lines[-1] if lines else tool.returncode}")


def _environment(url: str) -> dict[str, str]:
    parts = conninfo_to_dict(url)
    own = {_VARIABLES.get(name, f"PG{name.upper()}"): str(value) for name, value in parts.items() if value}
    return {**os.environ, **own}
