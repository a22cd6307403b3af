"""The yearly satisfaction survey: answers are kept apart from who gave them; results hide small groups.

Source: guide 003, Services survey.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from peewee import (
    AutoField,
    CharField,
    CompositeKey,
    IntegerField,
    IntegrityError,
    ModelSelect,
    TextField,
)

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member import eligibility
from webapp.domain.member.eligibility import Member
from webapp.domain.member.survey_topics import ADULT, CHILD, TOPICS, Question, Topic


class SurveyTaken(Table):
    """That a survey about a member was answered in a year. What was answered is not here."""

    client_id = CharField(max_length=40)
    year = IntegerField()

    class Meta:
        table_name = "survey_taken"
        primary_key = CompositeKey("client_id", "year")


class SurveyAnswers(Table):
    """One answered survey: nothing in it says whose. `answers`: JSON, the answer's key by question."""

    id = AutoField()
    year = IntegerField(index=True)
    form = CharField(max_length=5)
    program = CharField(max_length=8)
    language = CharField(max_length=5)
    answers = TextField()

    class Meta:
        table_name = "survey_answers"


class TakenAlready(Exception):
    """A survey about this member was answered this year."""


@dataclass(frozen=True)
class Result:
    """How a question was answered: counts by answer; None where fewer than the plan's smallest group answered it."""

    topic: Topic
    question: Question
    counts: Mapping[str, int] | None
    total: int


def form_of(member: Member, plan: Plan) -> str:
    """Which form is about this member: the child's until the plan's adult age."""
    born = member.birth_date
    grown = born is None or eligibility.age_on(born, clock.today()) >= plan["household"]["adult_age"]
    return ADULT if grown else CHILD


def topics(form: str) -> tuple[Topic, ...]:
    """The topics of a form, in order: eleven."""
    return tuple(topic for topic in TOPICS if topic.form in (None, form))


def is_open(client_id: str) -> bool:
    """Whether nobody has answered about this member this year."""
    taken = (SurveyTaken.client_id == client_id) & (SurveyTaken.year == clock.today().year)
    return not SurveyTaken.select().where(taken).exists()


def keep(member: Member, answers: Mapping[str, str], language: str, actor: Actor, plan: Plan) -> None:
    """Keep the answers of a survey about a member, once a year. Unknown answers are left out. Raises TakenAlready."""
    today, form = clock.today(), form_of(member, plan)
    known = {question.key: question for topic in topics(form) for question in topic.questions}
    kept = {key: answer for key, answer in answers.items() if key in known and answer in known[key].answers}
    program = eligibility.eligibility_of(member, today).program or ""
    try:
        with transaction():
            SurveyTaken.create(client_id=member.client_id, year=today.year)
            SurveyAnswers.create(
                year=today.year, form=form, program=program, language=language, answers=json.dumps(kept)
            )
            audit.record(actor, "answer-survey", subject=f"member:{member.client_id}")
    except IntegrityError as clash:
        raise TakenAlready from clash


def results(year: int, form: str, plan: Plan, *, program: str | None = None) -> list[Result]:
    """How each question of a form was answered in a year, by everybody or in one program. A question that fewer than
    the plan's smallest group answered is not counted out, and no program that leaves a small group of others."""
    if program and program not in _told_apart(year, form, plan):
        given = []
    else:
        given = _given(year, form, program)
    smallest = plan["survey"]["smallest_group"]
    found = []
    for topic in topics(form):
        for question in topic.questions:
            counted = Counter(answers[question.key] for answers in given if question.key in answers)
            total = counted.total()
            shown = {key: counted[key] for key in question.answers}
            found.append(Result(topic, question, shown if total >= smallest else None, total))
    return found


def years() -> list[int]:
    """The years that have answers, the latest first."""
    found = SurveyAnswers.select(SurveyAnswers.year).distinct().order_by(SurveyAnswers.year.desc())
    return [year for (year,) in found.tuples()]


def answered(year: int, form: str, plan: Plan, *, program: str | None = None) -> int | None:
    """How many surveys of a form were answered; None for fewer than the plan's smallest group."""
    if program and program not in _told_apart(year, form, plan):
        return None
    count = len(_given(year, form, program))
    return count if count >= plan["survey"]["smallest_group"] else None


def rows(year: int, plan: Plan) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Results of a year as rows: form, program (blank: everybody), topic, question, answer, count; `suppressed` for
    small groups. A program is told only where everybody not of it is as large a group: else the difference between
    the two would tell what is not shown."""
    for form in (ADULT, CHILD):
        for program in ("", *_told_apart(year, form, plan)):
            for result in results(year, form, plan, program=program or None):
                for key in result.question.answers:
                    count = "suppressed" if result.counts is None else str(result.counts[key])
                    yield form, program, result.topic.slug, result.question.key, key, count


def _told_apart(year: int, form: str, plan: Plan) -> list[str]:
    """The programs whose answers, and those of all others together, are groups large enough."""
    found = Counter(program for (program,) in _answers(year, form).select(SurveyAnswers.program).tuples())
    smallest, total = plan["survey"]["smallest_group"], found.total()
    return [
        program
        for program in plan.programs
        if found[program] >= smallest and total - found[program] >= smallest
    ]


def _answers(year: int, form: str) -> ModelSelect:
    return SurveyAnswers.select().where(SurveyAnswers.year == year, SurveyAnswers.form == form)


def _given(year: int, form: str, program: str | None) -> list[dict[str, str]]:
    found = _answers(year, form)
    if program:
        found = found.where(SurveyAnswers.program == program)
    return [json.loads(row.answers) for row in found]
