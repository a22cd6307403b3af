"""Browsers with HTMX and without, and people who are signed in; what PostgreSQL need not be asked again."""

import os
from typing import Any

import pytest
from flask import Flask

from tests.harness.clock import Hands
from tests.harness.compiled import compiled_once
from tests.harness.pages import Client
from tests.integration.profile_walk import make_ana, make_rosa, sign_in
from webapp.config import Settings
from webapp.domain.account.accounts import Account

__all__ = ["compiled_once"]

#: Twins of a test that differ in how a page is written, not in what is asked of the database.
AS_WELL = {"htmx": "plain", "es": "en"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL a test with HTMX or in Spanish that it runs without or in English: SQLite runs both."""
    if os.environ.get("PORTAL_TEST_DATABASE") == "postgresql":
        known = {item.nodeid for item in items}
        left_out = [item for item in items if _twin(item.nodeid) in known - {item.nodeid}]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _twin(nodeid: str) -> str:
    """The test that says the same of the database; the same test where there is none."""
    name, bracket, parameters = nodeid.partition("[")
    parts = parameters.removesuffix("]").split("-")
    return f"{name}[{'-'.join(AS_WELL.get(part, part) for part in parts)}]" if bracket else nodeid


@pytest.fixture
def settings(app: Flask) -> Settings:
    found: Settings = app.config["SETTINGS"]
    return found


@pytest.fixture(params=[False, True], ids=["plain", "htmx"])
def browser(request: pytest.FixtureRequest, new_client: Any) -> Client:
    """Every step the same without HTMX and with it."""
    opened: Client = new_client(htmx=request.param)
    return opened


@pytest.fixture(params=["provider", "member"])
def side(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def account(app: Any, side: str) -> Account:
    return make_rosa() if side == "provider" else make_ana()


@pytest.fixture
def person(account: Account, side: str, client: Client, clock: Hands) -> Client:
    clock.advance(minutes=2)  # or a change would look like the second of two taps
    sign_in(client, side)
    return client


@pytest.fixture
def rosa(app: Any, client: Client) -> Account:
    account = make_rosa()
    sign_in(client)
    return account


@pytest.fixture
def ana(app: Any, client: Client) -> Account:
    account = make_ana()
    sign_in(client, "member")
    return account
