"""What the practice summary says at the end of each month."""

from peewee import *


def up(migrator, db):
    class ReportMonth(Model):
        month = DateField()
        tin = CharField(max_length=20)
        measure = CharField(max_length=80)
        eligible = IntegerField()
        due = IntegerField()

        class Meta:
            database = db
            table_name = "report_month"
            primary_key = CompositeKey("month", "tin", "measure")
            without_rowid = isinstance(db, SqliteDatabase)

    db.create_tables([ReportMonth])
