"""A member's own rows, found among the thousands of a practice."""


def up(migrator, db):
    migrator.migrate(migrator.add_index("report_row", ("snapshot_id", "tin", "client_id")))
