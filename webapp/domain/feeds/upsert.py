"""Writing many rows: look what is there, write only what differs."""

from collections.abc import Iterator, Sequence
from typing import Any

from peewee import Field, Model

from webapp.domain.db import database

#: Rows read and written in one transaction: long enough to be quick, short enough to let others write between.
BATCH = 5_000

# PostgreSQL takes 65,535 values in one statement, SQLite 32,766 where it was built plainly.
_MOST_VALUES = 32_000

Values = dict[str, Any]


def text(value: Any) -> str:
    """A text cell as it is stored: trimmed, blank as "", without the zero byte that PostgreSQL cannot keep."""
    return str(value).replace("\x00", "").strip() if value is not None else ""


def chunks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """`items` in pieces of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def existing(
    model: type[Model], field: Field, wanted: Sequence[Any], columns: Sequence[Field]
) -> list[Values]:
    """`columns` of the rows whose `field` is one of `wanted`."""
    found: list[Values] = []
    for piece in chunks(wanted, _MOST_VALUES):
        found.extend(model.select(*columns).where(field.in_(piece)).dicts())
    return found


def write(model: type[Model], rows: Sequence[Values], key: Sequence[str], keep: Sequence[str]) -> None:
    """Insert `rows`, or where a row with the same `key` is there, give its columns `keep` the new values.

    Call it in a transaction. Every row must hold the same columns, and all that may not be NULL.
    """
    if not rows:
        return
    fields = model._meta.fields
    names = list(rows[0])
    cells = [tuple(row[name] for name in names) for row in rows]
    # Peewee words the statement for one row and the driver repeats it: worded for many rows, it takes ten
    # times as long as the database does.
    query = model.insert_many(cells[:1], fields=[fields[name] for name in names])
    statement, worded = query.on_conflict(
        conflict_target=[fields[name] for name in key], preserve=[fields[name] for name in keep]
    ).sql()
    if len(worded) != len(names):
        raise ValueError(f"{model.__name__}: columns with defaults must be given")
    database.cursor().executemany(statement, cells)
