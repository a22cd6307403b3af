"""What practices answer to gaps in care, and which accounts want mail about new reports."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class GapAnswer(Model):
        tin = CharField(max_length=20)
        client_id = CharField(max_length=60)
        test = CharField(max_length=40)
        answer = CharField(max_length=12)
        day = DateField(null=True)
        note = TextField(default="")
        account_id = IntegerField()
        given_by = TextField()
        given_at = DateTimeField()
        once = CharField(max_length=64, unique=True)

        class Meta:
            database = db
            table_name = "gap_answer"
            indexes = ((("tin", "client_id", "test"), False),)

    db.create_tables([GapAnswer])

    class ReportMail(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
        wanted = BooleanField(default=True)
        sent_on = DateField(null=True)

        class Meta:
            database = db
            table_name = "report_mail"

    db.create_tables([ReportMail])
