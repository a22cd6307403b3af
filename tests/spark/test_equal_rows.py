"""What Spark stores is what DuckDB stores: every row, total and attribution of the demo plan, details included.

`make test-spark` runs these; without pyspark they are skipped. Spark works in this process (its local mode).
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from peewee import Model
from pyarrow import csv
from pyarrow import parquet as pq

pytest.importorskip("pyspark", reason="Spark is not installed (make test-spark installs it)")

from reports import snapshot, tables
from reports.catalog import REPORTS
from reports.extract import ExtractRefused, open_extract
from reports.refresh import PortalData, refresh
from reports.synthetic import starter_cast, synthesize
from tests.harness.damage import damage_pages
from tests.unit.reports.plan_extract import AS_OF, PlanExtract
from webapp import clock
from webapp.config import read_plan
from webapp.demo.consents import give_consents
from webapp.demo.fill import MEMBERS, SEED
from webapp.domain import feeds
from webapp.domain.db import close_pool, connected, open_database
from webapp.domain.member import consent
from webapp.domain.member.eligibility import Member
from webapp.domain.migrate import migrate
from webapp.domain.reporting.report_inputs import portal_data

TODAY = date(2026, 3, 25)
MONTH_BEFORE = date(2026, 2, 28)

#: What differs from one refresh to the next without meaning anything.
OF_THE_RUN = ("id", "created_at", "published_at")


@contextmanager
def on(database: Path) -> Iterator[None]:
    open_database(f"sqlite:///{database}")
    try:
        with connected():
            yield
    finally:
        close_pool()


def stored() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is published, by table, in an order of its own."""
    slugs = dict(
        tables.ReportPublished.select(
            tables.ReportPublished.snapshot_id, tables.ReportPublished.slug
        ).tuples()
    )
    return {model.__name__: sorted(_rows(model, slugs), key=repr) for model in tables.TABLES}


