"""The portal that is attacked: a copy of the demo plan of its own on a free port, with somebody signed in to each part.

The sessions are made in its database, so that no scanner needs to know of codes and second factors.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.harness import server
from tests.e2e.harness.server import ROOT, Portal

KEPT = ROOT / "var" / "attack"
#: Who attacks from inside, in each part.
INSIDERS = {"member": "tvega88", "provider": "elm.manager", "support": "supervisor"}
_BROWSER = "attack"


@dataclass(frozen=True)
class Surface:
    """A part of the portal as one person reaches it. cookies: of the session ('' for nobody)."""

    name: str
    start: str
    cookies: str


@contextmanager
def portal() -> Iterator[Portal]:
    """The portal, until the block ends; its log stays in var/attack/server.log."""
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    with server.running(KEPT) as running:
        yield running


def surfaces(running: Portal) -> list[Surface]:
    """Everybody's pages, then each part as an insider."""
    starts = {"member": "/members/home", "provider": "/providers/home", "support": "/support"}
    command = [sys.executable, "-m", "attack.target", *INSIDERS.values()]
    done = subprocess.run(
        command, cwd=ROOT, env=running.environment, capture_output=True, text=True, check=True
    )
    tokens = json.loads(done.stdout)
    nobody = Surface("public", "/", "")
    return [
        nobody,
        *(Surface(name, starts[name], f"{name}_session={tokens[who]}") for name, who in INSIDERS.items()),
    ]


def faults(log: Path) -> list[str]:
    """What went wrong inside while the scanners were at it, a line each."""
    signs = ("level=error", "level=critical", "Traceback")
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return sorted({line[:200] for line in lines if any(sign in line for sign in signs)})


def _sign_in(usernames: list[str]) -> None:
    """Print a session's token for each account; in a process on the portal's database."""
    from webapp import clock
    from webapp.config import read_settings
    from webapp.domain.account import sessions
    from webapp.domain.account.accounts import Account
    from webapp.domain.db import connected, open_database

    settings = read_settings()
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    open_database(settings.database)
    with connected():
        found = {one: Account.get(Account.username == one) for one in usernames}
        print(json.dumps({name: sessions.start(one, "127.0.0.1", _BROWSER) for name, one in found.items()}))


if __name__ == "__main__":
    _sign_in(sys.argv[1:])
