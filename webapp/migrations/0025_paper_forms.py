"""Printed consent and opt-out forms that members sent."""

from peewee import *


def up(migrator, db):
    class PaperForm(Model):
        id = AutoField()
        once = CharField(max_length=32, unique=True)
        client_id = CharField(max_length=40, index=True)
        asks = CharField(max_length=8)
        categories = CharField(max_length=20, default="")
        tin = CharField(max_length=20, default="")
        ends_on = DateField(null=True)
        signed_on = DateField()
        received_on = DateField()
        signed_by = CharField(max_length=12)
        signer = CharField(max_length=80, default="")
        state = CharField(max_length=10, default="received")
        entered_at = DateTimeField()
        entered_by = IntegerField(null=True)
        decided_at = DateTimeField(null=True)
        decided_by = IntegerField(null=True)
        answer = TextField(default="")

        class Meta:
            database = db
            table_name = "paper_form"
            indexes = ((("state", "received_on"), False),)

    db.create_tables([PaperForm])
