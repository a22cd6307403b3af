"""A portal to walk through: the demo plan in a database of its own, served by `portal serve`."""

import hashlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.harness import looks, mailbox
from tests.harness.clock import TODAY

ROOT = Path(__file__).resolve().parents[3]
PORTAL = Path(sys.executable).with_name("portal")
SOURCES = ("reports/**/*", "webapp/**/*.py", "webapp/**/*.toml", "constraints.txt")
START_SECONDS = 120  # on a machine with other work to do
BUILD_SECONDS = 300


@dataclass
class Portal:
    """Where the portal is, and what `portal demo --json` says of its people. `database` and `log` are None for a
    deployed one."""

    url: str
    demo: dict[str, Any]
    database: Path | None = None
    template: Path | None = None
    log: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def restore(self) -> None:
        """Put the demo plan back as it was, under the running server; a deployed portal stays as it is."""
        if self.database is None or self.template is None:
            return
        with sqlite3.connect(self.template) as source, sqlite3.connect(self.database, timeout=10) as target:
            source.backup(target)
        source.close()
        target.close()

    def command(self, *arguments: str) -> str:
        """Run `portal …` on this portal's database and return what it prints."""
        done = subprocess.run(
            [PORTAL, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (
            f"portal {' '.join(arguments)} ended with {done.returncode}: {done.stderr}"
        )
        return done.stdout

    def report(self, slug: str, tin: str) -> list[dict[str, Any]]:
        """The rows that `portal report` prints, for comparison. Asked once in a run: each walk begins with the same."""
        asked = ("report", slug, "--tin", tin)
        printed = looks.once(lambda: self.command(*asked), *asked)
        found: list[dict[str, Any]] = json.loads(printed)["rows"]
        return found

    def mail(self, address: str) -> list[dict[str, Any]]:
        """What the outbox sent to an address, newest first, as the page /demo/mail shows it."""
        return mailbox.read(self.url, address)


def fingerprint() -> str:
    """Changes whenever the demo plan could come out differently: the source, the pins, the day."""
    digest = hashlib.sha256(TODAY.isoformat().encode())
    for pattern in SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            # The guides are read by it, but put nothing into it.
            if path.is_file() and not {"__pycache__", "guides"} & set(path.parts):
                digest.update(path.as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _environment(database: Path, url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {
        **kept,
        "PORTAL_DATABASE": f"sqlite:///{database}",
        "PORTAL_TODAY": TODAY.isoformat(),
        "PORTAL_BASE_URL": url,
    }


def demo_template() -> tuple[Path, dict[str, Any]]:
    """A database with the demo plan, made once for all runs of the same source and day, and what is in it."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    cache = Path(tempfile.gettempdir()) / f"portal-demo-{user}"
    cache.mkdir(mode=0o700, exist_ok=True)
    template, listing = cache / f"{fingerprint()}.db", cache / f"{fingerprint()}.json"
    with _only_one(cache / "lock"):
        if not (template.exists() and listing.exists()):
            for stale in cache.glob("*.*"):
                stale.unlink()
            draft = cache / "draft.db"
            portal = Portal("", {}, environment=_environment(draft, "http://127.0.0.1"))
            portal.command("migrate")
            portal.command("demo")
            demo = portal.command("demo", "--json")
            with sqlite3.connect(draft) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            draft.replace(template)
            listing.write_text(demo, encoding="utf-8")
    return template, json.loads(listing.read_text(encoding="utf-8"))


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Let one process at a time in here; a lock left by a dead one is broken after a while."""
    deadline = time.monotonic() + BUILD_SECONDS
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > deadline or _age(path) > BUILD_SECONDS:
                path.unlink(missing_ok=True)
            time.sleep(0.1)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0


@contextmanager
def running(folder: Path) -> Iterator[Portal]:
    """Serve a copy of the demo database from `folder` on a free port, until the block ends."""
    template, demo = demo_template()
    database = folder / "portal.db"
    shutil.copyfile(template, database)
    port = free_port()
    portal = Portal(f"http://127.0.0.1:{port}", demo, database, template)
    portal.environment = _environment(database, portal.url)
    portal.log = log = folder / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [PORTAL, "serve", "--port", str(port)],
            cwd=ROOT,
            env=portal.environment,
            stdout=output,
            stderr=output,
        )
        try:
            _wait_until_healthy(portal.url, process, log)
            yield portal
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"portal serve is not healthy after {START_SECONDS} s:\n{log.read_text()}")


def deployed(url: str) -> Portal:
    """A portal that runs elsewhere; its demo plan is read from PORTAL_DEMO (a file that `portal demo --json` printed),
    else asked of the command line here, which must be set up for the same database."""
    listing = os.environ.get("PORTAL_DEMO")
    portal = Portal(url.rstrip("/"), {}, environment=dict(os.environ))
    portal.demo = json.loads(
        Path(listing).read_text(encoding="utf-8") if listing else portal.command("demo", "--json")
    )
    return portal
