"""A database with 3,000,000 stored report rows, filled through the reports' own store; kept between runs.

The rows are those of *Adult Diabetes* for practices whose sizes are as uneven as real ones: one of 10,000 rows (the
download), one of 2,000 (the table that is measured), the others drawn from a long-tailed distribution around 300.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.servers import KEPT, ROOT, demo_database, environment
from reports import store
from reports.catalog import REPORTS
from reports.snapshot import published
from reports.tables import ReportFacet, ReportRow, cell_names
from reports.words import fold
from tests.harness.clock import TODAY
from webapp.config import read_settings
from webapp.domain.db import close_pool, connected, open_database

SLUG = "adult-diabetes"
ROWS = 3_000_000
#: Practices of the demo, whose managers can sign in: TIN -> rows.
MEASURED, MEASURED_ROWS = "061110001", 2_000
DOWNLOADED, DOWNLOADED_ROWS = "061110003", 10_000
#: What the file depends on; when one of these changes it is filled anew.
SOURCES = (
    "webapp/migrations/*.py",
    "webapp/demo/*",
    "reports/tables.py",
    f"reports/definitions/{SLUG.replace('-', '_')}.py",
    "reports/synthetic/data/cast.toml",
    "benchmarks/stored.py",
)

Row = tuple[object, ...]
_LAST = (
    "Vega",
    "Nguyen",
    "Ortiz-Peña",
    "Smith",
    "O'Hara",
    "Delgado",
    "Kowalczyk",
    "Brown",
    "Toussaint",
    "Rivera",
)
_FIRST = ("Ana", "Luis", "Grace", "Daniel", "Maya", "José", "Ruth", "Omar", "Mei", "Paul", "Iris", "Noah")
_PLACES = ("Harbor Laboratory", "Elm Street Family Medicine", "Bristol Hospital", "Valley Eye Care", "")
_ICM = ("", "", "", "", "", "", "ACTIVE", "CLOSED", "PENDING")


@dataclass(frozen=True)
class Stored:
    """The filled database and the snapshot in it."""

    database: Path
    snapshot_id: int
    rows: int


def stored(rows: int = ROWS) -> Stored:
    """The database with so many rows: the one of an earlier run where it still fits, else made now (a minute)."""
    digest = hashlib.sha256(f"{rows} {TODAY}".encode())
    for pattern in SOURCES:
        for path in sorted(path for path in ROOT.glob(pattern) if path.is_file()):
            digest.update(path.read_bytes())
    name = f"stored-{rows}-{digest.hexdigest()[:12]}"
    database = KEPT / f"{name}.db"
    if not database.exists():
        for stale in KEPT.glob(f"stored-{rows}-*"):
            stale.unlink()
        draft = demo_database("draft")
        _open(draft)
        try:
            with connected():
                _fill(rows)
        finally:
            close_pool()
        draft.rename(database)
    _open(database)
    try:
        with connected():
            snapshot = published(SLUG)
    finally:
        close_pool()
    assert snapshot is not None
    return Stored(database, snapshot.id, snapshot.row_count)


def _open(database: Path) -> None:
    open_database(read_settings(environment(database)).database)


def sizes(rows: int, chance: random.Random) -> list[tuple[str, int]]:
    """TIN and number of rows of each practice, by TIN."""
    made = {MEASURED: MEASURED_ROWS, DOWNLOADED: DOWNLOADED_ROWS}
    left, number = rows - sum(made.values()), 0
    while left > 0:
        size = min(left, max(1, int(chance.lognormvariate(5, 1.2))))
        made[f"07{number:07d}"] = size
        left, number = left - size, number + 1
    return sorted(made.items())


def _fill(rows: int) -> None:
    """Write the rows and their facets as a new snapshot, and publish it."""
    chance = random.Random(3)
    report = REPORTS[SLUG]
    keys = [column.key for column in (*report.columns, *report.details)]
    cells = cell_names(keys)
    draft = store.begin(SLUG, TODAY, TODAY - timedelta(days=30), keys)
    fixed = ("snapshot_id", "tin", "position", "npi", "any_due", "name_key")
    kinds = [(key, report.column(key).kind) for key in keys]
    facets: list[Row] = []
    practices = sizes(rows, chance)

    def batches() -> Iterator[list[Row]]:
        batch: list[Row] = []
        for tin, size in practices:
            batch += _practice(draft.id, tin, size, kinds, chance, facets)
            while len(batch) >= store.BATCH:
                yield batch[: store.BATCH]
                batch = batch[store.BATCH :]
        yield batch

    count = store.write(ReportRow, (*fixed, *(cells[key] for key in keys)), batches())
    columns = ("snapshot_id", "tin", "kind", "value", "label", "total", "due_total")
    store.write(ReportFacet, columns, [facets])
    store.publish({draft: count})


def _practice(
    snapshot_id: int,
    tin: str,
    size: int,
    kinds: Sequence[tuple[str, str]],
    chance: random.Random,
    facets: list[Row],
) -> list[Row]:
    """The rows of one practice; what they can be filtered by is added to `facets`."""
    doctors = [(f"2{tin[2:]}{n:02d}", f"{_LAST[n % 10]}, {_FIRST[n % 12]}") for n in range(1 + size // 150)]
    totals: dict[tuple[str, str, str], list[int]] = {}
    made: list[Row] = []
    names = [key for key, _ in kinds]
    places = {f"{key[:-5]}_evidence": place for place, key in enumerate(names) if key.endswith("_date")}
    for position in range(size):
        npi, doctor = chance.choice(doctors)
        name = f"{chance.choice(_LAST)}, {chance.choice(_FIRST)} {chance.choice('ABCDEFGH')}"
        own = {"pcp_number": npi, "pcp_name": doctor, "member_name": name, "gender": chance.choice("FM"),
               "client_id": f"00{chance.randrange(10**7):07d}", "icm_status": chance.choice(_ICM),
               "date_of_birth": _day(chance, 20_000)}  # fmt: skip
        values: list[str] = []
        any_due = False
        for key, kind in kinds:
            if key in own:
                values.append(own[key])
            elif key.endswith("_evidence"):
                # As a refresh keeps it, for the page that explains a Due.
                values.append(f"83036|{chance.choice(_PLACES)}" if values[places[key]] else "")
            elif kind == "due":
                due = chance.random() < 0.4
                any_due |= due
                values.append("Due" if due else "")
            else:
                values.append(_day(chance, 700) if kind == "date" and chance.random() < 0.8 else "")
        made.append((snapshot_id, tin, position, npi, any_due, fold(name), *values))
        status = own["icm_status"]
        for facet in (("practice", "", f"Practice {tin}"), ("pcp", npi, doctor), ("icm", status, status)):
            if facet != ("icm", "", ""):
                total = totals.setdefault(facet, [0, 0])
                total[0] += 1
                total[1] += any_due
    facets += [(snapshot_id, tin, *facet, total, due) for facet, (total, due) in totals.items()]
    return made


_DAYS = [(TODAY - timedelta(days=days)).isoformat() for days in range(20_000)]


def _day(chance: random.Random, within: int) -> str:
    return _DAYS[int(chance.random() * within)]
