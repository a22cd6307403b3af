"""The support console's queues: locks that support can end, and who works on what."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Lockout(Model):
        id = AutoField()
        reference = CharField(max_length=12, unique=True)
        kind = CharField(max_length=12)
        portal = CharField(max_length=10)
        keys = TextField()
        key = CharField(max_length=64, index=True)
        run_key = CharField(max_length=64, index=True)
        client_id = CharField(max_length=40, null=True, index=True)
        account_id = IntegerField(null=True, index=True)
        differed = CharField(max_length=100, default="")
        begun_at = DateTimeField(index=True)
        ends_at = DateTimeField(null=True)
        closed_at = DateTimeField(null=True)
        closed_by = IntegerField(null=True)
        outcome = CharField(max_length=10, default="")

        class Meta:
            database = db
            table_name = "lockout"

    class WorkClaim(Model):
        key = CharField(max_length=60, primary_key=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        at = DateTimeField()

        class Meta:
            database = db
            table_name = "work_claim"

    db.create_tables([Lockout, WorkClaim])
