"""The demo's consents: `consents.toml`, given through the portal's own command."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

from webapp.domain.member import consent

FILE = Path(__file__).with_name("consents.toml")


def give_consents(today: date) -> None:
    """Give every consent of the file. The members that it names must be loaded."""
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["consent"]:
        ends = entry.get("ends_days_ago")
        consent.give_consent(
            entry["client_id"],
            entry["category"],
            tin=entry.get("tin", consent.ANY_PRACTICE),
            starts_on=today - timedelta(days=entry["starts_days_ago"]),
            ends_on=None if ends is None else today - timedelta(days=ends),
            given_by=entry.get("given_by", "member"),
        )
