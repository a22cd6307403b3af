"""100 rounds of SIGKILL under load: whatever the server had acknowledged is there, and the file is sound.

A killed process is what is tested. A power cut is not: there, SQLite's documentation of synchronous=FULL is what holds.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from faults.bed import Bed, kill
from faults.browser import STORED, Seen, agree, crowd, lost

ROUNDS, SHORT_ROUNDS = 100, 6
VISITORS = 8
PATIENCE_SECONDS = 30


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Serve, crowd and kill, again and again; what was promised is looked for after the last round."""
    chance = random.Random(8)
    promised = Seen()
    rounds, damaged, starts = SHORT_ROUNDS if short else ROUNDS, 0, []
    for _ in range(rounds):
        began = time.monotonic()
        with bed.serve() as served:
            starts.append(time.monotonic() - began)
            with crowd(served.url, [agree] * VISITORS, timeout=5) as seen:
                while not seen.acknowledged and time.monotonic() - began < PATIENCE_SECONDS:
                    time.sleep(0.01)
                time.sleep(chance.uniform(0.05, 0.4))
                kill(served.process)
        promised.acknowledged += seen.acknowledged
        promised.statuses += seen.statuses
        damaged += bed.damage() > 0
    stored = {row[0] for row in bed.rows(STORED)}
    what = f"{len(promised.acknowledged):,} acknowledged in {rounds} rounds"
    yield Figure("acknowledged writes lost", lost(stored, promised), "", 0, gated=True, note=what)
    if bed.kind == "sqlite":
        yield Figure("rounds after which integrity_check finds a fault", damaged, "", 0, gated=True)
    errors = promised.failed - promised.statuses[0]
    yield Figure("answers that were errors", errors, "", 0, gated=True)
    yield Figure("serving again after a kill, longest", max(starts), "s")
