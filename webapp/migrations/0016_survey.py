"""The yearly survey: who has answered, and apart from that what was answered."""

from peewee import *


def up(migrator, db):
    class SurveyTaken(Model):
        client_id = CharField(max_length=40)
        year = IntegerField()

        class Meta:
            database = db
            table_name = "survey_taken"
            primary_key = CompositeKey("client_id", "year")

    class SurveyAnswers(Model):
        id = AutoField()
        year = IntegerField(index=True)
        form = CharField(max_length=5)
        program = CharField(max_length=8)
        language = CharField(max_length=5)
        answers = TextField()

        class Meta:
            database = db
            table_name = "survey_answers"

    db.create_tables([SurveyTaken, SurveyAnswers])
