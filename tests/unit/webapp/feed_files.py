"""Feed files for the tests of loading, and what a load did in few words."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from webapp.config import read_plan
from webapp.domain import feeds
from webapp.domain.feeds import FeedOutcome, LoadOutcome
from webapp.domain.member.eligibility import EligibilitySpan

PLAN = read_plan()


def eligibility(member_id: str = "001", **given: Any) -> dict[str, Any]:
    return {
        "person_id": member_id,
        "member_id": member_id,
        "subscriber_id": "",
        "first_name": "Ana",
        "last_name": "Ortiz",
        "gender": "F",
        "birth_date": "1990-06-15",
        "enrollment_start_date": "2024-01-01",
        "enrollment_end_date": "",
        "plan": "HUSKY A",
        "dual_status_code": "",
        "address": "12 Elm Street",
        **given,
    }


def provider(**given: Any) -> dict[str, Any]:
    return {"npi": "1000000004", "tin": "061110001", "practice_name": "Elm Street", "pcp": "true", **given}


def write(folder: Path, feed: str, *rows: dict[str, Any], columns: tuple[str, ...] = ()) -> Path:
    """A CSV file of `rows`; its columns are those of the first, unless given."""
    path = folder / f"{feed}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns or tuple(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(folder: Path) -> LoadOutcome:
    return feeds.load(folder, PLAN)


def counts(outcome: FeedOutcome) -> tuple[int, int, int, int]:
    return outcome.added, outcome.changed, outcome.unchanged, outcome.removed


def reasons(outcome: FeedOutcome) -> dict[str, int]:
    return {aside.reason: aside.count for aside in outcome.set_aside}


def spans() -> list[tuple[str, date, date | None, str]]:
    rows = EligibilitySpan.select().order_by(EligibilitySpan.client_id, EligibilitySpan.start)
    return [(row.client_id, row.start, row.end, row.program) for row in rows]
