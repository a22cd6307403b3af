"""2,400 people press Finish twice while gunicorn's workers are killed: each account is there, whole, and once.

The runs are prepared as the wizard stores them: one is walked through step by step, the others are copies of its row
for other members. Whoever gets no answer presses again, as people do.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.figures import Figure
from faults.bed import Bed, Served
from faults.browser import BROKEN, Answer, Browser
from tests.harness.clock import TODAY
from webapp.config import read_settings
from webapp.domain.account.accounts import Account
from webapp.domain.account.security_questions import HOW_MANY, QUESTIONS
from webapp.domain.db import transaction
from webapp.domain.member import eligibility
from webapp.domain.member.eligibility import EligibilitySpan, Member, Registration
from webapp.flows.runs import FlowRun

PEOPLE, SHORT_PEOPLE = 2_400, 120
AT_ONCE = 8
PRESSES = 40
#: A worker is killed each time so many more people are done: a new one takes a second to be there.
KILL_EACH = 40
STEPS = "/members/register"
_ACCOUNT = {"email": "fault@example.com", "confirm_email": "fault@example.com"}


@dataclass(frozen=True)
class Prepared:
    """Somebody who has only Finish left to press. `token` is the browser's cookie."""

    token: str
    client_id: str
    username: str


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Press Finish twice at once for each, under fire; then count what there is."""
    with bed.gunicorn(workers=3) as served:
        people = prepare(bed, served, SHORT_PEOPLE if short else PEOPLE)
        began = time.monotonic()
        kills, chance = [], random.Random(24)
        with ThreadPoolExecutor(AT_ONCE) as lanes:
            unanswered = 0
            for done, lacking in enumerate(lanes.map(lambda one: press_twice(served.url, one), people), 1):
                unanswered += lacking
                if done % KILL_EACH == 0:
                    kills.append(_kill_one(served, chance))
        seconds = time.monotonic() - began
    note = f"{len(people):,} doubled posts, {len(kills)} workers killed, {seconds:.0f} s"
    yield Figure("presses never answered", unanswered, "", 0, gated=True, note=note)
    missing, doubled, partial = check(bed, people)
    yield Figure("accounts missing", missing, "", 0, gated=True)
    yield Figure("accounts, mails or audit entries too many", doubled, "", 0, gated=True)
    yield Figure("accounts of which a part is missing", partial, "", 0, gated=True)


def prepare(bed: Bed, served: Served, count: int) -> list[Prepared]:
    """Runs of so many members, with Finish left."""
    with bed.opened():
        members = _may_register(bed, count)
    browser = _at_last_step(served, members[0])
    found = hashlib.sha256(browser.cookies["register_run"].encode()).hexdigest()
    with bed.opened():
        walked = FlowRun.get_by_id(found)
        answers = json.loads(walked.answers)
        people, rows = [], []
        for number, member in enumerate(members):
            one = Prepared(secrets.token_urlsafe(16), member.client_id, f"fault{number:05}")
            answers["validation"]["member"] = one.client_id
            answers["account"]["username"] = one.username
            row = {**walked.__data__, "token_hash": hashlib.sha256(one.token.encode()).hexdigest()}
            rows.append({**row, "answers": json.dumps(answers)})
            people.append(one)
        with transaction():
            for start in range(0, len(rows), 100):
                FlowRun.insert_many(rows[start : start + 100]).execute()
    return people


def _may_register(bed: Bed, count: int) -> list[Member]:
    """So many members who may make an account: the demo's, and as many more as are wanted."""
    plan = read_settings(bed.environment()).plan
    taken = Account.select(Account.client_id).where(Account.client_id.is_null(False))
    # All read before anything is written: a half-read answer would hold an old state of the database.
    open_to = list(Member.select().where(Member.client_id.not_in(taken)).order_by(Member.client_id).limit(200))
    first = next(
        member for member in open_to if eligibility.may_register(member, TODAY, plan) is Registration.OK
    )
    span = eligibility.spans_of(first.client_id)[0]
    members, spans = [first], []
    for number in range(1, count):
        client_id = f"F{number:08}"
        members.append(Member(**{**first.__data__, "client_id": client_id, "client_id_key": client_id.lower()}))
        spans.append({**span.__data__, "client_id": client_id})
        del spans[-1]["id"]
    with transaction():
        for start in range(0, count - 1, 40):
            Member.insert_many([member.__data__ for member in members[1:]][start : start + 40]).execute()
            EligibilitySpan.insert_many(spans[start : start + 40]).execute()
    return members


