"""The database is busy, full or away: a plain page in the reader's language, and nothing of the inside."""

from typing import Any

import pytest
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded

from tests.harness.pages import Client
from webapp.web import connection

FAULTS = (
    OperationalError("database or disk is full"),
    OperationalError("server closed the connection unexpectedly"),
    InterfaceError("the connection is closed"),
    MaxConnectionsExceeded("Max connections exceeded"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_people_are_told_to_come_back(
    fault: Exception, new_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Client = new_client(language="es")

    class Away:
        """A database that nobody can connect to."""

        def connect(self, **_: object) -> None:
            raise fault

        def is_closed(self) -> bool:
            return True

    monkeypatch.setattr(connection, "database", Away())
    page = client.get("/members/login?lang=es", status=503)
    assert page.response.headers["Retry-After"] == "30"
    assert str(fault) not in page.text
    monkeypatch.undo()
    client.get("/members/login")
