"""An extract to write and snapshot tables of a test's own, as the unit tests of the reports have them."""

from tests.unit.reports.conftest import extract, server_url, snapshots

__all__ = ["extract", "server_url", "snapshots"]
