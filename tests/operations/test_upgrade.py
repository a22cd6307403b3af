"""An upgrade without downtime: the next migration runs while the old version serves, and the old version goes on
(docs/operations.md, "Upgrades"). The next migration is made up: it adds what a next version might."""

import shutil
import threading
from datetime import date
from pathlib import Path

from playhouse.migrations import Runner

from tests.harness.plan_rows import add_member, add_span
from tests.operations.browser import Browser
from tests.operations.site import CLIENT, Site
from tests.operations.test_installation import CARD, account_values
from webapp.domain.account.accounts import Account
from webapp.domain.db import database
from webapp.domain.migrate import DIRECTORY, known

NEXT = """
from peewee import *

def up(migrator, db):
    migrator.migrate(
        migrator.add_column("account", "pronoun", CharField(max_length=20, null=True)),
        migrator.add_column("account", "prefers_text", BooleanField(default=False, constraints=[SQL("DEFAULT FALSE")])),
        migrator.add_index("session", ("started_at",)),
    )
    db.execute_sql("CREATE TABLE next_thing (id serial PRIMARY KEY, name varchar(20) NOT NULL)")
"""


def test_the_old_version_serves_while_and_after_the_next_migration_runs(
    site: Site, rows: None, tmp_path: Path
) -> None:
    add_member("009876543")
    add_span("009876543", date(2020, 1, 1))
    ana = Browser(site.url, site.certificate, CLIENT)
    page = ana.submit(ana.get("/members/register/license-agreement"), "Agree")
    stop, statuses = threading.Event(), []

    def visit() -> None:
        visitor = Browser(site.url, site.certificate, CLIENT)
        while not stop.is_set():
            statuses.append(visitor.get("/members/login").status)

    visitors = threading.Thread(target=visit)
    visitors.start()
    try:
        done = Runner(database.obj, str(_with_next(tmp_path))).up()
    finally:
        stop.set()
        visitors.join()
    assert done == ["9001_next"]
    assert set(statuses) == {200}, "nobody noticed"

    # The old version reads and writes the tables of the next one.
    page = ana.submit(page, "Next", **{**CARD, "client_id": "009876543"})
    page = ana.submit(page, "Next", **{**account_values(page), "username": "upgraded"})
    assert ana.submit(page, "Finish").status == 200
    assert Account.get(Account.username == "upgraded").client_id == "009876543"
    assert "9001_next" not in known()
    site.processes["two"].terminate()
    site.processes.pop("two").wait(timeout=60)
    site.start_node(
        "two", PROMETHEUS_MULTIPROC_DIR=str(site.folder / "metrics-two")
    )  # so a step back is possible


def _with_next(folder: Path) -> Path:
    made = folder / "migrations"
    shutil.copytree(DIRECTORY, made, ignore=shutil.ignore_patterns("__pycache__"))
    (made / "9001_next.py").write_text(NEXT, encoding="utf-8")
    return made
