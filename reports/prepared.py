"""Queries whose text is built once. Peewee takes longer to build the text of a small query than SQLite to answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from peewee import Database, DatabaseProxy, Select, Value


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
        self._made: dict[type[Database], tuple[Select, str, list[Any]]] = {}

    def __call__(self, **values: Any) -> Iterator[Any]:
        """The rows, as the query gives them: instances, or tuples where it says so."""
        kind = type(self._database.obj)
        if kind not in self._made:
            query = self._build()
            self._made[kind] = (query, *query.sql())
        query, sql, params = self._made[kind]
        given = [values[param] if type(param) is _Slot else param for param in params]
        return iter(query._get_cursor_wrapper(self._database.execute_sql(sql, given)))
