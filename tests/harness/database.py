"""A clean, migrated database for each test: SQLite, or PostgreSQL by PORTAL_TEST_DATABASE=postgresql.

Migrated once a worker; a test gets a copy of the SQLite file, or the PostgreSQL database with its tables emptied.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from peewee import Database, DatabaseProxy, OperationalError, SqliteDatabase

from reports import tables
from tests.harness.clock import Hands
from webapp.domain.db import SQLITE_PRAGMAS, close_pool, open_database
from webapp.domain.db import database as proxy
from webapp.domain.migrate import migrate

KINDS = ("sqlite", "postgresql")
HISTORY = "schema_migration"


@pytest.fixture(scope="session")
def database_kind() -> str:
    """'sqlite' or 'postgresql'."""
    kind = os.environ.get("PORTAL_TEST_DATABASE") or "sqlite"
    if kind not in KINDS:
        pytest.exit(f"PORTAL_TEST_DATABASE must be one of {KINDS}, not {kind!r}", returncode=2)
    return kind


@pytest.fixture(scope="session")
def empty_database_url(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of this worker's database, migrated and empty; tests get theirs from `database_url`."""
    folder = tmp_path_factory.getbasetemp()
    if database_kind == "sqlite":
        url = f"sqlite:///{folder / 'empty.db'}"
    else:
        from tests.harness.postgres import start

        # The workers of one run share a server, each with a database of its own.
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        shared = folder.parent if worker else folder
        server = start(shared / "postgresql")
        server.hurry()
        url = server.create(f"portal_{worker or 'main'}")
    open_database(url)
    migrate()
    close_pool()
    return url


@pytest.fixture
def database_url(empty_database_url: str, database_kind: str, tmp_path: Path) -> str:
    """The address of a database that is this test's alone, migrated and empty."""
    if database_kind == "sqlite":
        return copy_of(empty_database_url, tmp_path)
    try:
        _empty(empty_database_url)
    except OperationalError:  # the test before has cut the connections that were kept
        close_pool()
        _empty(empty_database_url)
    return empty_database_url


def _empty(url: str) -> None:
    opened = open_for_tests(url)
    with opened.connection_context():
        empty(opened)


def copy_of(url: str, folder: Path) -> str:
    """A copy of an SQLite database that nobody has open."""
    target = folder / "portal.db"
    shutil.copyfile(url.removeprefix("sqlite:///"), target)
    return f"sqlite:///{target}"


#: Rows of small tables are deleted one by one: to truncate a table takes new files. Keys and triggers rest meanwhile.
EMPTY = f"""
DO $$
DECLARE name text;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT quote_ident(tablename) FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> '{HISTORY}' LOOP
    IF pg_relation_size(name::regclass) > 200000 THEN
      EXECUTE 'TRUNCATE ' || name || ' CASCADE';
    ELSIF pg_relation_size(name::regclass) > 0 THEN
      EXECUTE 'DELETE FROM ' || name;
    END IF;
  END LOOP;
  PERFORM setval(quote_ident(sequencename)::regclass, 1, false) FROM pg_sequences
    WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""


def empty(opened: Database) -> None:
    """Remove every row from every table of a PostgreSQL database and count from 1 again."""
    opened.execute_sql(EMPTY)


#: The pools of this process's PostgreSQL databases. To connect anew takes longer than most tests have to do.
_pools: dict[str, Database] = {}
#: A test that needed more connections than these gives them back: the workers share the server's hundred.
KEPT_CONNECTIONS = 4


def open_for_tests(url: str) -> Database:
    """Open a database as the portal does, but do not wait for the disk: a test's data need not outlive a power cut.
    A PostgreSQL database is opened once."""
    if kept := _pools.get(url):
        proxy.initialize(kept)
        tables.database.initialize(kept)
        return kept
    opened = open_database(url)
    if isinstance(opened, SqliteDatabase):
        opened.init(opened.database, pragmas={**SQLITE_PRAGMAS, "synchronous": "off"})
    else:
        _pools[url] = opened
    return opened


def let_go(url: str) -> None:
    """Close the connections to a database, but for a few idle ones of a pool that is kept."""
    kept = _pools.get(url)
    if kept is None or proxy.obj is not kept or kept._in_use or len(kept._connections) > KEPT_CONNECTIONS:
        close_pool()


@pytest.fixture
def database(database_url: str, clock: Hands) -> Iterator[DatabaseProxy]:
    """The portal's database, open and connected, clean. The clock is set too: rows carry times."""
    open_for_tests(database_url)
    proxy.connect()
    yield proxy
    if not proxy.is_closed():
        proxy.close()
    let_go(database_url)


@contextmanager
def handed_over() -> Iterator[None]:
    """Close the test's own connection for a while (a request opens one of its own), and open it again."""
    bound = proxy.obj is not None
    connected = bound and not proxy.is_closed()
    if connected:
        proxy.close()
    try:
        yield
    finally:
        if connected:
            proxy.connect(reuse_if_open=True)
