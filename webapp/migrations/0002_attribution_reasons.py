"""Why a member is on a practice's panel: how many visits decided it, and the day of the last, or of the selection."""

from peewee import *


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("attribution", "visits", IntegerField(null=True)),
        migrator.add_column("attribution", "latest_on", DateField(null=True)),
    )
