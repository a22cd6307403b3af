"""Attack a portal of our own with wapiti, sqlmap and bandit: `make attack`, or `python -m attack [--quick] [part …]`.

Ends with 1 where something was found that accepted.toml does not name with a reason. Reports stay in var/attack.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from attack import findings, scanners, target
from attack.findings import Finding
from attack.target import Surface
from tests.e2e.harness.server import ROOT, Portal, free_port

HOLES = {"Reflected Cross Site Scripting", "SQL Injection", "Open Redirect", "injection"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m attack", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer modules, and each for a few seconds")
    parser.add_argument(
        "parts", nargs="*", help="public, member, provider, support, source; all when none is named"
    )
    asked = parser.parse_args()
    began = time.monotonic()
    found: list[Finding] = []
    parts = asked.parts or ["public", *target.INSIDERS, "source"]
    if "source" in parts:
        found += scanners.bandit(["webapp", "reports"])
        say("source", began, found)
    if set(parts) - {"source"}:
        with target.portal() as running:
            if blind := unseen():
                print(f"the scanners are blind: on a server full of holes they did not find {sorted(blind)}")
                return 1
            for surface in target.surfaces(running):
                if surface.name in parts:
                    found += attacked(running, surface, asked.quick)
                    say(surface.name, began, found)
            assert running.log
            found += [Finding("portal", "fault", "its log", line) for line in target.faults(running.log)]
    return judged(found, complete=not asked.parts and not asked.quick)


def attacked(running: Portal, surface: Surface, quick: bool) -> Iterator[Finding]:
    """Both scanners on one surface."""
    modules, limits = (scanners.QUICK, scanners.SHORT) if quick else (scanners.MODULES, scanners.FULL)
    yield from scanners.wapiti(running.url, surface, modules, limits)
    if scanners.crawled(surface) < 10:
        yield Finding("wapiti", "saw little", surface.name, "the session ended, or the crawl was cut short")
    queries = [one for one in scanners.QUERIES if one.surface == surface.name]
    yield from scanners.sqlmap(running.url, surface, queries[:2] if quick else queries, limits)


def unseen() -> set[str]:
    """The holes of broken.py that the scanners miss."""
    with broken() as base:
        surface = Surface("broken", "/", "")
        modules = ("xss", "sql", "redirect")
        seen = {one.what for one in scanners.wapiti(base, surface, modules, scanners.SHORT)}
        query = scanners.Query("broken", "/?name=a")
        seen |= {one.what for one in scanners.sqlmap(base, surface, [query], scanners.FULL)}
    return {hole for hole in HOLES if not any(what.startswith(hole) for what in seen)}


@contextmanager
def broken() -> Iterator[str]:
    """The server full of holes, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "attack.broken", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def say(part: str, began: float, found: list[Finding]) -> None:
    """How far it is."""
    print(f"  {part:10} {time.monotonic() - began:6.0f} s  {len(found):4} findings so far", flush=True)


def judged(found: list[Finding], *, complete: bool) -> int:
    """Print what is not accepted, and acceptances that nothing was found for; 1 when there is something to mend."""
    accepted = findings.read_accepted()
    new = findings.unaccepted(found, accepted)
    for finding in new:
        print(f"NOT ACCEPTED  {finding}")
    if complete:
        for entry in findings.stale(found, accepted, ("wapiti", "sqlmap", "bandit", "portal")):
            print(f"stale         {entry.tool} {entry.what} at {entry.where}: nothing like it was found")
    each = len(set(found))
    print(f"{each} findings, {each - len(new)} accepted with a reason, {len(new)} to mend")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
