"""The second factor, sign-ins that wait for its code, addresses that wait for theirs, reminders of old passwords."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class SecondFactor(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
        secret = CharField(max_length=255)
        began_at = DateTimeField()
        confirmed_at = DateTimeField(null=True)
        last_step = IntegerField(default=0)
        in_sight = TextField(default="")
        in_sight_until = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "second_factor"

    class RecoveryCode(Model):
        id = AutoField()
        account = ForeignKeyField(Account, on_delete="CASCADE")
        code_hash = CharField(max_length=64)
        used_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "recovery_code"
            indexes = ((("account", "code_hash"), True),)

    class PendingSignIn(Model):
        token_hash = CharField(max_length=64, primary_key=True)
        account = ForeignKeyField(Account, on_delete="CASCADE")
        target = TextField()
        began_at = DateTimeField(index=True)
        used_at = DateTimeField(null=True)
        used_with = CharField(max_length=64, default="")

        class Meta:
            database = db
            table_name = "pending_sign_in"

    class EmailChange(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
        email = CharField(max_length=254)
        asked_at = DateTimeField()

        class Meta:
            database = db
            table_name = "email_change"

    class PasswordReminder(Model):
        account = ForeignKeyField(Account, primary_key=True, on_delete="CASCADE")
        password_changed_at = DateTimeField()
        days = IntegerField()

        class Meta:
            database = db
            table_name = "password_reminder"

    db.create_tables([SecondFactor, RecoveryCode, PendingSignIn, EmailChange, PasswordReminder])
