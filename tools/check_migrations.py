"""Migration drift: a database made by the migrations and one made from the models must have the same schema.

Compares tables, columns (type, null, key), indexes and foreign keys, on SQLite or (`--database postgresql`) on a
PostgreSQL that pip installed.
"""

import argparse
import importlib
import pkgutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from peewee import Database, Model, sort_models

Schema = dict[str, dict[str, Any]]
HISTORY = "schema_migration"


def models() -> list[type[Model]]:
    """Every table of the portal and of the reports, in the order in which they can be made."""
    from reports import tables
    from webapp import domain, flows
    from webapp.domain.db import Table

    for package in (domain, flows):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    found = {*_descendants(Table), *tables.TABLES}
    return sort_models([model for model in found if model._meta.table_name])


def _descendants(base: type[Model]) -> Iterator[type[Model]]:
    for child in base.__subclasses__():
        yield child
        yield from _descendants(child)


def schema(database: Database) -> Schema:
    """What the database says of itself: {table: {"column x": …, "index …": …, "key …": …}}."""
    found: Schema = {}
    for table in database.get_tables():
        if table == HISTORY:
            continue
        facts: dict[str, Any] = {}
        for column in database.get_columns(table):
            facts[f"column {column.name}"] = (
                column.data_type.upper(),
                "null" if column.null else "not null",
                "key" if column.primary_key else "",
            )
        for index in database.get_indexes(table):
            # By what it does, not by its name: names made from the models may be shortened.
            unique = "unique " if index.unique else ""
            facts[f"{unique}index on {', '.join(str(name) for name in index.columns)}"] = _condition(
                index.sql
            )
        for key in database.get_foreign_keys(table):
            facts[f"key {key.column}"] = (key.dest_table, key.dest_column)
        found[table] = facts
    return found


def _condition(sql: str | None) -> str:
    """The WHERE of a partial index, without quotation marks."""
    _, found, condition = (sql or "").partition(" WHERE ")
    return condition.replace('"', "").replace("(", "").replace(")", "").lower() if found else ""


def differences(migrated: Schema, modelled: Schema) -> Iterator[str]:
    """What the migrations and the models disagree about, a sentence each."""
    for table in sorted(migrated.keys() | modelled.keys()):
        if table not in migrated:
            yield f"{table}: no migration makes this table"
        elif table not in modelled:
            yield f"{table}: a migration makes this table, no model has it"
        else:
            ours, theirs = migrated[table], modelled[table]
            for fact in sorted(ours.keys() | theirs.keys()):
                if ours.get(fact) != theirs.get(fact):
                    told = [made.get(fact, "nothing") for made in (ours, theirs)]
                    yield f"{table}: {fact}: migrations say {told[0]}, models {told[1]}"


def drift(migrated_url: str, modelled_url: str) -> list[str]:
    """Make both databases, empty until now, and compare them."""
    from webapp.domain.db import database
    from webapp.domain.migrate import migrate

    def make_from_models() -> None:
        # Table by table: create_tables() on a proxy's models would ask each for its own database.
        for model in models():
            model.create_table()

    def made(url: str, make: Callable[[], Any]) -> Schema:
        with opened(url):
            make()
            database.connect(reuse_if_open=True)
            return schema(database.obj)

    return list(differences(made(migrated_url, migrate), made(modelled_url, make_from_models)))


@contextmanager
def opened(url: str) -> Iterator[None]:
    """The portal's database, opened and connected for a while."""
    from webapp.domain.db import close_pool, database, open_database

    open_database(url)
    database.connect()
    try:
        yield
    finally:
        if not database.is_closed():
            database.close()
        close_pool()


@contextmanager
def empty_databases(kind: str) -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases."""
    with tempfile.TemporaryDirectory(prefix="portal-drift-") as folder:
        if kind == "sqlite":
            yield f"sqlite:///{folder}/migrated.db", f"sqlite:///{folder}/modelled.db"
            return
        from tests.harness.postgres import start

        server = start(Path(folder) / "postgresql")
        try:
            yield server.create("migrated"), server.create("modelled")
        finally:
            server.stop()


def main(arguments: Iterable[str] | None = None) -> int:
    """Print what differs; 1 when anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    kind = parser.parse_args(None if arguments is None else list(arguments)).database
    with empty_databases(kind) as urls:
        found = drift(*urls)
    print("\n".join(f"{kind}: {line}" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
