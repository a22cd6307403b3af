"""The seals on the audit log."""

from peewee import *


def up(migrator, db):
    class AuditSeal(Model):
        id = AutoField()
        entry_id = IntegerField(unique=True)
        seal = CharField(max_length=64)

        class Meta:
            database = db
            table_name = "audit_seal"

    db.create_tables([AuditSeal])
