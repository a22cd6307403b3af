"""SQLite lets one write at a time, and whoever finds it busy sleeps, longer and longer: among many, some wait for
seconds while others go first again and again. Here they all look again equally soon, by a lock on a file beside the
database that ends with the process that holds it.
"""

from __future__ import annotations

import fcntl
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from peewee import OperationalError
from playhouse.pool import PooledSqliteDatabase

#: How long a write waits for its turn, like `busy_timeout`; and how long one sleeps between two looks.
PATIENCE_SECONDS = 10.0
_LOOK_SECONDS = 0.004
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class _Opening:
    """A thread's own opening of the lock file, closed with the thread."""

    def __init__(self, path: str) -> None:
        self._number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def fileno(self) -> int:
        """What the system knows it by."""
        return self._number

    def __del__(self) -> None:
        os.close(self._number)


class TurnTaking(PooledSqliteDatabase):
    """A pool of connections whose writes take turns with those of other threads and processes.

    Raises OperationalError ("database is locked") when there is no turn within PATIENCE_SECONDS.
    """

    def __init__(self, database: str, **options: Any) -> None:
        super().__init__(database, **options)
        self._mine = threading.local()

    def begin(self, lock_type: str | None = None) -> None:
        """Begin a transaction; one that writes (IMMEDIATE) waits for its turn first."""
        if lock_type != "IMMEDIATE":
            super().begin(lock_type)
            return
        self._take()
        try:
            super().begin(lock_type)
        except BaseException:
            self._leave()
            raise

    def commit(self) -> Any:
        """End the transaction, and the turn if its writes are in."""
        done = super().commit()
        self._leave()
        return done

    def rollback(self) -> Any:
        """Undo the transaction, and end the turn."""
        try:
            return super().rollback()
        finally:
            self._leave()

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        """Execute; a write that stands alone is a transaction of its own, and takes a turn."""
        if self.in_transaction() or not sql.startswith(_WRITES):
            return super().execute_sql(sql, params)
        with self._turn():
            return super().execute_sql(sql, params)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._take()
        try:
            yield
        finally:
            self._leave()

    def _take(self) -> None:
        file = self._file()
        if file is None:
            return
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise OperationalError("database is locked") from None
                time.sleep(random.uniform(0.5, 1.5) * _LOOK_SECONDS)

    def _leave(self) -> None:
        file = self._file()
        if file is not None:
            fcntl.flock(file, fcntl.LOCK_UN)

    def _file(self) -> _Opening | None:
        """This thread's own opening of the lock file: a lock belongs to an opening, which a fork would share."""
        if getattr(self._mine, "process", None) != os.getpid():
            name = str(self.database)
            on_disk = name and name != ":memory:" and not name.startswith("file:")
            self._mine.file = _Opening(f"{name}.write-lock") if on_disk else None
            self._mine.process = os.getpid()
        found: _Opening | None = self._mine.file
        return found
