"""The demo's registration codes: `codes.toml`, issued through the portal's own command, so that their mails are there
too."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.config import Settings
from webapp.demo.accounts import account_called
from webapp.domain.audit import Actor
from webapp.domain.practice import registration_codes

FILE = Path(__file__).with_name("codes.toml")


@lru_cache(maxsize=1)
def demo_codes() -> tuple[dict[str, Any], ...]:
    """The codes as the file has them."""
    return tuple(tomllib.loads(FILE.read_text(encoding="utf-8"))["registration_code"])


def issue_codes(settings: Settings) -> None:
    """Issue every code of the file. The accounts that it names as issuers must be there."""
    for entry in demo_codes():
        issuer = account_called(entry["issuer"])
        registration_codes.issue(
            issuer,
            entry["tins"],
            entry["role"],
            entry["email"],
            entry["language"],
            Actor("provider", "", issuer.id),
            settings.plan,
            settings.base_url,
            code=entry["code"],
        )


def describe_codes() -> list[dict[str, Any]]:
    """For `portal demo --json`: each code with what it is for and what became of it (`state`: open, used, expired or
    withdrawn)."""
    listed = []
    for entry in demo_codes():
        row = registration_codes.look_up(entry["code"])
        listed.append(
            {
                "code": entry["code"],
                "tins": entry["tins"],
                "role": entry["role"],
                "email": entry["email"],
                "issuer": entry["issuer"],
                "state": row.state if row else "withdrawn",
            }
        )
    return listed
