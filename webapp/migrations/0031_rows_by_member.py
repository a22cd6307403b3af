"""A member's own rows, found among the thousands of a practice.

The index may have been made before, without holding up a refresh (docs/operations.md, "Upgrades").
"""

COLUMNS = ["snapshot_id", "tin", "client_id"]


def up(migrator, db):
    if not any(index.columns == COLUMNS for index in db.get_indexes("report_row")):
        migrator.migrate(migrator.add_index("report_row", COLUMNS))
