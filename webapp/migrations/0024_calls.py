"""Calls in which support asks who is calling."""

from peewee import *


def up(migrator, db):
    class Session(Model):
        token_hash = CharField(max_length=64, primary_key=True)

        class Meta:
            database = db
            table_name = "session"

    class Call(Model):
        token = CharField(max_length=22, primary_key=True)
        session = ForeignKeyField(Session, on_delete="CASCADE")
        client_id = CharField(max_length=40, default="")
        questions = CharField(max_length=200)
        looked = IntegerField(default=0)
        matched = IntegerField(default=0)
        begun_at = DateTimeField()
        established_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "call"

    db.create_tables([Call])
