"""What waits in the demo's support console, and what its staff have done: `console.toml`, through the portal's own
commands, so that every room has something to show."""

import random
import secrets
import tomllib
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from reports.synthetic.cast import starter_cast
from webapp import clock
from webapp.config import Settings
from webapp.demo.accounts import account_called
from webapp.demo.days import days_ago
from webapp.domain import audit
from webapp.domain.account import passwords
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.existing import consolidation
from webapp.domain.existing.consolidation import Claim
from webapp.domain.existing.existing_accounts import username_key
from webapp.domain.find_a_doctor import directory_reports
from webapp.domain.member import (
    eligibility,
    locked_ways,
    paper_forms,
    registration,
    survey,
    survey_topics,
    update_requests,
)
from webapp.domain.member.eligibility import Member, Registration
from webapp.domain.member.lockouts import Lockout
from webapp.domain.member.registration import IdCard
from webapp.domain.reporting import download_guard, report_pages
from webapp.domain.reporting.download_guard import Downloader
from webapp.domain.support import staff

FILE = Path(__file__).with_name("console.toml")
#: Members looked through for those of console.toml.
_LOOKED_THROUGH = 400
_DESK, _SUPERVISOR = "desk.members", "supervisor"


@lru_cache(maxsize=1)
def _content() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def brought_along_before() -> frozenset[str]:
    """The accounts of the earlier system that the demo begins with having been consolidated."""
    return frozenset(entry["username"] for entry in _content()["brought_along"])


def give_support_work(settings: Settings, secret_key: str) -> None:
    """Do all that the file says. The fixed accounts must be there, and the reports published."""
    found = _members(settings)
    steps: dict[str, Callable[[dict[str, Any]], None]] = {
        "locked": lambda entry: _lock(entry, found, settings, secret_key),
        "update": lambda entry: _ask_update(entry, settings),
        "mistake": lambda entry: _report_mistake(entry, settings, secret_key),
        "form": lambda entry: _enter_form(entry, found, settings),
        "download": lambda entry: _download(entry, settings),
        "hold": _hold,
        "brought_along": lambda entry: _bring_along(entry, settings, secret_key),
        "invited": _invite,
    }
    for name, step in steps.items():
        for entry in _content()[name]:
            with days_ago(entry.get("days_ago", 0)):
                step(entry)
    _answer_surveys(settings)


def _members(settings: Settings) -> list[Member]:
    """Invented members who may register, none of those whom the demo names, in the order of their numbers."""
    fixed = [person.client_id for person in starter_cast().members]
    rows = Member.select().where(Member.client_id.not_in(fixed)).order_by(Member.client_id)
    today = clock.today()
    return [
        row
        for row in rows.limit(_LOOKED_THROUGH)
        if eligibility.may_register(row, today, settings.plan) is Registration.OK
    ]


def _lock(entry: dict[str, Any], found: list[Member], settings: Settings, secret_key: str) -> None:
    """Three tries with what the entry says, else with what is on record; then the way on that was asked for."""
    person = found[entry["place"] % len(found)] if "place" in entry else None
    names = ("client_id", "first_name", "last_name", "birth_date")
    card = IdCard(**{name: entry.get(name) or getattr(person, name) for name in names})
    actor = Actor("member", "198.51.100.40")
    for _ in range(settings.plan["registration"]["wrong_tries"]):
        try:
            registration.identify(card, f"demo {card.client_id}", actor, settings.plan, secret_key)
        except (registration.EligibilityNotFound, registration.RegistrationLocked):
            continue
    lock = Lockout.select().order_by(Lockout.id.desc()).get()
    told = (actor, settings.plan, secret_key)
    if "telephone" in entry:
        locked_ways.ask_call_back(lock, entry["telephone"], entry["window"], "en", *told)
    if entry.get("letter"):
        locked_ways.ask_letter(lock, "en", *told)


def _ask_update(entry: dict[str, Any], settings: Settings) -> None:
    account = account_called(entry["username"])
    member = eligibility.get_member(account.client_id or "")
    typed = {**update_requests.on_record(member), **entry["asked"]}
    actor = Actor("member", "", account.id)
    update_requests.ask(account, member, typed, False, actor, settings.plan)
    if "answer" in entry:
        request = update_requests.UpdateRequest.get(update_requests.UpdateRequest.account_id == account.id)
        with days_ago(entry["answer_days_ago"] - entry["days_ago"]):
            done, office = update_requests.DONE, _staff("desk.eligibility")
            update_requests.decide(request.id, done, entry["answer"], office, settings.plan)


