"""Bringing the database up to date."""

from pathlib import Path

from playhouse.migrations import Runner

from webapp.domain.db import connected, database

DIRECTORY = Path(__file__).parent.parent / "migrations"
#: The table in which the runner notes what was applied.
HISTORY = "schema_migration"


def migrate() -> list[str]:
    """Run the migrations that the database has not had. Returns their names, in order."""
    with connected():
        return Runner(database.obj, str(DIRECTORY)).up()


def pending() -> list[str]:
    """Migrations that `migrate` would run."""
    with connected():
        return [step.name for step in Runner(database.obj, str(DIRECTORY)).status() if not step.applied]


def applied() -> str:
    """The last migration that the database has had; empty for one that was never migrated."""
    with connected():
        done = [step.name for step in Runner(database.obj, str(DIRECTORY)).status() if step.applied]
    return done[-1] if done else ""


def known() -> set[str]:
    """The migrations of this version of the portal."""
    with connected():
        return {step.name for step in Runner(database.obj, str(DIRECTORY)).status() if step.path} | {""}
