"""The drift check finds every way in which migrations and models can come apart."""

from pathlib import Path
from typing import Any

import pytest
from peewee import CharField, ForeignKeyField, IntegerField, Model, SqliteDatabase

from tools.check_migrations import Schema, differences, schema


def made(path: Path, *models: type[Model]) -> Schema:
    database = SqliteDatabase(path)
    with database.bind_ctx(models), database.connection_context():
        database.create_tables(models)
        return schema(database)


def member(**fields: Any) -> type[Model]:
    meta = type("Meta", (), {"table_name": "member", "indexes": fields.pop("indexes", ())})
    return type("Member", (Model,), {"name": CharField(), "age": IntegerField(), "Meta": meta, **fields})


@pytest.mark.parametrize(
    ("other", "complaint"),
    [
        ({"city": CharField()}, "column city"),
        ({"age": CharField()}, "column age"),
        ({"age": IntegerField(null=True)}, "column age"),
        ({"name": CharField(index=True)}, "index on name"),
        ({"name": CharField(unique=True)}, "unique index on name"),
        ({"indexes": ((("name", "age"), True),)}, "unique index on name, age"),
        ({"age": ForeignKeyField("self", column_name="age")}, "key age"),
    ],
)
def test_a_model_that_changed_without_a_migration_is_found(
    other: dict[str, Any], complaint: str, tmp_path: Path
) -> None:
    before = made(tmp_path / "before.db", member())
    after = made(tmp_path / "after.db", member(**other))
    assert complaint in "\n".join(differences(before, after))


def test_a_table_that_only_one_side_has_is_found(tmp_path: Path) -> None:
    both = made(tmp_path / "both.db", member())
    assert list(differences({}, both)) == ["member: no migration makes this table"]
    assert list(differences(both, {})) == ["member: a migration makes this table, no model has it"]


def test_equal_schemas_do_not_differ(tmp_path: Path) -> None:
    assert list(differences(made(tmp_path / "a.db", member()), made(tmp_path / "b.db", member()))) == []
