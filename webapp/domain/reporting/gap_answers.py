"""What a practice answers to a gap in care: done elsewhere, not my patient, declined, scheduled.

An answer stands beside the Due and does not clear it. It belongs to practice, member and test, so that it stays
through refreshes, and when a birthday takes the member to another report. Rows are only ever added: the latest
counts, and taking an answer back is a row too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from peewee import AutoField, CharField, DateField, DateTimeField, IntegerField, TextField

from reports.definition import Report
from reports.prepared import Prepared, slot
from reports.words import N_
from webapp import clock
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import Table, database, transaction
from webapp.domain.us_dates import us_date, us_day

ELSEWHERE, NOT_MINE, DECLINED, SCHEDULED = "elsewhere", "not-mine", "declined", "scheduled"
#: The row that takes an answer back.
TAKEN_BACK = "taken-back"

#: What can be answered, in the order of the form.
ANSWERS = {
    ELSEWHERE: N_("Done elsewhere"),
    NOT_MINE: N_("Not my patient"),
    DECLINED: N_("Declined"),
    SCHEDULED: N_("Scheduled"),
}

#: Answers that need a day; the others may name one.
DATED = frozenset({ELSEWHERE, SCHEDULED})

#: Heads the column of answers in downloads and on paper.
COLUMN_LABEL = N_("Practice's answers")

LONGEST_NOTE = 500

#: A day farther away is a slip of the finger. Colonoscopies count for ten years, other things happened once.
FARTHEST_YEARS = 80

#: Translates a text of ours; `str` leaves it in English.
Words = Callable[[str], str]


class GapAnswer(Table):
    """One answer, or the taking back of one. `once` names the form that was sent: a second tap adds no second row."""

    id = AutoField()
    tin = CharField(max_length=20)
    client_id = CharField(max_length=60)
    test = CharField(max_length=40)
    answer = CharField(max_length=12)  # one of ANSWERS, or TAKEN_BACK
    day = DateField(null=True)
    note = TextField(default="")
    account_id = IntegerField()
    given_by = TextField()
    given_at = DateTimeField()
    once = CharField(max_length=64, unique=True)

    class Meta:
        table_name = "gap_answer"
        indexes = ((("tin", "client_id", "test"), False),)


@dataclass(frozen=True)
class Gap:
    """What an answer is about: one test of one member, seen by one practice."""

    tin: str
    client_id: str
    test: str


@dataclass(frozen=True)
class Answer:
    """What a practice says of a gap. `day`: when it was done elsewhere, is to take place, or was said."""

    answer: str
    day: date | None = None
    note: str = ""


class Given(NamedTuple):
    """An answer as it was given: by whom, and at which moment (UTC)."""

    answer: str
    day: date | None
    note: str
    given_by: str
    given_at: datetime


class AnswerRefused(Exception):
    """An answer that makes no sense. `field` is the part at fault: "answer", "day" or "note"; `why` says what is wrong
    with it: "missing", "unlikely" (a year that cannot be meant), "future", "past" or "long"."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field, self.why = field, why


def give(gap: Gap, answer: Answer, account: Account, actor: Actor, once: str) -> None:
    """Keep a practice's answer. `once` is the random name of the form it came with: sent again unchanged, it counts
    once. Whoever calls has made sure that the account may read the practice's reports. Raises AnswerRefused."""
    _check(answer, clock.today())
    _add(gap, answer, account, actor, once)


def take_back(gap: Gap, account: Account, actor: Actor, once: str) -> None:
    """Take the standing answer back; where there is none, nothing happens."""
    if standing(gap.tin, [gap.client_id]).get((gap.client_id, gap.test)):
        _add(gap, Answer(TAKEN_BACK), account, actor, once)


def standing(tin: str, client_ids: Iterable[str] | None = None) -> dict[tuple[str, str], Given]:
    """The answers of a practice that stand, by Client ID and test key; of these members only, if given."""
    found: dict[tuple[str, str], Given] = {}
    wanted = None if client_ids is None else list(client_ids)
    for some in _chunks(wanted):
        asked = [GapAnswer.tin == tin]
        if some is not None:
            asked.append(GapAnswer.client_id.in_(some))
        for client_id, test, *given in _rows(GapAnswer.client_id, GapAnswer.test).where(*asked):
            found[client_id, test] = Given(*given)
    return {key: given for key, given in found.items() if given.answer in ANSWERS}


def history(gap: Gap) -> list[Given]:
    """All that was answered to a gap, the latest first."""
    asked = (GapAnswer.tin == gap.tin, GapAnswer.client_id == gap.client_id, GapAnswer.test == gap.test)
    return [Given(*given) for given in _rows().where(*asked)][::-1]


