"""Queries of the reports that are compiled once a run: Ibis takes longer to write a query in SQL than DuckDB to answer
it from a test's few rows, and most tests ask the same ones."""

from collections.abc import Iterator
from typing import Any

import ibis
import pytest
from ibis.backends.duckdb import Backend
from ibis.backends.sql.compilers import DuckDBCompiler
from sqlglot import expressions


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    """Keep the SQL of every query of this process. A query is the same if all it is made of is: tables by name and
    columns, dates, conditions."""
    compiled, write = {}, DuckDBCompiler.to_sqlglot

    def to_sqlglot(self: DuckDBCompiler, query: ibis.Expr, *, limit: Any = None, params: Any = None) -> Any:
        if params:
            return write(self, query, limit=limit, params=params)
        key = query.as_table().op(), limit
        if key not in compiled:
            compiled[key] = write(self, query, limit=limit).sql(dialect=self.dialect)
        return expressions.Var(this=compiled[key])  # which stands in other statements as it is

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DuckDBCompiler, "to_sqlglot", to_sqlglot)
        # Databases are told apart by how they were opened, which is part of a query: by folders that differ.
        patch.setattr(Backend, "db_identity", "of the tests")
        yield
