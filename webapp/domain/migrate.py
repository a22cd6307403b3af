"""Bringing the database up to date."""

from pathlib import Path

from playhouse.migrations import Runner

from webapp.domain.db import connected, database

DIRECTORY = Path(__file__).parent.parent / "migrations"


def migrate() -> list[str]:
    """Run the migrations that the database has not had. Returns their names, in order."""
    with connected():
        return Runner(database.obj, str(DIRECTORY)).up()


def pending() -> list[str]:
    """Migrations that `migrate` would run."""
    with connected():
        return [step.name for step in Runner(database.obj, str(DIRECTORY)).status() if not step.applied]
