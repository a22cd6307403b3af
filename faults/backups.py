"""A backup taken while people write, put into another database: sound, nothing acknowledged before it missing, nothing
half, and within a minute."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.figures import Figure
from faults import bed as beds
from faults import finishes
from faults.bed import KEPT, Bed
from faults.browser import STORED, Seen, agree, crowd, lost

SECONDS = 60.0
PEOPLE, SHORT_PEOPLE = 200, 40
VISITORS = 4


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Back up under load, restore, compare."""
    file = KEPT / f"backup-{bed.kind}"
    file.unlink(missing_ok=True)
    with bed.serve() as served:
        people = finishes.prepare(bed, served, SHORT_PEOPLE if short else PEOPLE)
        unanswered = sum(finishes.press_twice(served.url, one) for one in people[::2])
        with crowd(served.url, [agree] * VISITORS) as seen:
            time.sleep(1.0)
            before = Seen(acknowledged=list(seen.acknowledged))
            made, took_backup = _run(bed, "backup", str(file))
    other = beds.bed(bed.kind, "restored")
    put_back, took_restore = _run(other, "restore", "--replace", str(file))
    note = (
        f"{took_backup:.1f} s to make, {took_restore:.1f} s to put back, {file.stat().st_size / 1e6:.1f} MB"
    )
    yield Figure(
        "backup and restore together", took_backup + took_restore, "s", SECONDS, gated=True, note=note
    )
    yield Figure("commands that failed", (made != 0) + (put_back != 0) + (unanswered > 0), "", 0, gated=True)
    stored = {row[0] for row in other.rows(STORED)}
    note = f"{len(before.acknowledged):,} acknowledged before it began"
    yield Figure(
        "acknowledged writes missing in the copy", lost(stored, before), "", 0, gated=True, note=note
    )
    missing, doubled, partial = finishes.check(other, people[::2])
    yield Figure(
        "accounts missing, doubled or half in the copy", missing + doubled + partial, "", 0, gated=True
    )
    yield Figure("tables whose sums differ", _differing(bed, other), "", 0, gated=True)
    yield Figure("faults in the copy (integrity_check)", other.damage(), "", 0, gated=True)


def _run(bed: Bed, *arguments: str) -> tuple[int, float]:
    """Run a command; its exit code and how long it took."""
    began = time.monotonic()
    return bed.command(*arguments).wait(), time.monotonic() - began


#: Tables that nobody writes to meanwhile, and what is summed of them.
_SUMS = {
    "member": "COUNT(*), SUM(LENGTH(last_name) + LENGTH(client_id))",
    "eligibility_span": "COUNT(*), SUM(id)",
    "report_row": "COUNT(*), SUM(position), SUM(snapshot_id)",
    "account": "COUNT(*), SUM(id), SUM(LENGTH(password_hash))",
    "security_answer": "COUNT(*), SUM(LENGTH(answer_hash))",
}


def _differing(bed: Bed, other: Bed) -> int:
    queries = [f"SELECT {sums} FROM {table}" for table, sums in _SUMS.items()]  # noqa: S608 - our own words
    return sum(bed.rows(query) != other.rows(query) for query in queries)
