"""The demo's secure messages: `messages.toml`, written and answered through the portal's own commands."""

import secrets
import tomllib
from pathlib import Path

from webapp.config import Settings
from webapp.demo.accounts import account_called
from webapp.demo.days import days_ago
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.messaging import message_queue, messages
from webapp.domain.messaging.messages import Draft

FILE = Path(__file__).with_name("messages.toml")


def write_messages(settings: Settings) -> None:
    """Write every thread of the file. The accounts that it names must be made."""
    staff = _answerer()
    for number, entry in enumerate(tomllib.loads(FILE.read_text(encoding="utf-8"))["thread"]):
        portal = entry["portal"]
        account = account_called(entry["username"])
        draft = Draft(entry["body"], f"demo-{number}", topic=entry["topic"], subject=entry["subject"])
        with days_ago(entry["days_ago"]):
            thread = messages.begin(account, draft, Actor(portal, "", account.id), settings.plan)
        if "answer" in entry:
            with days_ago(entry["answer_days_ago"]):
                message_queue.answer(
                    message_queue.thread_for_staff(thread.key, Actor("support", "", staff.id)),
                    staff,
                    Draft(entry["answer"], f"demo-{number}"),
                    Actor("support", "", staff.id),
                    settings.plan,
                    link=f"{settings.base_url}/{portal}s/messages",
                )


def _answerer() -> Account:
    """The member of staff who answered; with a password that nobody knows."""
    return accounts.create_account(
        portal="support",
        username="demo.desk",
        email="desk@portal.example.org",
        first_name="Dana",
        last_name="Whitfield",
        password=secrets.token_urlsafe(24),
    )
