"""People who are signed in, for the tests of the profile."""

from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration.profile_walk import make_ana, make_rosa, sign_in
from webapp.domain.account.accounts import Account


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