def _report_mistake(entry: dict[str, Any], settings: Settings, secret_key: str) -> None:
    what = (entry["npi"], entry["practice"], entry["kinds"], entry["text"])
    directory_reports.report(*what, Actor("public", "198.51.100.41"), settings.plan, secret_key)


def _enter_form(entry: dict[str, Any], found: list[Member], settings: Settings) -> None:
    today = clock.today()
    draft = paper_forms.Draft(
        client_id=found[entry["place"] % len(found)].client_id,
        asks=entry["asks"],
        signed_on=today - timedelta(days=entry["signed_days_ago"]),
        received_on=today - timedelta(days=entry["received_days_ago"]),
        signed_by=entry.get("signed_by", "member"),
        signer=entry.get("signer", ""),
        categories=tuple(entry.get("categories", ())),
        tin=entry.get("tin", ""),
    )
    form = paper_forms.enter(draft, f"demo {entry['place']}", _staff(_DESK))
    if "refuse" in entry:
        paper_forms.refuse(form, entry["refuse"], _staff(_SUPERVISOR), settings.plan)


def _download(entry: dict[str, Any], settings: Settings) -> None:
    """Ask for a file; where it passes the budget there is none. From an address of its own only after signing in
    there: an account that never signed in before uses no new device, and the demo's main ones stay such."""
    account = account_called(entry["username"])
    actor = Actor("provider", entry.get("address", "203.0.113.40"), account.id)
    device = entry.get("device", "Edge, Windows")
    if "address" in entry:
        audit.record(actor, "sign-in", detail=device)
    view = report_pages.whole_report(entry["report"], entry["tin"])
    try:
        download_guard.take(Downloader(account, "demo", device, actor), view, entry["form"], settings)
    except download_guard.CodeNeeded:
        return


def _hold(entry: dict[str, Any]) -> None:
    download_guard.hold(account_called(entry["username"]), entry["reason"], _staff("desk.providers"))


def _bring_along(entry: dict[str, Any], settings: Settings, secret_key: str) -> None:
    key, links = username_key(entry["username"]), FreezeLinks(settings.base_url, secret_key)
    existing = consolidation.existing_account(key)
    unknown = passwords.hash_secret(secrets.token_urlsafe(24))  # nobody signs in with it
    claim = Claim(key, existing.email, entry["new_username"], unknown)
    consolidation.complete(claim, "en", Actor("provider", "203.0.113.41"), settings.plan, links)
    if "undo" in entry:
        with days_ago(entry["undo_days_ago"] - entry["days_ago"]):
            by = _staff("desk.providers")
            consolidation.undo(key, by, settings.plan, links, reason=entry["undo"])


def _invite(entry: dict[str, Any]) -> None:
    staff.invite(entry["email"], entry["role"], _staff(_SUPERVISOR))


def _answer_surveys(settings: Settings) -> None:
    """Answers about invented members, adults and children, drawn: the first of each scale are the likelier ones."""
    rules = _content()["survey"]
    draw = random.Random(rules["seed"])
    fixed = [person.client_id for person in starter_cast().members]
    anybody = Member.select().where(Member.client_id.not_in(fixed)).order_by(Member.client_id.desc())
    with transaction():
        for member in anybody.limit(rules["surveys"]):
            form = survey.form_of(member, settings.plan)
            answers = dict(_answers(form, draw))
            actor = Actor("member", "")
            survey.keep(member, answers, "en" if draw.random() < 0.7 else "es", actor, settings.plan)


def _answers(form: str, draw: random.Random) -> Iterator[tuple[str, str]]:
    for topic in survey.topics(form):
        for question in topic.questions:
            offered = list(question.answers)
            likely = reversed(offered) if question.answers is survey_topics.HOW_OFTEN else offered
            yield question.key, draw.choices(list(likely), range(len(offered), 0, -1))[0]


def _staff(username: str) -> Actor:
    """A member of staff of the demo, at work."""
    account: Account = account_called(username)
    return Actor("support", "127.0.0.1", account.id)
