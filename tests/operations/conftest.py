"""The installation that these tests share."""

from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from tests.harness.postgres import start
from tests.integration.test_outbox import Received
from tests.operations.site import NGINX, Site, free_port
from webapp.domain.db import close_pool, connected, open_database
from webapp.domain.migrate import migrate


@pytest.fixture(scope="session")
def received() -> Iterator[Received]:
    """The mail that arrives; `received.port`: where."""
    received = Received()
    received.port = free_port()
    server = Controller(received, hostname="127.0.0.1", port=received.port)
    server.start()
    yield received
    server.stop()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, received: Received) -> Iterator[Site]:
    """nginx, two nodes, a worker, metrics and PostgreSQL."""
    if NGINX is None:
        pytest.skip("nginx is not installed: `make test-operations` installs it")
    folder = tmp_path_factory.mktemp("site")
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)  # nginx's workers are another user
    database = start(folder / "postgresql").create("portal")
    open_database(database)
    migrate()
    close_pool()
    made = Site(folder, database, f"smtp://127.0.0.1:{received.port}")
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def rows(site: Site) -> Iterator[None]:
    """This test may read and write the database."""
    open_database(site.database)
    with connected():
        yield
    close_pool()
