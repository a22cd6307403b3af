"""A mistake in the directory that named Connecticut's plan in its key."""


def up(migrator, db):
    migrator.sql("UPDATE directory_report SET kinds = REPLACE(kinds, 'no-husky', 'plan-not-taken')")
