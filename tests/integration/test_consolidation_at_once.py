"""Consolidating in many browsers at once, on both databases: nothing twice, nothing lost, one account a person."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from peewee import DatabaseProxy

from tests.harness.application import SECRET_KEY
from tests.integration.consolidation_walk import EMAIL, add_existing
from webapp.config import read_plan
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.db import connected
from webapp.domain.existing import consolidation
from webapp.domain.existing.consolidation import Claim, Consolidation
from webapp.domain.practice import practices

PLAN = read_plan()
ACTOR = Actor("provider", "127.0.0.1")
LINKS = FreezeLinks("https://portal.example", SECRET_KEY)
AT_ONCE = 16


def complete(claim: Claim) -> str:
    with connected():
        try:
            consolidation.complete(claim, "en", ACTOR, PLAN, LINKS)
        except (consolidation.AlreadyConsolidated, accounts.UsernameTaken) as refused:
            return type(refused).__name__
    return "done"


def at_once(claims: list[Claim]) -> Counter[str]:
    with ThreadPoolExecutor(8) as pool:
        return Counter(pool.map(complete, claims))


def test_one_account_brought_along_in_many_browsers_is_brought_once(database: DatabaseProxy) -> None:
    add_existing()
    claims = [Claim("jsmith.elm", f"joan{n}@x.example", f"joan{n}", "$hash") for n in range(AT_ONCE)]
    assert at_once(claims) == {"done": 1, "AlreadyConsolidated": AT_ONCE - 1}
    assert Account.select().count() == Consolidation.select().count() == 1


def test_many_accounts_of_one_person_at_once_become_one(database: DatabaseProxy) -> None:
    keys = [f"joan{number}" for number in range(AT_ONCE)]
    for number, key in enumerate(keys):
        add_existing(key, tins=f"06111{number:04}")
    claims = [Claim(key, EMAIL.upper() if n % 2 else EMAIL, key, "$hash") for n, key in enumerate(keys)]
    assert at_once(claims) == {"done": AT_ONCE}
    account = Account.get()
    assert Account.select().count() == 1
    assert len(practices.practices_of(account)) == AT_ONCE
    assert len(consolidation.consolidated_into(account)) == AT_ONCE


def test_undone_in_many_browsers_it_is_undone_once(database: DatabaseProxy) -> None:
    add_existing()
    complete(Claim("jsmith.elm", EMAIL, "joan", "$hash"))

    def undo(_: int) -> str:
        with connected():
            try:
                consolidation.undo("jsmith.elm", ACTOR, PLAN, LINKS)
            except consolidation.NotConsolidated as refused:
                return type(refused).__name__
        return "done"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(undo, range(AT_ONCE))) == {"done": 1, "NotConsolidated": AT_ONCE - 1}