def _at_last_step(served: Served, member: Member) -> Browser:
    """Walk somebody through the wizard up to Finish. Raises RuntimeError where a step refuses."""
    browser = Browser(served.url)
    born = f"{member.birth_date:%m/%d/%Y}"
    card = {"birth_date": born, "first_name": member.first_name, "last_name": member.last_name}
    secret = {"password": "Naranja7lago", "confirm_password": "Naranja7lago"}
    questions = {f"question_{n}": question for n, question in enumerate(list(QUESTIONS)[:HOW_MANY], 1)}
    answers = {f"answer_{n}": f"Ponce{n}" for n in (1, 2, 3)}
    sent = {
        "license-agreement": {},
        "validation": {**card, "client_id": member.client_id},
        "account": {"username": "walked", **_ACCOUNT, **secret, **questions, **answers},
    }
    for step, form in sent.items():
        token = browser.token(f"{STEPS}/{step}")
        answer = browser.post(f"{STEPS}/{step}", {"csrf_token": token, "go": "next", **form})
        if answer.status != 303:
            raise RuntimeError(f"step {step} of the registration answers {answer.status}")
    return browser


def _kill_one(served: Served, chance: random.Random) -> int:
    """Kill one of gunicorn's workers at whatever it is doing."""
    victim = chance.choice(served.workers())
    os.kill(victim, signal.SIGKILL)
    return victim


def press_twice(url: str, one: Prepared) -> int:
    """Press Finish twice at once, each again until it is answered. Returns how many presses never were."""
    with ThreadPoolExecutor(2) as fingers:
        browser = Browser(url)
        browser.cookies["register_run"] = one.token
        page = _again(lambda: browser.get(f"{STEPS}/verify"), 200)
        if page is None:
            return 2
        form = {"csrf_token": browser.token_of(page), "once": secrets.token_hex(8), "go": "next"}
        cookies = dict(browser.cookies)
        browser.close()
        return sum(fingers.map(lambda _: not _press(url, cookies, form), (1, 2)))


def _press(url: str, cookies: dict[str, str], form: dict[str, str]) -> bool:
    finger = Browser(url)
    finger.cookies = dict(cookies)
    answered = _again(lambda: finger.post(f"{STEPS}/verify", form), 303)
    finger.close()
    return answered is not None and answered.headers.get("Location") == "/members/home"


def _again(send: Callable[[], Answer], wanted: int) -> Answer | None:
    """The answer with the wanted status, or None after too many presses."""
    for turn in range(PRESSES):
        try:
            answer = send()
        except BROKEN:
            time.sleep(0.05 * (turn + 1))
        else:
            if answer.status == wanted:
                return answer
            if answer.status != 503:
                return None
    return None


def check(bed: Bed, people: list[Prepared], finished: bool = True) -> tuple[int, int, int]:
    """How many of the people have no account; how many accounts, mails and entries there are too many; and how many
    accounts lack a part: three answers, a mail, an entry, a finished run."""
    wanted = {one.client_id: one for one in people}
    accounts = [row for row in bed.rows("SELECT client_id, id, username FROM account") if row[0] in wanted]
    whole = {row[0] for row in accounts}
    missing = len(wanted) - len(whole) if finished else 0
    ids = {row[1]: row[0] for row in accounts}
    answers, entries = _per(bed, ids, "SELECT account_id FROM security_answer"), _per(
        bed, ids, "SELECT account_id FROM audit_entry WHERE action = 'register'"
    )
    closed = {row[0] for row in bed.rows("SELECT token_hash FROM flow_run WHERE finished_at IS NOT NULL")}
    mails = bed.count("SELECT COUNT(*) FROM outbox_message WHERE recipient = 'fault@example.com'")
    doubled = len(accounts) - len(whole) + max(0, mails - len(whole))
    doubled += sum(count > 1 for count in entries.values()) + sum(count > 3 for count in answers.values())
    partial = max(0, len(whole) - mails)
    for account_id, client_id in ids.items():
        run = hashlib.sha256(wanted[client_id].token.encode()).hexdigest()
        partial += answers.get(account_id, 0) < 3 or account_id not in entries or run not in closed
    return missing, doubled, partial


def _per(bed: Bed, ids: dict[int, str], sql: str) -> dict[int, int]:
    """How many rows of the query each account has."""
    found: dict[int, int] = {}
    for (account_id,) in bed.rows(sql):
        if account_id in ids:
            found[account_id] = found.get(account_id, 0) + 1
    return found
