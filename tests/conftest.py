"""The fixtures that every test may ask for; each lives in its own module of tests/harness."""

import os

import pytest

pytest_plugins = [
    "tests.harness.options",
    "tests.harness.clock",
    "tests.harness.database",
    "tests.harness.application",
    "tests.harness.command_line",
    "tests.harness.hashing",
]

#: The fixtures that a test has, directly or through others, when it uses a database.
DATABASES = {"database_kind", "server_url"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what uses no database: it was tested with SQLite."""
    if os.environ.get("PORTAL_TEST_DATABASE") == "postgresql":
        left_out = [item for item in items if not DATABASES & set(getattr(item, "fixturenames", ()))]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    # Or one worker would be left with a long one when the other has nothing more to do.
    items.sort(key=lambda item: not item.get_closest_marker("long"))
