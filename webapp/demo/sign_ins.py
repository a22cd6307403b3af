"""Earlier sign-ins of the demo's fixed accounts, as the audit log keeps them: the download guard tells by them which
devices an account uses."""

import tomllib
from pathlib import Path

from webapp.demo.accounts import account_called
from webapp.demo.days import days_ago
from webapp.domain import audit
from webapp.domain.audit import Actor

FILE = Path(__file__).with_name("sign_ins.toml")


def note_sign_ins() -> None:
    """Note every sign-in of the file. The accounts that it names must be made."""
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["signed_in"]:
        account = account_called(entry["username"])
        for days in entry["days_ago"]:
            with days_ago(days):
                audit.record(
                    Actor(account.portal, entry["address"], account.id), "sign-in", detail=entry["device"]
                )
