"""For support: which accounts may read the reports of which practices, and practices that hang on one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import Expression, ModelSelect, fn

from reports.words import N_
from webapp import clock
from webapp.config import Plan
from webapp.domain.account.accounts import Account
from webapp.domain.find_a_doctor import directory
from webapp.domain.practice.practices import PracticeAccess
from webapp.domain.text import digits

PER_PAGE = 25
STATES = {
    "approved": N_("Approved"),
    "requested": N_("Requested"),
    "refused": N_("Refused"),
    "expired": N_("Expired"),
    "none": N_("Not asked for"),
}
#: Beside a state: approvals that end soon, as each is looked at anew once a year.
RENEW = "renew"
FILTERS = {**STATES, RENEW: N_("To renew soon")}
#: What the list can be sorted by, each with the number of the tie after it, so that pages share nothing.
SORTS = {
    "person": (Account.last_name, Account.first_name),
    "tin": (PracticeAccess.tin,),
    "role": (PracticeAccess.role,),
    "state": (PracticeAccess.report_access,),
    "since": (PracticeAccess.changed_at,),
}


@dataclass(frozen=True)
class Standing:
    """A tie for support. ends_at: when an approval ends; only_manager: whether nobody else manages the practice."""

    tie: PracticeAccess
    practice: str
    ends_at: datetime | None
    only_manager: bool


@dataclass(frozen=True)
class Wanted:
    """How the list is asked for. text: a Tax ID, or the beginning of a username or last name."""

    text: str = ""
    state: str = ""
    sort: str = "tin"
    down: bool = False


def standings(wanted: Wanted, page: int, plan: Plan) -> tuple[list[Standing], int]:
    """A page (from 1) of the ties, and how many there are in all."""
    query = _matching(wanted, plan)
    keys = [*SORTS.get(wanted.sort, SORTS["tin"]), PracticeAccess.id]
    ordered = query.order_by(*(key.desc() if wanted.down else key for key in keys))
    return _told(list(ordered.paginate(page, PER_PAGE)), plan), query.count()


def every(wanted: Wanted, plan: Plan) -> list[Standing]:
    """All of what is asked for."""
    return _told(list(_matching(wanted, plan).order_by(PracticeAccess.tin, PracticeAccess.id)), plan)


def find(tie_id: int, plan: Plan) -> Standing | None:
    """One tie by its number."""
    found = _told(list(_ties().where(PracticeAccess.id == tie_id)), plan)
    return found[0] if found else None


def _matching(wanted: Wanted, plan: Plan) -> ModelSelect:
    query = _ties()
    if wanted.state == RENEW:
        query = query.where(PracticeAccess.report_access == "approved", _ends_soon(plan))
    elif wanted.state:
        query = query.where(PracticeAccess.report_access == wanted.state)
    if text := wanted.text.strip().lower():
        named = fn.LOWER(Account.last_name).startswith(text) | Account.username_key.startswith(text)
        tin = digits(text)
        query = query.where(named | (PracticeAccess.tin == tin) if len(tin) == 9 else named)
    return query


def _ends_soon(plan: Plan) -> Expression:
    """That an approval ends within the days in which its owner is reminded ([report_access])."""
    rules = plan["report_access"]
    lasts = timedelta(days=rules["recertify_days"] - rules["remind_days"])
    never = PracticeAccess.id.is_null()
    return PracticeAccess.changed_at <= clock.now() - lasts if rules["recertify_days"] else never


def _ties() -> ModelSelect:
    return PracticeAccess.select(PracticeAccess, Account).join(Account)


def _told(ties: Sequence[PracticeAccess], plan: Plan) -> list[Standing]:
    tins = sorted({tie.tin for tie in ties})
    names = directory.practice_names(tins) if tins else {}
    managers = dict(
        PracticeAccess.select(PracticeAccess.tin, fn.COUNT(PracticeAccess.id))
        .where(PracticeAccess.tin.in_(tins), *_MANAGES)
        .group_by(PracticeAccess.tin)
        .tuples()
    )
    days = plan["report_access"]["recertify_days"]
    return [
        Standing(
            tie,
            names.get(tie.tin, ""),
            tie.changed_at + timedelta(days=days) if days and tie.report_access == "approved" else None,
            tie.role == "Office Manager" and tie.report_access == "approved" and managers.get(tie.tin) == 1,
        )
        for tie in ties
    ]


_MANAGES = (PracticeAccess.role == "Office Manager", PracticeAccess.report_access == "approved")
