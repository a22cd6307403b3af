"""Writing snapshots: in batches beside the one that is served, then published in one small transaction.

Whatever is killed when, readers see the whole old snapshot or the whole new one. What a killed refresh left half
built is removed by the next.
"""

from __future__ import annotations

import fcntl
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase, fn

from reports.tables import (
    ATTRIBUTION,
    Attribution,
    ReportFacet,
    ReportPublished,
    ReportRow,
    ReportSnapshot,
    database,
)

#: Rows a transaction. On SQLite a batch holds the write lock for some 20 ms, and sign-ins go on in between.
BATCH = 4000
#: Published snapshots kept of each report.
KEPT = 2

_ADVISORY_LOCK = 7_208_113  # any number, the same in every process


class RefreshRefused(Exception):
    """A refresh was not begun: the message says why. What is served stays as it was."""


class RefreshRunning(RefreshRefused):
    """Another refresh is writing to this database."""


@dataclass(frozen=True)
class Draft:
    """A snapshot being written."""

    id: int
    slug: str


_locked_here = threading.Lock()


@contextmanager
def only_one_refresh() -> Iterator[None]:
    """Hold the right to write snapshots; it ends with the process. Raises RefreshRunning if another holds it."""
    if not _locked_here.acquire(blocking=False):
        raise RefreshRunning("another refresh is running; try again when it has finished")
    try:
        if isinstance(database.obj, SqliteDatabase):
            yield from _with_lock_file()
        else:
            yield from _with_advisory_lock()
    finally:
        _locked_here.release()


def _with_lock_file() -> Iterator[None]:
    name = str(database.obj.database)
    if name == ":memory:" or name.startswith("file:") or not name:
        yield
        return
    with Path(f"{name}.refresh-lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise RefreshRunning("another refresh is running; try again when it has finished") from None
        yield


def _with_advisory_lock() -> Iterator[None]:
    got = database.execute_sql("SELECT pg_try_advisory_lock(%s)", (_ADVISORY_LOCK,)).fetchone()[0]
    if not got:
        raise RefreshRunning("another refresh is running; try again when it has finished")
    try:
        yield
    finally:
        database.execute_sql("SELECT pg_advisory_unlock(%s)", (_ADVISORY_LOCK,))


def transaction() -> Any:
    """A transaction that may write: on SQLite it takes the write lock at once, so that it cannot fail half way."""
    return database.atomic("IMMEDIATE") if isinstance(database.obj, SqliteDatabase) else database.atomic()


def begin(slug: str, as_of: date, complete_through: date | None, keys: Sequence[str]) -> Draft:
    """Start a snapshot of `slug`. Nobody sees it until it is published."""
    with transaction():
        made = ReportSnapshot.create(
            slug=slug,
            as_of=as_of,
            complete_through=complete_through,
            created_at=_now(),
            keys=json.dumps(list(keys)),
        )
    return Draft(made.id, slug)


def write(model: Any, columns: Sequence[str], batches: Iterable[list[tuple[Any, ...]]]) -> int:
    """Insert the batches of rows, each in a transaction of its own. Returns how many rows there were."""
    table, names = model._meta.table_name, ", ".join(columns)
    count = 0
    for batch in batches:
        with transaction():
            cursor = database.connection().cursor()
            if isinstance(database.obj, SqliteDatabase):
                marks = ", ".join("?" * len(columns))
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)
            else:
                with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
            cursor.close()
        count += len(batch)
    return count


def publish(drafts: dict[Draft, int], also: Callable[[], object] = lambda: None) -> None:
    """Serve these snapshots (with their row counts) from now on, and do what belongs to it, all in one transaction."""
    now = _now()
    with transaction():
        also()
        attribution = {draft.slug: draft.id for draft in drafts}.get(ATTRIBUTION) or served_attribution()
        for draft, count in drafts.items():
            ReportSnapshot.update(published_at=now, row_count=count, attribution_id=attribution).where(
                ReportSnapshot.id == draft.id
            ).execute()
            _serve(draft.slug, draft.id)


