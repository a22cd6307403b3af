"""Small facts about this installation, by name: whether it is the demo, when feeds were loaded last."""

from peewee import CharField, TextField

from webapp.domain.db import Table


class PlanFact(Table):
    """One fact."""

    name = CharField(max_length=64, primary_key=True)
    value = TextField()


def fact(name: str) -> str | None:
    """The value kept under `name`, or None."""
    row = PlanFact.get_or_none(PlanFact.name == name)
    return row.value if row else None


def keep_fact(name: str, value: str) -> None:
    """Keep `value` under `name`, in place of what was there."""
    PlanFact.insert(name=name, value=value).on_conflict(
        conflict_target=[PlanFact.name], preserve=[PlanFact.value]
    ).execute()


def is_demo() -> bool:
    """Whether this database holds the demo plan, and nothing of real people."""
    return fact("demo") == "1"
