"""Which members' accounts of an earlier system were opened here."""

from peewee import *


def up(migrator, db):
    class OpenedOlderAccount(Model):
        username_key = CharField(max_length=80, primary_key=True)
        account_id = IntegerField()
        opened_at = DateTimeField()

        class Meta:
            database = db
            table_name = "opened_older_account"

    db.create_tables([OpenedOlderAccount])
