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
    ModelCursorWrapper,
    ModelObjectCursorWrapper,
    Select,
    TextField,
    Value,
    is_model,
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
    """Reads rows as instances, with those joined by a foreign key. Peewee does so by setting field after field, each of
    which it then notes as changed. None where the query gives something else."""
    links: list[tuple[type[Model], str, type[Model]]] = []
    if type(wrapper) is ModelObjectCursorWrapper and wrapper.is_model:
        columns = list(zip(wrapper.unique_columns, wrapper.converters, strict=True))
        spec = [(place, wrapper.model, name, convert) for place, (name, convert) in enumerate(columns)]
    elif type(wrapper) is ModelCursorWrapper:
        spec = wrapper._row_spec
        links = [(source, name, joined) for source, name, joined, *_ in wrapper.src_to_dest]
        if any(is_outer or not by_key for *_, is_outer, by_key in wrapper.src_to_dest):
            return None
    else:
        return None
    fields: dict[type[Model], list[tuple[int, str, Callable[[Any], Any] | None]]] = {}
    for place, model, name, convert in spec:
        field = model._meta.combined.get(name) if is_model(model) else None
        if field is None:
            return None
        # Text is stored as text: nothing to convert.
        as_it_is = isinstance(field, CharField | TextField)
        fields.setdefault(model, []).append((place, field.name, None if as_it_is else convert))

    def read(row: tuple[Any, ...]) -> Model:
        made = {model: model(__no_default__=1) for model in fields}
        for model, columns in fields.items():
            data = made[model].__data__
            for place, name, convert in columns:
                data[name] = convert(row[place]) if convert else row[place]
        for source, name, joined in links:
            made[source].__rel__[name] = made[joined]
        return made[wrapper.model]

    return read
