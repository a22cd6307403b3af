"""A published panel and attribution with chosen members, for the pages that look a member up."""

from collections.abc import Sequence
from datetime import date

from reports import store
from reports.tables import ATTRIBUTION, Attribution
from tests.harness.report_rows import AS_OF, publish


def panel_row(client_id: str, name: str, **given: str) -> dict[str, str]:
    """A row of the patient panel."""
    return {
        "pcp_number": "004100001",
        "pcp_name": "Diaz, Rosa",
        "gender": "F",
        "date_of_birth": "1980-05-17",
        "member_name": name,
        "client_id": client_id,
        "program": "HUSKY A",
        "dual_eligible": "NO",
        "attribution_type": "Attribution",
        **given,
    }


def publish_panel(practices: dict[str, Sequence[dict[str, str]]], kind: str = "Attribution") -> None:
    """Publish these members as the panel of their practices, and as attributed to them, with 3 visits counted."""
    publish("patient-panel", practices)
    draft = store.begin(ATTRIBUTION, AS_OF, None, ())
    names = ("snapshot_id", "client_id", "npi", "tin", "kind", "effective_on", "visits", "latest_on")
    rows = sorted(
        (draft.id, row["client_id"], "1000000004", tin, kind, date(2025, 11, 1), 3, date(2026, 2, 10))
        for tin, listed in practices.items()
        for row in listed
    )
    store.publish({draft: store.write(Attribution, names, [rows])})
