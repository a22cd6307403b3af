"""One-use codes, and the passwords that an account had before."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class OneTimeCode(Model):
        key = CharField(max_length=64, primary_key=True)
        code_hash = CharField(max_length=64)
        account_id = IntegerField(null=True, index=True)
        expires_at = DateTimeField(index=True)
        tries = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "one_time_code"

    db.create_tables([OneTimeCode])

    class PastPassword(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        password_hash = CharField(max_length=255)
        replaced_at = DateTimeField()

        class Meta:
            database = db
            table_name = "past_password"

    db.create_tables([PastPassword])
