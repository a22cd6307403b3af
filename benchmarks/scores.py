"""Lighthouse's scores of public and signed-in pages on its simulated phone, each the median of several runs.

Limits (the budgets in docs/performance.md): accessibility and best practices 100, performance 98. Lighthouse is
installed by npm into var/bench/, exactly as benchmarks/node/package-lock.json says, which names each package by its
hash. Nothing is sent anywhere. Scores of performance are simulated from a load on this machine; that they gate assumes
that it does nothing else.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import client, servers
from benchmarks.figures import Figure, NotMeasured
from benchmarks.servers import KEPT, ROOT
from tests.e2e.harness.browser import ARGUMENTS
from tools.browser import on_the_path

PINNED = ROOT / "benchmarks" / "node"
#: Category -> the least score, of 100.
LIMITS = {"performance": 98, "accessibility": 100, "best-practices": 100}
#: Address -> who is signed in, of the demo's accounts.
PAGES = {
    "/": "",
    "/members": "",
    "/members/login": "",
    "/members/register/license-agreement": "",
    "/members/find-a-doctor": "",
    "/providers/login": "",
    "/members/home": "tvega88",
    "/members/account": "tvega88",
    "/providers/home": "elm.manager",
    "/providers/reports?report=adult-diabetes": "elm.manager",
}
SECONDS = 300


def measure(runs: int) -> Iterator[Figure]:
    """The scores of each page; raises NotMeasured where Lighthouse cannot be installed."""
    program = _installed()
    with servers.portal(servers.demo_database("scores")) as portal:
        secret = {one["username"]: (one["portal"], one["password"]) for one in portal.demo["accounts"]}
        cookies = {"": ""}
        for path, who in PAGES.items():
            if who not in cookies:
                kind, password = secret[who]
                cookies[who] = client.sign_in(portal.url, kind, who, password)
            found = [_scores(program, portal.url + path, cookies[who]) for _ in range(runs)]
            for category, least in LIMITS.items():
                lost = 100 - statistics.median(scores[category] for scores, _ in found)
                said = ", ".join(sorted({fault for _, faults in found for fault in faults[category]}))
                yield Figure(
                    f"{path}: {category}, points lost", lost, "points", 100 - least, gated=True, note=said
                )


def _installed() -> Path:
    """Lighthouse's command, installed once for each lock file."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotMeasured("it needs node and npm")
    lock = PINNED / "package-lock.json"
    folder = KEPT / f"lighthouse-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    program = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.exists():
        for stale in KEPT.glob("lighthouse-*"):
            shutil.rmtree(stale)
        folder.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(PINNED / name, folder / name)
        command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            shutil.rmtree(folder)
            raise NotMeasured(f"npm could not install Lighthouse: {done.stderr.strip()[-200:]}")
    return program


def _scores(program: Path, url: str, cookies: str) -> tuple[dict[str, float], dict[str, list[str]]]:
    """The score of each category, of 100, and what cost points in it. Raises RuntimeError when Lighthouse fails."""
    command = ["node", str(program), url, "--quiet", "--output=json", "--no-enable-error-reporting",
               f"--only-categories={','.join(LIMITS)}",
               f"--chrome-flags={' '.join(['--headless=new', *ARGUMENTS])}"]  # fmt: skip
    if cookies:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookies})}")
    environment = {**os.environ, "CHROME_PATH": on_the_path() or ""}
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )
    if done.returncode:
        raise RuntimeError(f"Lighthouse ended with {done.returncode} on {url}: {done.stderr[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    scores, faults = {}, {}
    for category in LIMITS:
        told = report["categories"][category]
        scores[category] = round(100 * told["score"], 1)
        weighed = [part["id"] for part in told["auditRefs"] if part["weight"]]
        faults[category] = [name for name in weighed if (report["audits"][name]["score"] or 1) < 0.9
                            or report["audits"][name]["score"] == 0]  # fmt: skip
    return scores, faults
