"""Sign-up of offices: registration codes, where people are reached, which providers they added."""

from peewee import *


def up(migrator, db):
    class Account(Model):
        class Meta:
            database = db
            table_name = "account"

    class RegistrationCode(Model):
        code_hash = CharField(max_length=64, unique=True)
        issuer = ForeignKeyField(Account, null=True, on_delete="SET NULL")
        by_support = BooleanField()
        tins = TextField()
        role = CharField(max_length=40)
        email = CharField(max_length=254)
        language = CharField(max_length=5)
        issued_at = DateTimeField()
        expires_at = DateTimeField()
        used_at = DateTimeField(null=True)
        used_by = ForeignKeyField(Account, null=True, on_delete="SET NULL", backref="+")
        withdrawn_at = DateTimeField(null=True)

        class Meta:
            database = db
            table_name = "registration_code"

    class OfficeContact(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE", unique=True)
        address_line_1 = CharField(max_length=120)
        address_line_2 = CharField(max_length=120)
        city = CharField(max_length=80)
        state = CharField(max_length=60)
        zip = CharField(max_length=12)
        country = CharField(max_length=60)
        phone = CharField(max_length=12)
        department = CharField(max_length=100)
        practice_name = CharField(max_length=150)

        class Meta:
            database = db
            table_name = "office_contact"

    class AddedProvider(Model):
        account = ForeignKeyField(Account, on_delete="CASCADE")
        tin = CharField(max_length=9)
        npi = TextField()

        class Meta:
            database = db
            table_name = "added_provider"
            indexes = ((("account", "tin", "npi"), True),)

    db.create_tables([RegistrationCode, OfficeContact, AddedProvider])
