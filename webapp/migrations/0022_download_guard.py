"""The download guard: what each account downloaded on a day, every file by its report ID, and support's holds."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class DownloadDay(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        day = DateField(index=True)
        rows = IntegerField(default=0)
        passed_at = DateTimeField(null=True, index=True)
        told_at = DateTimeField(null=True)
        code_session = CharField(max_length=64, default="")
        code_rows = IntegerField(default=0)

        class Meta:
            database = db
            table_name = "download_day"
            indexes = ((("account", "day"), True),)

    class ReportDownload(Model):
        report_id = CharField(max_length=100, unique=True)
        at = DateTimeField(index=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        slug = CharField(max_length=60)
        tin = CharField(max_length=9, index=True)
        form = CharField(max_length=4)
        rows = IntegerField()
        new_device = BooleanField()

        class Meta:
            database = db
            table_name = "report_download"

    class DownloadHold(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
        reason = TextField()
        held_at = DateTimeField(index=True)
        held_by = IntegerField()

        class Meta:
            database = db
            table_name = "download_hold"

    db.create_tables([DownloadDay, ReportDownload, DownloadHold])
