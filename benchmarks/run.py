"""`make bench`: measure each figure and print it beside its limit (the budgets in docs/performance.md).

Ends with 1 when a gated limit is broken: bytes, requests, memory and ratios. Milliseconds and seconds are printed, and
depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks import (
    audit_log,
    commands,
    directory,
    download,
    paint,
    refreshing,
    scores,
    server_time,
    sign_in,
    wire,
)
from benchmarks.figures import RUNS, Figure, NotMeasured, Section, table
from benchmarks.stored import ROWS

#: What is measured: name -> (title, function of the parsed command line).
BENCHMARKS: dict[str, tuple[str, Callable[[argparse.Namespace], Iterable[Figure]]]] = {
    "wire": ("Bytes and requests on the wire", lambda given: wire.measure(given.runs)),
    "paint": ("Largest paint on the simulated phone, first visit", lambda given: paint.measure(given.runs)),
    "lighthouse": ("Lighthouse 13 on its phone", lambda given: scores.measure(given.runs)),
    "server": ("Server time, one client", lambda given: server_time.measure(given.runs, given.rows)),
    "directory": ("Find a Doctor, 50,000 providers", lambda given: directory.measure(given.runs)),
    "csv": ("Download and pages of 10,000 rows", lambda given: download.measure(given.runs, given.rows)),
    "refresh": ("Refresh of all reports", lambda given: refreshing.measure(given.runs, given.members)),
    "sign-in": ("Time of a refused sign-in, and of a recovery", lambda given: sign_in.measure()),  # noqa: ARG005
    "audit-log": ("A page of the audit log, 100,000 entries", lambda given: audit_log.measure(given.runs)),
    "commands": ("Commands", lambda given: commands.measure(given.runs)),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--only", action="append", choices=BENCHMARKS, metavar="NAME",
                        help=f"only this; may be repeated: {', '.join(BENCHMARKS)}")  # fmt: skip
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--runs", type=int, default=RUNS, help="measurements of which the median counts")
    parser.add_argument("--rows", type=int, default=ROWS, help="stored report rows")
    parser.add_argument(
        "--members", type=int, default=refreshing.MEMBERS, help="members of the refreshed extract"
    )
    return parser.parse_args()


def main() -> int:
    """Measure and print; 0 when no gated limit is broken."""
    given = _arguments()
    sections = []
    for name in given.only or BENCHMARKS:
        title, measure = BENCHMARKS[name]
        section = Section(name, title)
        started = time.monotonic()
        try:
            section.figures.extend(measure(given))
        except NotMeasured as reason:
            section.missing = str(reason)
        section.seconds = time.monotonic() - started
        print("\n".join(table(section)), flush=True)
        sections.append(section)
    if given.json:
        found = json.dumps([section.as_json() for section in sections], indent=2)
        given.json.write_text(f"{found}\n", encoding="utf-8")
    broken = [section.name for section in sections if section.is_broken]
    print(f"\n{'Limits broken: ' + ', '.join(broken) if broken else 'No gated limit is broken.'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
