"""Backups: one file with a manifest and the whole database, consistent while people work.

The file is a tar of `manifest.json` and the database: on SQLite a copy by its backup API in one step, on PostgreSQL
`pg_dump` of one snapshot. Restoring checks the file against its manifest before anything is touched, then puts
everything into the database in one transaction, or nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from webapp import clock
from webapp.domain import audit
from webapp.domain.audit import Actor
from webapp.domain.db import connected, database, is_sqlite
from webapp.domain.migrate import HISTORY, applied, known
from webapp.domain.operations import backup_postgres, backup_sqlite
from webapp.domain.operations.backup_errors import BackupRefused

_MANIFEST, _DATABASE = "manifest.json", "database"
_FORMAT = 1
_COMMAND = Actor("command", "")
_CHUNK = 1 << 20
#: What must not come back to life: who was signed in then, and codes that were good then.
_NOT_KEPT = ("session", "pending_sign_in", "one_time_code")


@dataclass(frozen=True)
class Content:
    """What one table holds. sum: of its rows' contents; None where the file's digest says it all (SQLite)."""

    rows: int
    sum: str | None = None


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself.

    kind: 'sqlite' or 'postgresql'; made_at: UTC; schema: the last migration; digest: SHA-256 of the database in the
    file; tables: what each held; key_check: tells whether a secret key is the one the data were written with.
    """

    kind: str
    made_at: str
    schema: str
    digest: str
    size: int
    tables: dict[str, Content]
    key_check: str
    format: int = _FORMAT

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(content.rows for content in self.tables.values())


def make(url: str, target: Path | IO[bytes], secret_key: str) -> Manifest:
    """Write a backup of the open database into a file (which appears when it is whole, readable by its owner alone)
    or a stream. Raises BackupRefused when the copy does not hold together or a tool is missing."""
    beside = target.parent if isinstance(target, Path) else None
    with tempfile.TemporaryDirectory(prefix=".portal-backup-", dir=beside) as folder:
        copy = Path(folder) / _DATABASE
        kind = "sqlite" if is_sqlite() else "postgresql"
        dump = backup_sqlite.dump if kind == "sqlite" else backup_postgres.dump
        made_at = f"{clock.now():%Y-%m-%d %H:%M:%S}"
        counted = dump(url, copy)
        manifest = Manifest(
            kind=kind,
            made_at=made_at,
            schema=applied(),
            digest=_digest(copy),
            size=copy.stat().st_size,
            tables={name: Content(*one) for name, one in counted.items()},
            key_check=_key_check(secret_key),
        )
        if isinstance(target, Path):
            whole = Path(folder) / "backup"
            with whole.open("xb") as stream:
                os.chmod(stream.fileno(), 0o600)
                _pack(stream, manifest, copy)
                stream.flush()
                os.fsync(stream.fileno())
            whole.replace(target)
            _sync_folder(target.parent)
        else:
            _pack(target, manifest, copy)
    with connected():
        audit.record(_COMMAND, "backup", detail=f"{manifest.rows} rows")
    return manifest


def restore(
    url: str, source: Path | IO[bytes], *, replace: bool, secret_key: str | None
) -> tuple[Manifest, bool]:
    """Put a backup into the open database: all of it or nothing.

    replace: whether a database with rows may be overwritten. Sessions and codes of the backup's time are not brought
    back. Returns the manifest, and whether `secret_key` is the one that its data were written with. Raises
    BackupRefused when the file is not whole, was made by a newer portal or another kind of database, or there are rows.
    """
    kind = "sqlite" if is_sqlite() else "postgresql"
    if not replace and (found := _filled()):
        raise BackupRefused(
            f"the database holds data ({found}): give --replace to lose them for the backup's"
        )
    beside = Path(url.removeprefix("sqlite:///")).parent if kind == "sqlite" else None
    with tempfile.TemporaryDirectory(prefix=".portal-restore-", dir=beside) as folder:
        copy = Path(folder) / _DATABASE
        manifest = _unpack(source, copy)
        if manifest.kind != kind:
            raise BackupRefused(
                f"the backup is of {manifest.kind}, the database of PORTAL_DATABASE is {kind}"
            )
        if manifest.schema not in known():
            raise BackupRefused(f"the backup was made by a newer portal (migration {manifest.schema})")
        load = backup_sqlite.load if kind == "sqlite" else backup_postgres.load
        counted = {name: (content.rows, content.sum) for name, content in manifest.tables.items()}
        load(url, copy, counted, _afterwards(manifest))
    return manifest, secret_key is None or hmac.compare_digest(manifest.key_check, _key_check(secret_key))


def _afterwards(manifest: Manifest) -> list[str]:
    """SQL that belongs to the restored data, in the same transaction; none of it holds what somebody typed."""
    detail = f"backup of {manifest.made_at}, {manifest.rows} rows"
    forget = [f"DELETE FROM {table}" for table in _NOT_KEPT if table in manifest.tables]  # noqa: S608
    note = (
        "INSERT INTO audit_entry (at, action, outcome, portal, address, subject, detail) "  # noqa: S608
        f"VALUES ('{clock.now()}', 'restore', 'done', 'command', '', '', '{detail}')"
    )
    return [*forget, note] if "audit_entry" in manifest.tables else forget


def _filled() -> str:
    """A table with rows, where there is one: 'account: 12 rows'. Facts about the installation do not count."""
    with connected():
        for table in sorted(set(database.get_tables()) - {HISTORY, "plan_fact"}):
            (rows,) = database.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
            if rows:
                return f"{table}: {rows:,} rows"
    return ""


def _pack(stream: IO[bytes], manifest: Manifest, copy: Path) -> None:
    text = json.dumps(asdict(manifest), indent=1).encode()
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        head = tarfile.TarInfo(_MANIFEST)
        head.size = len(text)
        archive.addfile(head, io.BytesIO(text))
        body = tarfile.TarInfo(_DATABASE)
        body.size = copy.stat().st_size
        with copy.open("rb") as content:
            archive.addfile(body, content)


def _unpack(source: Path | IO[bytes], copy: Path) -> Manifest:
    """The manifest, with the database written to `copy` and checked against it."""
    try:
        if isinstance(source, Path):
            with source.open("rb") as stream:
                manifest = _read(stream, copy)
        else:
            manifest = _read(source, copy)
    except (tarfile.TarError, EOFError, StopIteration, ValueError, KeyError, TypeError) as fault:
        raise BackupRefused("this is not a whole backup: it is cut off or damaged") from fault
    if manifest.format != _FORMAT:
        raise BackupRefused(f"the backup has format {manifest.format}; this portal reads {_FORMAT}")
    if copy.stat().st_size != manifest.size or _digest(copy) != manifest.digest:
        raise BackupRefused("this is not a whole backup: the database in it is not what its manifest says")
    return manifest


def _read(stream: IO[bytes], copy: Path) -> Manifest:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        members = iter(archive)
        head = _expect(archive, next(members), _MANIFEST)
        said: dict[str, Any] = json.loads(head.read())
        body = _expect(archive, next(members), _DATABASE)
        with copy.open("xb") as target:
            while chunk := body.read(_CHUNK):
                target.write(chunk)
    tables = {name: Content(**content) for name, content in said.pop("tables").items()}
    return Manifest(**said, tables=tables)


def _expect(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> IO[bytes]:
    content = archive.extractfile(member)
    if member.name != name or content is None:
        raise ValueError(name)
    return content


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _key_check(secret_key: str) -> str:
    return hmac.digest(secret_key.encode(), b"backup", "sha256").hex()[:16]


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system can
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
