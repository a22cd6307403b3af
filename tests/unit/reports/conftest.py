"""A database with the snapshot tables alone, and a folder to write an extract into."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import Database, PostgresqlDatabase, SqliteDatabase

from reports import tables
from tests.unit.reports.plan_extract import PlanExtract

HERE = Path(__file__).parent
PRAGMAS = {"journal_mode": "wal", "busy_timeout": 10_000, "synchronous": "off"}


#: What these compute is the engine's affair; which database holds the rows is tested elsewhere, once is enough here.
COMPUTING = (
    "test_admissions",
    "test_adult_diabetes",
    "test_attribution",
    "test_code_texts",
    "test_emergency_visits",
    "test_extract",
    "test_guide_tables",
    "test_inpatient_stays",
    "test_row_numbers",
    "test_rules",
    "test_synthetic",
    "test_synthetic_cast",
    "test_utilization_reports",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what only computes."""
    if os.environ.get("PORTAL_TEST_DATABASE") == "postgresql":
        left_out = [item for item in items if item.path.stem in COMPUTING and item.path.parent == HERE]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def server_url(tmp_path_factory: pytest.TempPathFactory) -> str | None:
    """A PostgreSQL of this worker's own, where PORTAL_TEST_DATABASE asks for one."""
    if os.environ.get("PORTAL_TEST_DATABASE") != "postgresql":
        return None
    from tests.harness.postgres import start

    worker = os.environ.get("PYTEST_XDIST_WORKER")
    folder = tmp_path_factory.getbasetemp()
    return start((folder.parent if worker else folder) / "postgresql").create(f"reports_{worker or 'main'}")


@pytest.fixture
def snapshots(server_url: str | None, tmp_path: Path) -> Iterator[Database]:
    """The snapshot tables, empty, in a database that is this test's alone."""
    before = tables.database.obj
    opened: Database
    if server_url:
        opened = PostgresqlDatabase(server_url, prefer_psycopg3=True)
    else:
        opened = SqliteDatabase(str(tmp_path / "reports.db"), pragmas=PRAGMAS)
    tables.database.initialize(opened)
    opened.connect()
    opened.drop_tables(tables.TABLES)
    opened.create_tables(tables.TABLES)
    yield opened
    opened.close()
    if before is not None:
        tables.database.initialize(before)


@pytest.fixture
def extract(tmp_path: Path) -> PlanExtract:
    """An extract to fill and write; nothing is in it yet."""
    return PlanExtract(tmp_path / "extract")
