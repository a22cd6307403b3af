"""The maintenance page: while it is on, members and practices find a notice instead of the portal. Support's console
stays open, since that is where staff look when something has happened; so do `/health` and the static files."""

import json
from dataclasses import asdict, dataclass

from webapp.domain import audit, facts
from webapp.domain.audit import Actor
from webapp.domain.db import database, transaction

_FACT = "maintenance"
_COMMAND = Actor("command", "")


@dataclass(frozen=True)
class Notice:
    """What the page says. messages: sentences by language, may be empty; minutes: after which to try again."""

    messages: dict[str, str]
    minutes: int


def turn_on(notice: Notice) -> None:
    """Show the page from now on, on every node."""
    with transaction():
        facts.keep_fact(_FACT, json.dumps(asdict(notice)))
        audit.record(_COMMAND, "maintenance-on")


def turn_off() -> bool:
    """Open the portal again. False where it was open."""
    with transaction():
        was_on = present() is not None
        facts.keep_fact(_FACT, "")
        if was_on:
            audit.record(_COMMAND, "maintenance-off")
    return was_on


def present() -> Notice | None:
    """What the page says now; None while the portal is open."""
    # Written out: every request asks, and building the query takes longer than the database takes to answer.
    sql = f"SELECT value FROM plan_fact WHERE name = {database.param}"  # noqa: S608 - a placeholder of ours
    row = database.execute_sql(sql, (_FACT,)).fetchone()
    kept = row[0] if row else ""
    return Notice(**json.loads(kept)) if kept else None
