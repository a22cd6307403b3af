"""How long people wait at the command line: `make run` where all is installed and loaded, and `make check`.

Limits: 5 s until the portal answers, and 20 s (the budgets in docs/performance.md). Seconds depend on the machine
and on what else it does; they are reported, not gated.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator

from benchmarks import servers
from benchmarks.figures import Figure, NotMeasured, median
from tests.e2e.harness.server import ROOT, free_port

RUN_SECONDS, CHECK_SECONDS = 5.0, 20.0


def measure(runs: int) -> Iterator[Figure]:
    """`make run` on a database of its own, loaded by a first run that is not timed; then `make check`."""
    if subprocess.run(["make", "--question", ".venv/.dev"], cwd=ROOT, check=False).returncode:
        raise NotMeasured(
            "what `make run` and `make check` stand on is not installed; call `make check` once"
        )
    _run()
    yield median("make run, again", [_run() for _ in range(runs)], "s", limit=RUN_SECONDS)
    checks = [_check() for _ in range(runs)]
    failed = "" if all(passed for _, passed in checks) else "it did not pass"
    yield median("make check", [took for took, _ in checks], "s", limit=CHECK_SECONDS, note=failed)


def _run() -> float:
    """Seconds until the portal is healthy; then it is stopped."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = {**servers.environment(servers.KEPT / "run.db", url), "PORT": str(port)}
    start = time.perf_counter()
    with (servers.KEPT / "server.log").open("ab") as output:
        # A session of its own: what make started must end with it.
        process = subprocess.Popen(
            ["make", "run"], cwd=ROOT, env=env, stdout=output, stderr=output, start_new_session=True
        )
    try:
        servers.wait_until_healthy(f"{url}/health", process, patience=120)
        return time.perf_counter() - start
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _check() -> tuple[float, bool]:
    """Seconds of `make check`, and whether it passed."""
    start = time.perf_counter()
    done = subprocess.run(
        ["make", "check"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    return time.perf_counter() - start, done.returncode == 0
