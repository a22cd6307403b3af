"""Providers in the directory's search tables, for tests."""

from typing import Any

from tests.harness.plan_rows import add_provider
from webapp.config import read_plan
from webapp.domain.db import transaction
from webapp.domain.find_a_doctor import directory_index

PLAN = read_plan()
#: Positions of towns: latitude, longitude.
HARTFORD, NEW_HAVEN = (41.76, -72.68), (41.31, -72.92)


def list_providers(*rows: dict[str, Any]) -> None:
    """Add providers, each with an NPI and a TIN of its own unless given, and list them as a load does."""
    for number, row in enumerate(rows, start=1):
        own = {
            "npi": f"{2_000_000_000 + number}",
            "tin": f"06{2_000_000 + number}",
            "address_line_1": f"{number} Elm Street",
            "latitude": HARTFORD[0],
            "longitude": HARTFORD[1],
            "accepting_new_patients": True,
        }
        add_provider(**{**own, **row})
    index()


def index() -> None:
    """List every provider that is there anew."""
    from webapp.domain.find_a_doctor.directory import Provider

    with transaction():
        directory_index.update([row.npi for row in Provider.select(Provider.npi)])
    directory_index.finish(PLAN)
