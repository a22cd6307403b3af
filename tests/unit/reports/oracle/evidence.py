"""What a test's last date comes from: the code and the place, or that it is withheld."""

from collections.abc import Iterable
from datetime import date

from tests.unit.reports.oracle import sensitive
from tests.unit.reports.oracle.attribution import attribution
from tests.unit.reports.oracle.plan import Plan, practice_of, says


class AnyOf(frozenset[str]):
    """A cell that may hold any of these texts: several claims of one day may be named as what counted."""


def of(plan: Plan, client_id: str, last: date | None, concepts: Iterable[str]) -> AnyOf | None:
    """What may be said of the services of the last day. A sensitive claim's own are withheld without consent."""
    if last is None:
        return None
    tin = attribution(plan)[client_id].tin
    person_id = plan.members[client_id]["person_id"]
    told = set()
    for line in plan.lines_of.get(person_id, ()):
        said = says(plan, line, concepts) if line["day"] == last else set()
        hidden = sensitive.withheld(plan, client_id, tin, sensitive.of_claim(plan, line["claim_id"]))
        place = practice_of(plan, line)
        told |= {"withheld" if hidden else f"{code}|{place}" for code in said}
    return AnyOf(told)
