"""The servers that are measured, each a process of its own: the portal on a given database, and a bare Flask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.harness.server import PORTAL, ROOT, Portal, demo_template, free_port
from tests.harness.clock import TODAY

#: Everything that a run keeps: databases, extracts, logs.
KEPT = ROOT / "var" / "bench"
START_SECONDS = 30


def environment(database: Path, url: str = "http://127.0.0.1") -> dict[str, str]:
    """The environment of a portal command on `database`: the demo's day, and no setting of the caller's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    return {
        **kept,
        "PORTAL_DATABASE": f"sqlite:///{database}",
        "PORTAL_TODAY": TODAY.isoformat(),
        "PORTAL_BASE_URL": url,
    }


def demo_database(name: str) -> Path:
    """A fresh copy of the demo plan's database, as var/bench/<name>.db."""
    template, _ = demo_template()
    database = KEPT / f"{name}.db"
    KEPT.mkdir(parents=True, exist_ok=True)
    for stale in KEPT.glob(f"{name}.db-*"):
        stale.unlink()
    shutil.copyfile(template, database)
    return database


@contextmanager
def portal(database: Path) -> Iterator[Portal]:
    """`portal serve` on `database`, until the block ends."""
    _, demo = demo_template()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = environment(database, url)
    with started([str(PORTAL), "serve", "--port", str(port)], f"{url}/health", settings):
        yield Portal(url, demo, database, environment=settings)


@contextmanager
def bare(database: Path) -> Iterator[str]:
    """The bare Flask application of bare.py on the same database; yields its address."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.bare", str(database), str(port)]
    with started(command, f"http://127.0.0.1:{port}/health", dict(os.environ)):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def started(command: list[str], health: str, env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run `command` from the repository's root; enters once `health` answers. Its output goes to var/bench/server.log.

    Raises RuntimeError when it does not answer within START_SECONDS.
    """
    log = KEPT / "server.log"
    KEPT.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)
    try:
        wait_until_healthy(health, process)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_healthy(
    health: str, process: subprocess.Popen[bytes], patience: float = START_SECONDS
) -> None:
    """Return once `health` answers 200. Raises RuntimeError when `process` ends first or the time is up."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(health, timeout=2) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"{process.args} does not answer at {health}; see {KEPT / 'server.log'}")
