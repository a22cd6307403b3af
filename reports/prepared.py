"""Queries whose text and reading are worked out once. For a small query Peewee takes longer to do so than SQLite takes
to answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import (
    CharField,
    Database,
    DatabaseProxy,
    Model,
    ModelObjectCursorWrapper,
    Select,
    TextField,
    Value,
)


class _Slot(str):
    """The name of a value that a prepared query is given each time."""

    __slots__ = ()


def slot(name: str) -> Any:
    """Stands in a prepared query for a value. Fields do not convert it: give dates and texts as they are stored."""
    return Value(_Slot(name), converter=False)


class Prepared:
    """A query of fixed shape.

    >>> find = Prepared(database, lambda: Member.select().where(Member.client_id == slot("client_id")))
    >>> list(find(client_id="001"))
    """

    def __init__(self, database: DatabaseProxy, build: Callable[[], Select]) -> None:
        self._database, self._build = database, build
        self._made: dict[type[Database], tuple[str, list[Any]]] = {}
        self._read: Callable[[tuple[Any, ...]], Any] | None = None

    def __call__(self, **values: Any) -> Iterator[Any]:
        """The rows, as the query gives them: instances, or tuples where it says so."""
        kind = type(self._database.obj)
        if kind not in self._made:
            self._made[kind] = self._build().sql()
        sql, params = self._made[kind]
        given = [values[param] if type(param) is _Slot else param for param in params]
        cursor = self._database.execute_sql(sql, given)
        if self._read is None:
            # How a row becomes an instance is the same for every row and time; Peewee would find it out anew.
            wrapper = self._build()._get_cursor_wrapper(cursor)
            wrapper.initialize()
            self._read = _instances(wrapper) or wrapper.process_row
        return map(self._read, cursor.fetchall())


def _instances(wrapper: Any) -> Callable[[tuple[Any, ...]], Model] | None:
    """Reads rows as instances of one model. Peewee does so by setting field after field, each of which it then notes as
    changed. None where the query gives something else."""
    fields = wrapper.model._meta.combined
    if type(wrapper) is not ModelObjectCursorWrapper or not wrapper.is_model:
        return None
    if not all(name in fields for name in wrapper.unique_columns):
        return None
    made_of: type[Model] = wrapper.constructor
    columns = [
        # Text is stored as text: nothing to convert.
        (fields[name].name, None if isinstance(fields[name], CharField | TextField) else convert)
        for name, convert in zip(wrapper.unique_columns, wrapper.converters, strict=True)
    ]

    def read(row: tuple[Any, ...]) -> Model:
        made = made_of(__no_default__=1)
        data = made.__data__
        for (name, convert), value in zip(columns, row, strict=True):
            data[name] = convert(value) if convert else value
        return made

    return read
