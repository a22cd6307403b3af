"""The questions that establish who is calling.

They are asked one after another from what is on file. Staff type what the caller says and learn whether it matches,
never what is on file. The first answer that does not match ends the call.
"""

import re
import secrets
from datetime import date, timedelta
from hmac import compare_digest

from peewee import CharField, DateTimeField, ForeignKeyField, IntegerField

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain import audit, throttle
from webapp.domain.account import recovery, security_questions
from webapp.domain.account.accounts import SecurityAnswer, account_of_member
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor
from webapp.domain.db import Table, transaction
from webapp.domain.member import eligibility
from webapp.domain.member.eligibility import Member
from webapp.domain.support import people
from webapp.domain.support.people import Hit
from webapp.domain.text import digits, fold_id, fold_words

CLIENT_ID, BIRTH_DATE, ADDRESS, SECURITY = "client_id", "birth_date", "address", "security_question"
LABELS = {
    CLIENT_ID: N_("Client ID Number"),
    BIRTH_DATE: N_("Date of Birth"),
    ADDRESS: N_("Street, apartment and ZIP Code"),
    SECURITY: N_("Security question"),
}
LASTS = timedelta(minutes=30)
#: Words of addresses that people shorten, as they are compared.
_SHORT = {
    "STREET": "ST", "AVENUE": "AVE", "AV": "AVE", "ROAD": "RD", "DRIVE": "DR", "LANE": "LN", "COURT": "CT",
    "PLACE": "PL", "BOULEVARD": "BLVD", "APARTMENT": "APT", "UNIT": "APT", "NORTH": "N", "SOUTH": "S",
    "EAST": "E", "WEST": "W", "CIRCLE": "CIR", "TERRACE": "TER", "HIGHWAY": "HWY",
}  # fmt: skip


class Call(Table):
    """One call. questions: keys of LABELS, with spaces between, those after the first known once the member is; looked,
    matched: how many answers were looked at and how many matched. A call where the two differ has failed."""

    token = CharField(max_length=22, primary_key=True)
    session = ForeignKeyField(Session, on_delete="CASCADE")
    client_id = CharField(max_length=40, default="")
    questions = CharField(max_length=200)
    looked = IntegerField(default=0)
    matched = IntegerField(default=0)
    begun_at = DateTimeField()
    established_at = DateTimeField(null=True)

    class Meta:
        table_name = "call"

    @property
    def asked(self) -> list[str]:
        """The keys of all its questions, in their order."""
        return str(self.questions).split()

    @property
    def question(self) -> str:
        """The key of the one to ask now; '' where all are asked."""
        return self.asked[self.matched] if self.matched < len(self.asked) else ""

    @property
    def has_failed(self) -> bool:
        """Whether an answer did not match."""
        return bool(self.looked != self.matched)


class AnsweredMeanwhile(Exception):
    """Another answer to this question was taken, or the call has ended."""


def begin(session: Session, actor: Actor) -> str:
    """Begin a call; returns its token."""
    token = secrets.token_urlsafe(16)
    with transaction():
        Call.create(token=token, session=session.token_hash, questions=CLIENT_ID, begun_at=clock.now())
        audit.record(actor, "call-begin")
    return token


def find(session: Session, token: str) -> Call | None:
    """A call of this session that has not ended by itself."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{22}", token):
        return None
    mine = (Call.token == token) & (Call.session == session.token_hash)
    return Call.get_or_none(mine, Call.begun_at > clock.now() - LASTS)


def wording(call: Call, secret_key: str) -> str:
    """The msgid of the security question that the call asks; an older account's is its own text."""
    row = _security(call.client_id, secret_key)
    return security_questions.wording(row.question) if row else ""


def answer(call: Call, number: int, said: str, actor: Actor, plan: Plan, secret_key: str) -> bool:
    """Whether what the caller said matches; if not, the call has ended. number: of the question, from 0, that was on
    the page; said: a date as year-month-day. Counted before the look. Raises AnsweredMeanwhile."""
    _count_look(call, number)
    key = call.question
    matches = (
        _first(call, said, actor, plan, secret_key) if key == CLIENT_ID else _later(call, said, secret_key)
    )
    with transaction():
        if matches:
            call.matched += 1
            call.save(only=[Call.matched, Call.client_id, Call.questions])
        result = "matches" if matches else "does not match"
        subject = f"member:{call.client_id}" if call.client_id else ""
        audit.record(
            actor,
            "call-question",
            "done" if matches else "refused",
            subject=subject,
            detail=f"{key} {result}",
        )
    return matches


