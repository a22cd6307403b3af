"""The search tables of the provider directory, and the mistakes that people report in it."""

from peewee import *


def up(migrator, db):
    filtered = ("kind", "specialty", "pcp", "pcmh", "accepting", "languages")

    class Choice(Model):
        axis = CharField(max_length=10)
        kind = CharField(max_length=10)
        value = CharField(max_length=80)
        label = TextField()
        total = IntegerField()

        class Meta:
            database = db
            table_name = "directory_choice"
            primary_key = CompositeKey("axis", "kind", "value")

    class Cut(Model):
        cut = CharField(max_length=32)
        word = CharField(index=True, max_length=32)

        class Meta:
            database = db
            table_name = "directory_cut"
            primary_key = CompositeKey("cut", "word")

    class Listing(Model):
        id = IntegerField(primary_key=True)
        npi = TextField(index=True)
        sort_name = CharField(max_length=120)
        kind = CharField(max_length=10)
        specialty = CharField(max_length=80)
        pcp = BooleanField()
        pcmh = BooleanField()
        accepting = BooleanField()
        languages = TextField()
        latitude = DoubleField(null=True)
        longitude = DoubleField(null=True)

        class Meta:
            database = db
            table_name = "directory_listing"
            indexes = (
                (("latitude", "longitude", *filtered, "sort_name", "id"), False),
                (("sort_name", "id", *filtered), False),
            )

    class Place(Model):
        key = CharField(max_length=80, primary_key=True)
        name = TextField()
        town = TextField()
        latitude = DoubleField()
        longitude = DoubleField()
        total = IntegerField()

        class Meta:
            database = db
            table_name = "directory_place"

    class Posting(Model):
        word = CharField(max_length=32)
        listing = IntegerField(index=True)

        class Meta:
            database = db
            table_name = "directory_posting"
            primary_key = CompositeKey("word", "listing")

    class DirectoryReport(Model):
        npi = CharField(max_length=20)
        practice = TextField()
        kinds = CharField(max_length=200)
        text = TextField()
        status = CharField(default="open", max_length=10)
        reported_at = DateTimeField()
        closed_at = DateTimeField(null=True)
        closed_by = IntegerField(null=True)
        note = TextField(default="")

        class Meta:
            database = db
            table_name = "directory_report"
            indexes = ((("status", "reported_at"), False), (("npi", "status"), False))

    class Word(Model):
        word = CharField(max_length=32, primary_key=True)
        head = CharField(index=True, max_length=2)

        class Meta:
            database = db
            table_name = "directory_word"

    db.create_tables([Choice, Cut, Listing, Place, Posting, DirectoryReport, Word])
