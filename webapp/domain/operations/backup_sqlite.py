"""SQLite's side of a backup: its backup API in one step, never a copy of files that are being written."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from webapp.domain.db import SQLITE_PRAGMAS, close_pool
from webapp.domain.operations.backup_errors import BackupRefused

Counted = Mapping[str, tuple[int, str | None]]
_WAIT_SECONDS = 60.0


def dump(url: str, copy: Path) -> dict[str, tuple[int, str | None]]:
    """Copy the database to the file `copy`, as it is at one moment, and count its rows by table."""
    with (
        closing(sqlite3.connect(_path(url), timeout=_WAIT_SECONDS)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode = delete")  # one file, nothing beside it
        _check(target)
        return _count(target)


def load(url: str, copy: Path, counted: Counted, afterwards: Sequence[str]) -> None:
    """Check `copy`, run `afterwards` on it, and put it in place of the database in one transaction of SQLite's:
    a portal that is running sees the old data or the new."""
    with closing(sqlite3.connect(copy)) as source:
        _check(source)
        if _count(source) != dict(counted):
            raise BackupRefused("the rows in the backup are not those that its manifest counts")
        with source:
            for statement in afterwards:
                source.execute(statement)
        close_pool()
        with closing(sqlite3.connect(_path(url), timeout=_WAIT_SECONDS)) as target:
            for name, value in SQLITE_PRAGMAS.items():
                target.execute(f"PRAGMA {name} = {value}")
            try:
                source.backup(target, pages=-1)
            except sqlite3.Error as fault:
                raise BackupRefused(f"the database could not be written: {fault}. It is as it was") from fault


def _path(url: str) -> str:
    return url.removeprefix("sqlite:///")


def _check(opened: sqlite3.Connection) -> None:
    try:
        (found,) = opened.execute("PRAGMA integrity_check").fetchone()
        orphan = opened.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as fault:
        raise BackupRefused(f"the database in the backup cannot be read: {fault}") from fault
    if found != "ok":
        raise BackupRefused(f"the copy does not hold together: {found}")
    if orphan:
        raise BackupRefused(f"the copy does not hold together: a row of {orphan[0]} without its {orphan[2]}")


def _count(opened: sqlite3.Connection) -> dict[str, tuple[int, str | None]]:
    names = opened.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
    )
    return {
        name: (opened.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0], None)  # noqa: S608
        for (name,) in sorted(names.fetchall())
    }
