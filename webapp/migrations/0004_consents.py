"""Members' consents to disclose sensitive health information."""

from peewee import *


def up(migrator, db):
    class Consent(Model):
        client_id = CharField(index=True, max_length=40)
        category = CharField(max_length=4)
        tin = CharField(default="", max_length=20)
        starts_on = DateField()
        ends_on = DateField(null=True)
        given_at = DateTimeField()
        given_by = CharField(max_length=12)
        withdrawn_at = DateTimeField(null=True)
        reflected = BooleanField(default=False)

        class Meta:
            database = db
            table_name = "consent"
            indexes = ((("reflected", "withdrawn_at"), False), (("reflected", "ends_on"), False))

    db.create_tables([Consent])
