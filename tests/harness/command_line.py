"""`portal …` as a script calls it, on the test's database."""

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from peewee import DatabaseProxy

from tests.harness.clock import TODAY
from tests.harness.database import open_for_tests
from webapp.cli import main

Portal = Callable[..., Result]


@pytest.fixture
def portal(database: DatabaseProxy, database_url: str) -> Portal:
    """Runs a command on the test's database, and opens that again afterwards: portal("check", PORTAL_TODAY="…").

    given: what comes through a pipe.
    """

    def run(*arguments: str, given: bytes | None = None, **environment: str) -> Result:
        database.close()
        result = CliRunner().invoke(
            main,
            list(arguments),
            input=given,
            env={"PORTAL_DATABASE": database_url, "PORTAL_TODAY": TODAY.isoformat(), **environment},
            catch_exceptions=False,
        )
        open_for_tests(database_url)
        database.connect(reuse_if_open=True)
        return result

    return run
