"""1,000 mails with codes, 40 workers killed while they send, and a mail server that is down at times: each mail arrives,
and one that arrives again is the same: code, Message-ID and all.

A worker that is killed may have handed its mail over already, so that a repeat cannot be ruled out. When the shooting
ends, the last worker works on the day after (PORTAL_TODAY), as waits of minutes and hours are not waited for here.
"""

from __future__ import annotations

import random
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import Message

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler

from benchmarks.figures import Figure
from faults.bed import Bed, end, kill
from tests.e2e.harness.server import free_port
from tests.harness.clock import TODAY
from webapp.config import read_settings
from webapp.domain import mails
from webapp.domain.account.recovery import PROVIDER_CODE
from webapp.domain.db import transaction

MESSAGES, SHORT_MESSAGES = 1_000, 100
KILLS, SHORT_KILLS = 40, 5
#: The mail server is away during one kill in so many.
AWAY_EACH = 8
PATIENCE_SECONDS = 120
#: A round ends after this, where fewer mails are due than it waits for.
ROUND_SECONDS = 8


class Received(MessageHandler):
    """Keeps what arrives: of each recipient the Message-ID and the code of every mail."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: dict[str, list[tuple[str, str]]] = {}
        self.count = 0

    def handle_message(self, message: Message) -> None:
        text = message.get_payload(decode=True)
        found = re.search(rb"\b\d{6}\b", text if isinstance(text, bytes) else b"")
        kept = (message["Message-ID"], found[0].decode() if found else "")
        self.mails.setdefault(message["To"], []).append(kept)
        self.count += 1


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Queue, send, kill, take the mail server away; then count what arrived."""
    count, kills = (SHORT_MESSAGES, SHORT_KILLS) if short else (MESSAGES, KILLS)
    codes = _queue(bed, count)
    port, received = free_port(), Received()
    bed.settings["PORTAL_SMTP"] = f"smtp://127.0.0.1:{port}"
    chance = random.Random(40)
    for number in range(kills):
        if number % AWAY_EACH == 3:
            _without_server(bed, chance)
        else:
            _kill_one(bed, received, port, chance.randint(1, max(1, count // kills)))
    arrived = received.count
    _send_the_rest(bed, received, port, count)
    mine = {address: received.mails.get(address, []) for address in codes}
    lost = sum(not got for got in mine.values())
    note = f"{arrived:,} had arrived before the last kill"
    yield Figure("mails lost", lost, "", 0, gated=True, note=f"{count:,} queued, {kills} workers killed; {note}")
    differ = sum(len(set(got)) > 1 or any(code != codes[to] for _, code in got) for to, got in mine.items())
    yield Figure("mails that arrived with another code or Message-ID", differ, "", 0, gated=True)
    repeats = sum(len(got) - 1 for got in mine.values() if got)
    yield Figure("repeats, each identical (at most one a kill)", repeats, "", kills, gated=True)
    unsent = {row[0] for row in bed.rows("SELECT recipient FROM outbox_message WHERE sent_at IS NULL")} & set(mine)
    yield Figure("mails that arrived and still count as unsent", len(unsent), "", 0, gated=True)


def _queue(bed: Bed, count: int) -> dict[str, str]:
    """Put so many mails with codes into the outbox. Returns the code for each address."""
    plan = read_settings(bed.environment()).plan
    codes = {f"f{number:04}@faults.example": f"{secrets.randbelow(900_000) + 100_000}" for number in range(count)}
    with bed.opened(), transaction():
        for address, code in codes.items():
            mails.send_to(PROVIDER_CODE, address, "en", plan, code=code, usernames="a", minutes=10)
    return codes


def _kill_one(bed: Bed, received: Received, port: int, after: int) -> None:
    """Let a worker send, and kill it after so many mails, at whatever it is doing then."""
    with _mail_server(received, port):
        worker, before = bed.command("worker"), received.count
        deadline = time.monotonic() + ROUND_SECONDS
        while received.count < before + after and time.monotonic() < deadline:
            time.sleep(0.001)
        kill(worker)


def _without_server(bed: Bed, chance: random.Random) -> None:
    """Let a worker find the mail server away for a while, and kill it."""
    worker = bed.command("worker")
    time.sleep(chance.uniform(1.0, 3.0))
    kill(worker)


def _send_the_rest(bed: Bed, received: Received, port: int, count: int) -> None:
    """A last worker, on the day after, when every wait is over."""
    with _mail_server(received, port):
        worker = bed.command("worker", PORTAL_TODAY=(TODAY + timedelta(days=1)).isoformat())
        deadline = time.monotonic() + PATIENCE_SECONDS
        waiting = "SELECT COUNT(*) FROM outbox_message WHERE sent_at IS NULL"
        while bed.count(waiting) and time.monotonic() < deadline:
            time.sleep(0.25)
        end(worker)


@contextmanager
def _mail_server(received: Received, port: int) -> Iterator[None]:
    """An SMTP server, until the block ends."""
    server = Controller(received, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield
    finally:
        server.stop()