def _rows(model: type[Model], slugs: dict[int, str]) -> Iterator[tuple[Any, ...]]:
    for row in model.select().dicts():
        served = row.get("snapshot_id", row["id"] if model is tables.ReportSnapshot else None)
        if served is None or served in slugs:
            if served is not None:
                row["snapshot_id"] = slugs[served]
            yield tuple((key, value) for key, value in row.items() if key not in OF_THE_RUN)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The demo plan, a month after its last refresh, refreshed by each engine from the same state: by engine, what
    was stored, and what the refresh said."""
    before = clock.current()
    clock.install(clock.Clock(TODAY))
    folder = tmp_path_factory.mktemp("demo")
    extract, plan = folder / "extract", folder / "plan.db"
    synthesize(extract, members=MEMBERS, as_of=TODAY, seed=SEED, cast=starter_cast())
    open_database(f"sqlite:///{plan}")
    migrate()
    close_pool()
    with on(plan):
        feeds.load(extract, read_plan())
        listed = Member.select(Member.client_id).order_by(Member.client_id).tuples()
        consent.opt_out([client_id for (client_id,) in listed][50::100])
        give_consents(TODAY)
        told: PortalData = portal_data(read_plan())
        refresh(extract, MONTH_BEFORE, portal=told)
    found = {}
    for engine in ("duckdb", "spark"):
        database = shutil.copy(plan, folder / f"{engine}.db")
        with on(database):
            outcome = refresh(extract, TODAY, engine=engine, portal=told)
            found[engine] = (stored(), outcome)
    clock.install(before)
    return found


def test_every_report_has_rows_to_compare(both: dict[str, Any]) -> None:
    _, outcome = both["duckdb"]
    assert set(outcome.rows) == set(REPORTS)
    assert [slug for slug, count in outcome.rows.items() if not count] == []


@pytest.mark.parametrize("table", [model.__name__ for model in tables.TABLES])
def test_both_engines_store_the_same(both: dict[str, Any], table: str) -> None:
    (by_duckdb, _), (by_spark, _) = both["duckdb"], both["spark"]
    assert len(by_spark[table]) == len(by_duckdb[table])
    different = [pair for pair in zip(by_duckdb[table], by_spark[table], strict=True) if pair[0] != pair[1]]
    assert different[:3] == []


def test_both_engines_tell_the_same(both: dict[str, Any]) -> None:
    (_, by_duckdb), (_, by_spark) = both["duckdb"], both["spark"]
    assert by_spark.rows == by_duckdb.rows
    assert by_spark.set_aside == by_duckdb.set_aside
    assert by_spark.notices == by_duckdb.notices
    assert by_spark.complete_through == by_duckdb.complete_through


def faulty(extract: PlanExtract) -> PlanExtract:
    """Every fault of a row that claims can have, and every slip."""
    day = date(2015, 7, 1)
    extract.standard().member("1")
    extract.member("2", birth_date="31.12.1980")
    for number, written in enumerate(("2015-7-1", "07/01/2015", "20150701", "2015-07-01 08:00:00")):
        extract.visit("1", written, claim_id=f"good-{number}")
    for number, written in enumerate(("2015-02-30", "1.7.2015", "2015", "soon", "13/13/2015", "0")):
        extract.claim("1", written, "99213", claim_id=f"bad-{number}")
    extract.claim("1", None, "99213", claim_id="no-day")
    extract.claim("1", day, "99213", claim_id="old-codes", diagnosis_code_type="icd-9-cm")
    extract.claim("1", day, None, diagnosis_code_1="E119", diagnosis_code_type="icd-10-pcs")
    extract.claim("1", day, None, diagnosis_code_1="E119", diagnosis_code_type="")
    extract.claim("1", day, "99213", claim_id="amount", paid_amount="a lot")
    extract.claim("1", day, "99213", claim_id="line", claim_line_number="1.0", paid_amount="12.50")
    extract.claim("1", day, "99213", claim_id="nobody", person_id=" ")
    extract.claim("1", day, "99213", claim_id="stranger", person_id="P99")
    extract.claim("1", day, "99213", claim_id='quoted, "so"', person_id=" P1 ")
    extract.drug("99", day)
    extract.drug("1", day)
    return extract


def as_parquet_of_texts(folder: Path) -> None:
    """Some plans export everything as text, to Parquet too."""
    for path in folder.glob("*.csv"):
        names = path.read_text(encoding="utf-8").splitlines()[0].split(",")
        texts = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
        pq.write_table(csv.read_csv(path, convert_options=texts), path.with_suffix(".parquet"))
        path.unlink()


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_both_engines_set_the_same_rows_aside(extract: PlanExtract, form: str) -> None:
    folder = faulty(extract).write("csv")
    if form == "parquet":
        as_parquet_of_texts(folder)
    found = {}
    for engine in ("duckdb", "spark"):
        with open_extract(folder, engine=engine) as opened:
            tables = {
                name: sorted(opened.table(name).to_pyarrow().to_pylist(), key=repr) for name in opened.sources
            }
            found[engine] = (opened.set_aside, opened.notices, tables)
    assert found["spark"][0] == found["duckdb"][0]
    assert found["spark"][1] == found["duckdb"][1]
    assert found["spark"][2] == found["duckdb"][2]
    assert {aside.reason for aside in found["spark"][0] if aside.table == "medical_claim"} >= {
        "claim without a person",
        "bad date in claim_start_date",
        "bad date: no date of service",
        "unknown code system in diagnosis_code_type",
        "member not in eligibility",
        "not a number in paid_amount",
    }


def test_a_file_damaged_inside_is_refused_by_spark_too(extract: PlanExtract, snapshots: object) -> None:
    extract.standard().member("1")
    for number in range(2000):
        extract.visit("1", date(2015, 7, 1), claim_id=f"C{number}", person_id=f"P{number}")
    folder = extract.write()
    damage_pages(folder / "medical_claim.parquet", "person_id")
    with pytest.raises(ExtractRefused) as refusal:
        refresh(folder, AS_OF, engine="spark")
    assert (refusal.value.file, refusal.value.column) == ("medical_claim.parquet", "person_id")
    assert snapshot.published("patient-panel") is None
