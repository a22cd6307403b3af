"""What `portal demo --json` prints: who can register, who can sign in, which practices there are."""

from typing import Any

from peewee import fn

from reports import tables
from reports.synthetic.cast import starter_cast
from webapp import clock
from webapp.config import Plan, read_settings
from webapp.demo.accounts import DemoAccount, demo_accounts
from webapp.demo.codes import describe_codes
from webapp.demo.console import brought_along_before
from webapp.demo.load import AS_OF
from webapp.domain import facts
from webapp.domain.account.accounts import Account
from webapp.domain.account.security_questions import QUESTIONS
from webapp.domain.db import connected
from webapp.domain.find_a_doctor.directory import Provider, practice_names
from webapp.domain.member.eligibility import Member, Registration, eligibility_of, household, may_register

#: The language of the first member: the walk-through of registration is made in Spanish too.
FIRST_LANGUAGE = "Spanish"


def describe_demo(plan: Plan | None = None) -> dict[str, Any]:
    """The demo as one JSON-ready object: `members accounts existing_accounts registration_codes
    practices as_of`. Its first member is a Spanish-speaking head of household, unregistered after a reset."""
    plan = plan or read_settings().plan
    with connected():
        return {
            "members": _members(plan),
            "accounts": [_account(account) for account in demo_accounts()],
            "existing_accounts": _existing_accounts(),
            "registration_codes": describe_codes(),
            "practices": _practices(),
            "as_of": facts.fact(AS_OF),
        }


def _members(plan: Plan) -> list[dict[str, Any]]:
    """The fixed people who may register, or have since; those with a fixed account are under `accounts`."""
    today = clock.today()
    fixed = {account.client_id for account in demo_accounts()}
    wanted = [person.client_id for person in starter_cast().members if person.client_id not in fixed]
    found = {m.client_id: m for m in Member.select().where(Member.client_id.in_(wanted))}
    registered = {
        account.client_id
        for account in Account.select(Account.client_id).where(Account.client_id.in_(wanted))
    }
    members = [found[client_id] for client_id in wanted if client_id in found]
    able = [m for m in members if may_register(m, today, plan) is Registration.OK]
    able.sort(
        key=lambda m: not (m.is_head and m.language == FIRST_LANGUAGE)
    )  # keeps the cast's order otherwise
    return [
        {
            "client_id": member.client_id,
            "first_name": member.first_name,
            "last_name": member.last_name,
            "birth_date": member.birth_date.isoformat(),
            "program": plan.program_name(eligibility_of(member, today).program),
            "household": [m.client_id for m in household(member.client_id, today, plan)],
            "registered": member.client_id in registered,
            "address": f"{member.address}, {member.city}, {member.state} {member.zip_code}",  # callers are asked
        }
        for member in able
    ]


def _account(account: DemoAccount) -> dict[str, Any]:
    return {
        "portal": account.portal,
        "username": account.username,
        "password": account.password,
        "email": account.email,
        "language": account.language,
        "tins": [tie.tin for tie in account.ties],
        "client_id": account.client_id,
        "totp_secret": account.totp_secret,
        # As the person reads it: the text of an offered question, not its key.
        "security_answers": [
            {"question": QUESTIONS.get(question, question), "answer": answer}
            for question, answer in account.answers
        ],
        "note": account.note,
    }


def _existing_accounts() -> list[dict[str, Any]]:
    """The provider accounts of an earlier system that wait to be brought along, with the secrets that their feed holds
    only hashed."""
    listed, before = [], brought_along_before()
    for entry in starter_cast().existing_accounts:
        if entry["username"] in before:
            continue
        tins = entry.get("tins", [])
        listed.append(
            {
                "username": entry["username"],
                "password": entry.get("password"),
                "tin": tins[0] if tins else None,
                "question": entry.get("question"),
                "answer": entry.get("answer"),
                "pin": entry.get("pin"),
            }
        )
    return listed


def _practices() -> list[dict[str, Any]]:
    """Every practice with the number of its attributed members: the fixed ones first, then the largest."""
    current = tables.ReportPublished.get_or_none(tables.ReportPublished.slug == tables.ATTRIBUTION)
    panels: dict[str, int] = {}
    if current is not None:
        rows = tables.Attribution
        query = rows.select(rows.tin, fn.COUNT(rows.client_id)).where(rows.snapshot_id == current.snapshot_id)
        panels = dict(query.group_by(rows.tin).tuples())
    tins = [tin for (tin,) in Provider.select(Provider.tin).distinct().tuples()]
    names = practice_names(tins)
    fixed = {practice.tin: place for place, practice in enumerate(starter_cast().practices)}
    tins.sort(key=lambda tin: (fixed.get(tin, len(fixed)), -panels.get(tin, 0), tin))
    return [{"tin": tin, "name": names.get(tin, ""), "members": panels.get(tin, 0)} for tin in tins]
