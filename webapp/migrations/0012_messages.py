"""Secure messages with their files, and forms that were sent after a session had ended."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class MessageThread(Model):
        key = CharField(max_length=22, unique=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        desk = CharField(max_length=20)
        topic = CharField(max_length=30)
        subject = CharField(max_length=200)
        created_at = DateTimeField()
        latest_at = DateTimeField()
        latest_id = IntegerField(default=0)
        unread = IntegerField(default=0)
        waiting_since = DateTimeField(null=True)
        claimed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        claimed_at = DateTimeField(null=True)
        closed_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "message_thread"
            indexes = ((("account", "latest_at"), False), (("desk", "waiting_since"), False))

    class Message(Model):
        thread = ForeignKeyField(MessageThread, on_delete="CASCADE")
        from_desk = BooleanField()
        author = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        author_name = TextField()
        body = TextField()
        sent_at = DateTimeField()
        read_at = DateTimeField(null=True)
        once = CharField(max_length=64, unique=True)

        class Meta:
            database = db
            table_name = "message"

    class MessageFile(Model):
        key = CharField(max_length=22, primary_key=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        message = ForeignKeyField(Message, null=True, on_delete="CASCADE")
        name = CharField(max_length=100)
        kind = CharField(max_length=8)
        size = IntegerField()
        sha256 = CharField(max_length=64)
        added_at = DateTimeField()

        class Meta:
            database = db
            table_name = "message_file"

    class FileContent(Model):
        file = ForeignKeyField(MessageFile, primary_key=True, on_delete="CASCADE")
        content = BlobField()

        class Meta:
            database = db
            table_name = "file_content"

    class KeptForm(Model):
        token_hash = CharField(max_length=64, primary_key=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        address = TextField()
        answers = TextField()
        kept_at = DateTimeField(index=True)

        class Meta:
            database = db
            table_name = "kept_form"

    for table in (MessageThread, Message, MessageFile, FileContent, KeptForm):
        db.create_tables([table])
