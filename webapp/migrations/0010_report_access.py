"""Requests for report access, what was answered, and the practices that people have left."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    migrator.migrate(
        migrator.add_column("practice_access", "reason", TextField(null=True)),
        migrator.add_column("practice_access", "reminded_at", DateTimeField(null=True)),
    )

    class FormerPractice(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        tin = CharField(max_length=9)
        ended_at = DateTimeField()
        by_self = BooleanField()

        class Meta:
            database = db
            table_name = "former_practice"
            indexes = ((("account", "tin"), True),)

    db.create_tables([FormerPractice])

    class ReportAccessRequest(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        tin = CharField(max_length=9, index=True)
        role = CharField(max_length=40)
        reason = TextField()
        state = CharField(max_length=10, index=True)
        asked_at = DateTimeField()
        decided_at = DateTimeField(null=True)
        decided_by = IntegerField(null=True)
        decision = TextField(default="")
        open_key = CharField(max_length=40, null=True, unique=True)

        class Meta:
            database = db
            table_name = "report_access_request"

    db.create_tables([ReportAccessRequest])
