"""For the support console: with which attribution a report's snapshot was published, so that what an earlier refresh
served can be served again; the code that a download was let through by; members by folded name."""

from peewee import *

from webapp.domain.text import fold

_BATCH = 5_000


def up(migrator, db):
    migrator.migrate(
        migrator.add_column("report_snapshot", "attribution_id", IntegerField(null=True)),
        migrator.add_column("download_day", "code_mark", CharField(max_length=64, default="")),
        migrator.add_column("download_day", "code_at", DateTimeField(null=True)),
        migrator.add_column("member", "last_key", TextField(default="")),
        migrator.add_column("member", "first_key", TextField(default="")),
    )
    db.execute_sql(
        "UPDATE report_snapshot SET attribution_id = "
        "(SELECT snapshot_id FROM report_published WHERE slug = 'attribution') "
        "WHERE id IN (SELECT snapshot_id FROM report_published)"
    )
    _fold_names(db)
    migrator.migrate(migrator.add_index("member", ("last_key", "first_key")))


def _fold_names(db):
    """Name by name, as many members have the same."""
    for name, key in (("last_name", "last_key"), ("first_name", "first_key")):
        names = [row[0] for row in db.execute_sql(f"SELECT DISTINCT {name} FROM member").fetchall()]  # noqa: S608
        if not names:
            continue
        db.execute_sql(f"CREATE TEMPORARY TABLE folded_{key} (name TEXT PRIMARY KEY, folded TEXT)")
        for start in range(0, len(names), _BATCH):
            some = [(text, fold(text)) for text in names[start : start + _BATCH]]
            marks = ", ".join([f"({db.param}, {db.param})"] * len(some))
            values = [value for pair in some for value in pair]
            db.execute_sql(f"INSERT INTO folded_{key} VALUES {marks}", values)  # noqa: S608
        found = f"SELECT folded FROM folded_{key} WHERE folded_{key}.name = member.{name}"  # noqa: S608
        db.execute_sql(f"UPDATE member SET {key} = ({found})")  # noqa: S608
        db.execute_sql(f"DROP TABLE folded_{key}")
