"""Imitate Mode: who of the staff sees a portal as whom, why, and until when."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Imitation(Model):
        token_hash = CharField(max_length=64, primary_key=True)
        session_hash = CharField(max_length=64, index=True)
        staff = ForeignKeyField(Account, on_delete="CASCADE")
        account = ForeignKeyField(Account, on_delete="CASCADE")
        reason = TextField()
        started_at = DateTimeField()
        ends_at = DateTimeField(index=True)
        ended_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "imitation"

    db.create_tables([Imitation])
