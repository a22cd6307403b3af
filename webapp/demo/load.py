"""Filling a database with the demo plan, and putting it back."""

from collections.abc import Callable

from webapp import clock
from webapp.config import Settings
from webapp.domain import facts
from webapp.domain.db import connected, transaction
from webapp.domain.member.eligibility import Member
from webapp.tables import SCHEMA

#: The facts that mark a demo: the first when loading begins, the second when it is done.
MARK, AS_OF = "demo", "demo_as_of"
# Kept over a reset: the running server signs with it.
_KEPT = ("demo_secret_key",)


class DemoRefused(Exception):
    """The demo is not put into this database; the message says why and what to do."""


def load_demo(settings: Settings, reset: bool, progress: Callable[[str], None]) -> None:
    """Load the demo plan as of the plan's today, compute its reports, and make its fixed accounts.

    Where it is loaded already nothing happens, whatever day it was loaded for, unless `reset`: then every table
    is emptied and all is loaded again. A load that was broken off is begun anew. The database must be open and
    migrated. Raises DemoRefused on a database that holds members and no demo.
    """
    today = clock.today()
    with connected():
        if not facts.is_demo() and Member.select().exists():
            raise DemoRefused(
                "this database holds members who are not the demo's; set PORTAL_DATABASE to another one"
            )
        loaded = facts.fact(AS_OF)
        if loaded and not reset:
            if loaded != today.isoformat():
                progress(f"the demo was loaded as of {loaded}; `portal demo --reset` brings it to {today}")
            return
        with transaction():
            _empty()
            facts.keep_fact(MARK, "1")
        # Imported only now: what computes takes longer to import than a second call of the demo may take.
        from webapp.demo.fill import fill

        fill(settings, today, progress)
        facts.keep_fact(AS_OF, today.isoformat())


def _empty() -> None:
    for table in reversed(SCHEMA):
        if table is facts.PlanFact:
            facts.PlanFact.delete().where(facts.PlanFact.name.not_in(_KEPT)).execute()
        else:
            table.delete().execute()
