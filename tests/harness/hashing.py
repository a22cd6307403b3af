"""Passwords that are quick to hash: a test that signs in asks for no strength. That the portal's own hash is strong has
a test of its own."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from webapp.domain.account import passwords


@pytest.fixture(scope="session", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Weak hashes in this process for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield
