"""Whom a member of staff has opened, and for what reason."""

from peewee import *


def up(migrator, db):
    class Session(Model):
        token_hash = CharField(max_length=64, primary_key=True)

        class Meta:
            database = db
            table_name = "session"

    class PersonOpening(Model):
        token = CharField(max_length=22, primary_key=True)
        session = ForeignKeyField(Session, on_delete="CASCADE")
        kind = CharField(max_length=10)
        who = CharField(max_length=40)
        reason = TextField()
        opened_at = DateTimeField()
        revealed = TextField(default="")

        class Meta:
            database = db
            table_name = "person_opening"

    db.create_tables([PersonOpening])
