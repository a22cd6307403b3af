"""What a locked registration offers: call-backs, and letters with a code."""

from peewee import *


def up(migrator, db):
    class CallBack(Model):
        id = AutoField()
        lockout_id = IntegerField(unique=True)
        telephone = CharField(max_length=30)
        window = CharField(max_length=12)
        language = CharField(max_length=5)
        asked_at = DateTimeField(index=True)
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "call_back"

    class RegistrationLetter(Model):
        id = AutoField()
        lockout_id = IntegerField(index=True)
        client_id = CharField(max_length=40, index=True)
        language = CharField(max_length=5)
        asked_at = DateTimeField(index=True)
        code_hash = CharField(max_length=64, null=True, unique=True)
        good_until = DateTimeField(null=True)
        closed_at = DateTimeField(null=True)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "registration_letter"

    db.create_tables([CallBack, RegistrationLetter])
