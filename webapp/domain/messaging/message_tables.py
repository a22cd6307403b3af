"""The tables of secure messages: threads, what was written in them, and the files that came along."""

from peewee import (
    AutoField,
    BlobField,
    BooleanField,
    CharField,
    DateTimeField,
    ForeignKeyField,
    IntegerField,
    TextField,
)

from webapp.domain.account.accounts import Account
from webapp.domain.db import Table


class MessageThread(Table):
    """What one account and one desk write to each other about one thing. `key` names it in addresses and says nothing.

    waiting_since: when the person's first unanswered message came; null where nothing is unanswered.
    unread: messages of the desk that the person has not opened yet.
    claimed_by: the support account that is answering; the claim ends by itself (plan setting).
    latest_id: the last message, so that an answer never passes over one that its writer has not seen.
    """

    key = CharField(max_length=22, unique=True)
    account = ForeignKeyField(Account, on_delete="CASCADE", backref="threads")
    desk = CharField(max_length=20)
    topic = CharField(max_length=30)
    subject = CharField(max_length=200)
    created_at = DateTimeField()
    latest_at = DateTimeField()
    latest_id = IntegerField(default=0)
    unread = IntegerField(default=0)
    waiting_since = DateTimeField(null=True)
    claimed_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="claims")
    claimed_at = DateTimeField(null=True)
    closed_at = DateTimeField(null=True)

    class Meta:
        table_name = "message_thread"
        indexes = ((("account", "latest_at"), False), (("desk", "waiting_since"), False))


class Message(Table):
    """One message. `once` names the form that was sent: a second tap adds no second row. `author` is null where the
    account of a member of staff is gone; the name stays."""

    id = AutoField()
    thread = ForeignKeyField(MessageThread, on_delete="CASCADE", backref="messages")
    from_desk = BooleanField()
    author = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="written")
    author_name = TextField()
    body = TextField()
    sent_at = DateTimeField()
    read_at = DateTimeField(null=True)
    once = CharField(max_length=64, unique=True)

    class Meta:
        table_name = "message"


class MessageFile(Table):
    """A file that was attached. `message` is null until its message is sent; `name` has the ending of its kind."""

    key = CharField(max_length=22, primary_key=True)
    account = ForeignKeyField(Account, on_delete="CASCADE", backref="files")
    message = ForeignKeyField(Message, null=True, on_delete="CASCADE", backref="files")
    name = CharField(max_length=100)
    kind = CharField(max_length=8)
    size = IntegerField()
    sha256 = CharField(max_length=64)
    added_at = DateTimeField()

    class Meta:
        table_name = "message_file"


class FileContent(Table):
    """The bytes of a file, apart, so that no list of messages reads them."""

    file = ForeignKeyField(MessageFile, primary_key=True, on_delete="CASCADE", backref="contents")
    content = BlobField()

    class Meta:
        table_name = "file_content"
