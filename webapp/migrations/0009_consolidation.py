"""Which accounts of an earlier system were brought into which account of the portal."""

import hashlib

from peewee import *


def up(migrator, db):
    migrator.migrate(migrator.add_column("existing_account", "place", CharField(max_length=16, default="")))

    class ExistingAccount(Model):
        username_key = CharField(primary_key=True, max_length=80)
        place = CharField(max_length=16)

        class Meta:
            database = db
            table_name = "existing_account"

    for (key,) in list(ExistingAccount.select(ExistingAccount.username_key).tuples()):
        place = hashlib.sha256(key.encode()).hexdigest()[:16]
        ExistingAccount.update(place=place).where(ExistingAccount.username_key == key).execute()
    migrator.migrate(migrator.add_index("existing_account", ("place",)))

    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class Consolidation(Model):
        username_key = CharField(primary_key=True, max_length=80)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        state = CharField(max_length=12)
        at = DateTimeField()
        made_account = BooleanField()
        ties = TextField()
        undone_at = DateTimeField(null=True)
        undone_by = IntegerField(null=True)

        class Meta:
            database = db
            table_name = "consolidation"

    db.create_tables([Consolidation])
