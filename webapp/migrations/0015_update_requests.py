"""Members' requests to change their personal information."""

from peewee import *


def up(migrator, db):
    class UpdateRequest(Model):
        id = AutoField()
        client_id = CharField(max_length=40, index=True)
        account_id = IntegerField()
        asked = TextField()
        for_household = CharField(max_length=3, default="no")
        state = CharField(max_length=10, default="received")
        made_at = DateTimeField()
        claimed_by = IntegerField(null=True)
        decided_at = DateTimeField(null=True)
        answer = TextField(default="")

        class Meta:
            database = db
            table_name = "update_request"
            indexes = ((("state", "made_at"), False),)

    db.create_tables([UpdateRequest])
