"""`make faults`: kill, crowd and take away what the portal stands on, and print what held beside its limit.

Real processes, real SIGKILL, a real SMTP server, a real PostgreSQL. Ends with 1 when a limit is broken.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.figures import Figure, NotMeasured, Section, table
from faults import bed as beds


@dataclass(frozen=True)
class Row:
    """One row of the table: what is done, by `measure` of which module, and on which databases."""

    title: str
    module: str
    kinds: tuple[str, ...] = beds.KINDS

    def figures(self, kind: str, short: bool) -> Iterable[Figure]:
        """Do it on a fresh demo plan."""
        measure = importlib.import_module(f"faults.{self.module}").measure
        found: Iterable[Figure] = measure(beds.bed(kind, self.module), short)
        return found


ROWS = {
    "writers": Row("16 processes writing", "writers", ("sqlite",)),
    "kills": Row("SIGKILL under load", "kills"),
    "refresh": Row("A refresh killed while it is read", "refreshes"),
    "finish": Row("Finish pressed twice, workers killed", "finishes"),
    "mail": Row("Mail: workers killed, mail server down", "mails"),
    "postgresql": Row("PostgreSQL stopped and started", "postgres_away", ("postgresql",)),
    "backup": Row("Backup under load, restored", "backups"),
    "disk": Row("Disk full", "disk_full", ("sqlite",)),
    "slow": Row("200 slow clients against portal serve", "slow_clients", ("sqlite",)),
    "load": Row("50 clients on members' pages (information)", "load"),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m faults.run", description=__doc__)
    parser.add_argument("--only", action="append", choices=ROWS, metavar="NAME",
                        help=f"only this; may be repeated: {', '.join(ROWS)}")  # fmt: skip
    parser.add_argument("--database", choices=beds.KINDS, help="only on this database")
    parser.add_argument("--short", action="store_true", help="fewer rounds: a look in two minutes, not a proof")
    return parser.parse_args()


def main() -> int:
    """Run the rows and print their figures; 0 when no limit is broken."""
    given = _arguments()
    broken = []
    for name in given.only or ROWS:
        row = ROWS[name]
        for kind in [kind for kind in row.kinds if given.database in (None, kind)]:
            section = Section(name, f"{row.title}, {kind}")
            began = time.monotonic()
            try:
                section.figures.extend(row.figures(kind, given.short))
            except NotMeasured as reason:
                section.missing = str(reason)
            section.seconds = time.monotonic() - began
            print("\n".join(table(section)), flush=True)
            if section.is_broken:
                broken.append(f"{name} ({kind})")
    print(f"\n{'Limits broken: ' + ', '.join(broken) if broken else 'No limit is broken.'}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