def _rows(*columns: Any) -> Any:
    """The answers in the order given, as tuples: `columns`, then the fields of `Given`."""
    fields = (getattr(GapAnswer, name) for name in Given._fields)
    return GapAnswer.select(*columns, *fields).order_by(GapAnswer.id).tuples()


def has_any(report: Report, tin: str) -> bool:
    """Whether the practice has ever answered a gap of this report."""
    keys = tuple(test.key for test in report.tests)
    return bool(keys) and next(_answer_to(keys)(tin=tin), None) is not None


@lru_cache(maxsize=64)
def _answer_to(tests: tuple[str, ...]) -> Prepared:
    """One answer of a practice to one of these tests, if there is any: every page of a report asks."""
    wanted = GapAnswer.tin == slot("tin"), GapAnswer.test.in_(tests)
    return Prepared(database, lambda: GapAnswer.select(GapAnswer.test).where(*wanted).limit(1).tuples())


def in_brief(answer: Given, words: Words = str) -> str:
    """ "Declined", "Scheduled 12/01/2026": what stands beside the Due."""
    day = f" {us_date(answer.day)}" if answer.day else ""
    return f"{words(ANSWERS[answer.answer])}{day}"


def in_full(answer: Given, words: Words = str) -> str:
    """The answer with its note, who gave it and when: what downloads and paper say."""
    note = f" ({answer.note})" if answer.note else ""
    by = words(N_("by %(name)s, %(day)s")) % {"name": answer.given_by, "day": us_day(answer.given_at)}
    return f"{in_brief(answer, words)}{note}, {by}"


def short_words(
    report: Report, tin: str, words: Words = str, client_ids: Iterable[str] | None = None
) -> dict[tuple[str, str], str]:
    """The answers that stand beside the cells of a report, by Client ID and test key."""
    if not has_any(report, tin):
        return {}
    return {key: in_brief(row, words) for key, row in standing(tin, client_ids).items()}


def column(report: Report, tin: str, words: Words = str) -> Callable[[str], str]:
    """The column of answers: from a Client ID to all the practice's answers to that member's gaps in this report, in
    the report's order; empty where there is none. Asks the database once, however many rows there are."""
    found = standing(tin) if has_any(report, tin) else {}
    texts: dict[str, list[str]] = {}
    for test in report.tests:
        for (client_id, key), row in found.items():
            if key == test.key:
                texts.setdefault(client_id, []).append(f"{words(test.label)}: {in_full(row, words)}")
    joined = {client_id: "; ".join(listed) for client_id, listed in texts.items()}
    return lambda client_id: joined.get(client_id, "")


def _check(answer: Answer, today: date) -> None:
    if answer.answer not in ANSWERS:
        raise AnswerRefused("answer", "missing")
    if answer.answer in DATED and answer.day is None:
        raise AnswerRefused("day", "missing")
    if answer.day and abs(answer.day.year - today.year) > FARTHEST_YEARS:
        raise AnswerRefused("day", "unlikely")
    if answer.answer == ELSEWHERE and answer.day and answer.day > today:
        raise AnswerRefused("day", "future")
    if answer.answer == SCHEDULED and answer.day and answer.day < today:
        raise AnswerRefused("day", "past")
    if len(answer.note) > LONGEST_NOTE:
        raise AnswerRefused("note", "long")


def _add(gap: Gap, answer: Answer, account: Account, actor: Actor, once: str) -> None:
    sent = repr((account.id, once, gap, answer))
    row = {
        "tin": gap.tin,
        "client_id": gap.client_id,
        "test": gap.test,
        "answer": answer.answer,
        "day": answer.day,
        "note": answer.note,
        "account_id": account.id,
        "given_by": f"{account.first_name} {account.last_name}".strip(),
        "given_at": clock.now(),
        "once": hashlib.sha256(sent.encode()).hexdigest(),
    }
    with transaction():
        before = GapAnswer.select().where(GapAnswer.once == row["once"]).exists()
        GapAnswer.insert(row).on_conflict_ignore().execute()
        if not before:
            # Which test it is would say something of the member's health; the answer itself is kept for good.
            audit.record(actor, "gap-answer", subject=f"member:{gap.client_id}", detail=f"tin {gap.tin}")


def _chunks(wanted: list[str] | None) -> Iterable[list[str] | None]:
    if wanted is None:
        return [None]
    return [wanted[start : start + 1000] for start in range(0, len(wanted), 1000)]
