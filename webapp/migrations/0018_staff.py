"""The plan's staff and their one-time enrolment addresses."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Staff(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
        role = CharField(max_length=20)
        added_at = DateTimeField()
        disabled_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "staff"

    class StaffInvitation(Model):
        token_hash = CharField(max_length=64, primary_key=True)
        email = CharField(max_length=254, index=True)
        role = CharField(max_length=20)
        made_at = DateTimeField()
        made_by = IntegerField(null=True)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "staff_invitation"

    db.create_tables([Staff, StaffInvitation])
