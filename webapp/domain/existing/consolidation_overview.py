"""For support: what became of each account of the earlier system, and how many are left to bring along."""

import re
from dataclasses import dataclass
from datetime import datetime

from peewee import JOIN, ModelSelect, fn

from webapp.config import Plan
from webapp.domain.account.accounts import Account
from webapp.domain.db import is_sqlite
from webapp.domain.existing.consolidation import CONSOLIDATED, LOADED, UNDONE, Consolidation, undo_until
from webapp.domain.existing.existing_accounts import ExistingAccount, username_key

#: What the list can be sorted by.
SORTS = {
    "username": ExistingAccount.username_key,
    "state": fn.COALESCE(Consolidation.state, LOADED),
    "at": fn.COALESCE(Consolidation.undone_at, Consolidation.at),
    "into": fn.COALESCE(Account.username, ""),
}


@dataclass(frozen=True)
class Standing:
    """An account of the earlier system, for support. state: LOADED, CONSOLIDATED or UNDONE, since `at` (None:
    as loaded). into: the portal's account, where it was brought into one. asks: what its owner is asked,
    'question', 'pin' or nothing ('': only support can help). undo_until: None where there is nothing to undo."""

    existing: ExistingAccount
    state: str
    at: datetime | None
    into: Account | None
    undo_until: datetime | None

    @property
    def asks(self) -> str:
        """As ExistingAccount.asks."""
        return self.existing.asks


def overview(
    plan: Plan,
    state: str | None = None,
    search: str = "",
    limit: int = 50,
    offset: int = 0,
    *,
    sort: str = "username",
    down: bool = False,
) -> list[Standing]:
    """The accounts of the earlier system as they stand, for support. state: only those in it; search: the beginning of
    a username, or a whole Tax ID; sort: a key of SORTS, then the username."""
    by = SORTS[sort].desc(nulls="last") if down else SORTS[sort].asc(nulls="first")
    query = _query().order_by(by, ExistingAccount.username_key)
    if state:
        query = query.where(fn.COALESCE(Consolidation.state, LOADED) == state)
    if wanted := username_key(search.replace("\x00", "")):
        digits = re.sub(r"\D", "", wanted)
        by_tin = fn.INSTR if is_sqlite() else fn.STRPOS
        named = ExistingAccount.username_key.startswith(wanted)
        query = query.where(named | (by_tin(ExistingAccount.tins, digits) > 0) if len(digits) == 9 else named)
    return [_standing(row, plan) for row in query.limit(limit).offset(offset)]


def every_name() -> list[str]:
    """The username of every account of the earlier system, as it is compared."""
    return [name for (name,) in ExistingAccount.select(ExistingAccount.username_key).tuples()]


def standing(name: str, plan: Plan) -> Standing:
    """One account of the earlier system as it stands, by its username as `every_name` gives it."""
    return _standing(_query().where(ExistingAccount.username_key == name).get(), plan)


def _query() -> ModelSelect:
    return (
        ExistingAccount.select(ExistingAccount, Consolidation, Account)
        .join(
            Consolidation,
            JOIN.LEFT_OUTER,
            on=(Consolidation.username_key == ExistingAccount.username_key),
            attr="became",
        )
        .join(Account, JOIN.LEFT_OUTER, on=(Consolidation.account == Account.id))
    )


def counts() -> dict[str, int]:
    """How many accounts of the earlier system are in each state; those LOADED and UNDONE are left to do."""
    found = dict(
        Consolidation.select(Consolidation.state, fn.COUNT(Consolidation.username_key))
        .group_by(Consolidation.state)
        .tuples()
    )
    done = {state: int(found.get(state, 0)) for state in (CONSOLIDATED, UNDONE)}
    return {LOADED: ExistingAccount.select().count() - sum(done.values()), **done}


def _standing(row: ExistingAccount, plan: Plan) -> Standing:
    became: Consolidation | None = getattr(row, "became", None)
    if became is None or became.state is None:
        return Standing(row, LOADED, None, None, None)
    live = became.state == CONSOLIDATED
    until = undo_until(became.at, plan) if live else None
    return Standing(row, became.state, became.at if live else became.undone_at, became.account, until)