def establish(call: Call, session: Session, reason: str, actor: Actor, secret_key: str) -> str:
    """Open the member of a call whose questions all matched, once; returns the opening's token. Raises
    AnsweredMeanwhile."""
    member = Member.get_or_none(Member.client_id == call.client_id)
    if member is None:
        raise AnsweredMeanwhile
    with transaction():
        open_still = (
            (Call.token == call.token) & (Call.matched == len(call.asked)) & (Call.looked == Call.matched)
        )
        done = Call.update(established_at=clock.now()).where(open_still, Call.established_at.is_null())
        if len(call.asked) < 2 or not done.execute():
            raise AnsweredMeanwhile
        throttle.forget(_try_key(call.client_id, secret_key))
        return people.open_person(
            session, Hit(people.MEMBER, member.client_id, member.name, ""), reason, actor
        )


def same_address(said: str, member: Member) -> bool:
    """Whether somebody said the street and the ZIP Code that are on file, with the town or without; words that people
    shorten are the same ("12 Elm St, 06106")."""
    codes = {member.zip_code, digits(member.zip_code)[:5]}
    towns = ("", member.city, f"{member.city} {member.state}")
    kept = {_line(f"{member.address} {town} {code}") for town in towns for code in codes if code}
    heard = _line(said)
    return bool(member.address) and any(compare_digest(heard.encode(), one.encode()) for one in kept)


def _first(call: Call, said: str, actor: Actor, plan: Plan, secret_key: str) -> bool:
    """The number says whom the call is about, and so what else can be asked. Unknown numbers count like known ones."""
    rules = plan["caller"]
    try:
        pause = timedelta(hours=rules["pause_hours"])
        throttle.take_counted_try(_try_key(said, secret_key), rules["calls_in_a_row"], pause)
    except throttle.Locked:
        audit.record(actor, "call-locked", "refused")
        return False
    member = eligibility.find_by_number(said)
    if member is None:
        return False
    call.client_id = member.client_id
    more = [key for key in rules["questions"] if _is_on_file(key, member, secret_key)]
    call.questions = " ".join([CLIENT_ID, *more])
    return len(more) >= max(1, rules["least"])


def _later(call: Call, said: str, secret_key: str) -> bool:
    member = Member.get_or_none(Member.client_id == call.client_id)
    if member is None:
        return False
    if call.question == BIRTH_DATE:
        kept = member.birth_date.isoformat() if isinstance(member.birth_date, date) else ""
        return bool(kept) and compare_digest(said.encode(), kept.encode())
    if call.question == ADDRESS:
        return same_address(said, member)
    row = _security(call.client_id, secret_key)
    return row is not None and recovery.answers_hold([row], [said])


def _is_on_file(key: str, member: Member, secret_key: str) -> bool:
    if key == SECURITY:
        return _security(member.client_id, secret_key) is not None
    kept = {BIRTH_DATE: member.birth_date, ADDRESS: member.address and member.zip_code}
    return bool(kept.get(key))


def _security(client_id: str, secret_key: str) -> SecurityAnswer | None:
    """The one question that recovery would ask first: the same in every call, so that nobody calls again for an easier
    one. A PIN is nothing to say on the telephone."""
    account = account_of_member(client_id)
    rows = recovery.asked_of(account, secret_key) if account else ()
    return next((row for row in rows if row.question != security_questions.PIN), None)


def _count_look(call: Call, number: int) -> None:
    now_asked = (Call.token == call.token) & (Call.looked == number) & (Call.matched == number)
    if call.established_at or number >= len(call.asked):
        raise AnsweredMeanwhile
    with transaction():
        if not Call.update(looked=number + 1).where(now_asked).execute():
            raise AnsweredMeanwhile
    call.looked = number + 1


def _try_key(client_id: str, secret_key: str) -> str:
    return throttle.key_of(secret_key, "caller", fold_id(client_id))


def _line(text: str) -> str:
    return "".join(_SHORT.get(word, word) for word in fold_words(text))