def publish_again(snapshots: Mapping[str, int | None], also: Callable[[], object] = lambda: None) -> None:
    """Serve these earlier snapshots (ids by slug; None: none of that report), and do what belongs to it, all in one
    transaction. Call it only while holding `only_one_refresh`, so that none of them is removed meanwhile."""
    with transaction():
        also()
        for slug, snapshot_id in snapshots.items():
            if snapshot_id is None:
                ReportPublished.delete().where(ReportPublished.slug == slug).execute()
            else:
                _serve(slug, snapshot_id)


def served_attribution() -> int | None:
    """The snapshot of the attribution that is served."""
    row = ReportPublished.get_or_none(ReportPublished.slug == ATTRIBUTION)
    return row.snapshot_id if row else None


def _serve(slug: str, snapshot_id: int) -> None:
    changed = ReportPublished.update(snapshot_id=snapshot_id).where(ReportPublished.slug == slug).execute()
    if not changed:
        ReportPublished.create(slug=slug, snapshot_id=snapshot_id)


def tidy() -> int:
    """Remove half-built snapshots and, of each report, all but the last published ones and those that went with an
    attribution that is kept: what a whole earlier refresh served can then be served again. Returns how many went.

    Call it only while holding `only_one_refresh`: whatever is unpublished then is left over.
    """
    query = ReportSnapshot.select(
        ReportSnapshot.id, ReportSnapshot.slug, ReportSnapshot.published_at, ReportSnapshot.attribution_id
    ).order_by(ReportSnapshot.published_at.desc(), ReportSnapshot.id.desc())
    found = list(query.tuples())
    kept = _kept([(number, slug, belongs) for number, slug, published_at, belongs in found if published_at])
    gone = [number for number, *_ in found if number not in kept]
    for snapshot_id in gone:
        _remove(snapshot_id)
    return len(gone)


def _kept(published: Sequence[tuple[int, str, int | None]]) -> set[int]:
    """Which of the published snapshots to keep; id, slug and attribution, the newest first."""
    kept = {snapshot_id for (snapshot_id,) in ReportPublished.select(ReportPublished.snapshot_id).tuples()}
    of_slug: dict[str, int] = {}
    for number, slug, _belongs in published:
        if of_slug.get(slug, 0) < KEPT:
            kept.add(number)
        of_slug[slug] = of_slug.get(slug, 0) + 1
    attributions = {number for number, slug, _belongs in published if slug == ATTRIBUTION} & kept
    newest: dict[tuple[str, int], int] = {}
    for number, slug, belongs in published:
        if belongs in attributions:
            newest.setdefault((slug, belongs), number)
    return kept | set(newest.values())


def _remove(snapshot_id: int) -> None:
    """Delete a snapshot in small batches, its own row last, so that a kill on the way leaves it to be found again."""
    for model, keys in (
        (ReportRow, "tin, position"),
        (Attribution, "client_id"),
        (ReportFacet, "tin, kind, value"),
    ):
        table, mark = model._meta.table_name, database.param
        marks = ", ".join([mark] * len(keys.split(",")))
        while True:
            beyond = database.execute_sql(
                f"SELECT {keys} FROM {table} WHERE snapshot_id = {mark} ORDER BY {keys} LIMIT 1 OFFSET {BATCH}",
                (snapshot_id,),
            ).fetchone()
            with transaction():
                if beyond is None:
                    database.execute_sql(f"DELETE FROM {table} WHERE snapshot_id = {mark}", (snapshot_id,))
                    break
                database.execute_sql(
                    f"DELETE FROM {table} WHERE snapshot_id = {mark} AND ({keys}) < ({marks})",
                    (snapshot_id, *beyond),
                )
    with transaction():
        ReportSnapshot.delete().where(ReportSnapshot.id == snapshot_id).execute()


def has_attribution() -> bool:
    """Whether an attribution has been published."""
    return ReportPublished.select().where(ReportPublished.slug == ATTRIBUTION).exists()


def snapshots(slug: str) -> int:
    """How many snapshots of a report there are, served, kept and half built."""
    return ReportSnapshot.select(fn.COUNT(ReportSnapshot.id)).where(ReportSnapshot.slug == slug).scalar()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
