"""Support's part in a walk: approving what an account has asked for, by the command that the console will call.

It runs in a process of its own on the portal's database: `python -m tests.e2e.harness.decide USERNAME`.
"""

import subprocess
import sys

from tests.e2e.harness.server import ROOT, Portal


def approve(portal: Portal, username: str) -> None:
    """Approve every open request for report access of a provider account."""
    command = [sys.executable, "-m", "tests.e2e.harness.decide", username]
    subprocess.run(command, cwd=ROOT, env=portal.environment, check=True)


def main(username: str) -> None:
    from webapp import clock
    from webapp.config import read_settings
    from webapp.domain.account.accounts import Account
    from webapp.domain.audit import Actor
    from webapp.domain.db import connected, open_database
    from webapp.domain.practice import access_requests

    settings = read_settings()
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    open_database(settings.database)
    with connected():
        account = Account.get(Account.portal == "provider", Account.username == username)
        asked = access_requests.ReportAccessRequest
        for request in account.access_requests.where(asked.state == "requested"):
            access_requests.approve(request.id, "Confirmed by telephone.", Actor("support", ""), settings)


if __name__ == "__main__":
    main(sys.argv[1])
