"""The database: one proxy, opened by URL, and the one way to make a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from peewee import Database, DatabaseProxy, Model, SqliteDatabase
from playhouse.db_url import connect as connect_by_url
from playhouse.pool import PooledPostgresqlDatabase, PooledSqliteDatabase

from reports import tables
from webapp.domain.sqlite_turn import TurnTaking

database = DatabaseProxy()

# WAL lets readers go on while one writes; FULL makes an acknowledged write survive a power cut.
SQLITE_PRAGMAS = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": "full", "busy_timeout": 10_000}


class Table(Model):
    """Base of every table of the portal."""

    class Meta:
        database = database
        legacy_table_names = False


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…` and bind the portal's and the reports' tables to it.

    The caller connects: autoconnect is off, so that every connection has an owner who closes it.
    """
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        opened: Database = TurnTaking(
            path,
            pragmas=SQLITE_PRAGMAS,
            autoconnect=False,
            max_connections=64,
            timeout=10,
            check_same_thread=False,  # the pool hands a connection from one thread to the next, never to two
        )
    else:
        opened = connect_by_url(
            url.replace("postgresql://", "postgresql+pool://", 1),
            autoconnect=False,
            max_connections=64,
            stale_timeout=300,
            timeout=10,
        )
    database.initialize(opened)
    tables.database.initialize(opened)
    return opened


def is_sqlite() -> bool:
    """Whether the open database is SQLite."""
    return isinstance(database.obj, SqliteDatabase)


@contextmanager
def transaction() -> Iterator[None]:
    """One command's transaction. On SQLite it takes the write lock at once: a command that read first
    and then asked for the lock would fail when another had written in between."""
    with database.atomic("IMMEDIATE") if is_sqlite() and not database.in_transaction() else database.atomic():
        yield


class _Undo(Exception):
    """Ends a block whose writes are not to stay."""


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing stays: those inside it are undone with it, whatever they did."""
    with suppress(_Undo), database.atomic():
        yield
        raise _Undo


@contextmanager
def connected() -> Iterator[None]:
    """A connection for work outside a request (commands, the worker)."""
    if not database.is_closed():
        yield
        return
    database.connect()
    try:
        yield
    finally:
        database.close()


def describe(url: str) -> str:
    """The database's address without its password, for messages."""
    parts = urlsplit(url)
    if parts.password:
        return url.replace(f":{parts.password}@", ":…@")
    return url


def close_pool() -> None:
    """Let go of every connection, before a process forks or ends."""
    opened: Any = database.obj
    if isinstance(opened, PooledSqliteDatabase | PooledPostgresqlDatabase):
        opened.close_all()
