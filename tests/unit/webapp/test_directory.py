"""The directory of providers and practices."""

from datetime import date

import pytest
from peewee import IntegrityError

from tests.harness.plan_rows import add_provider
from webapp.domain.find_a_doctor.directory import (
    practice_name,
    practice_names,
    provider_name,
    providers_of,
    tin_exists,
)

pytestmark = pytest.mark.usefixtures("database")


def test_a_provider_is_named_first_last_and_credential() -> None:
    add_provider()
    add_provider(npi="2", credential="")
    add_provider(npi="3", first_name="", last_name="", credential="")
    assert provider_name("1000000004") == "Rosa Diaz, MD"
    assert provider_name("2") == "Rosa Diaz"
    assert provider_name("3") == "Elm Street Family Practice"


def test_an_unknown_provider_or_practice_has_no_name() -> None:
    assert provider_name("9") == ""
    assert practice_name("9") == ""
    assert practice_names([]) == {}


def test_a_provider_works_at_several_practices_once_each() -> None:
    add_provider()
    add_provider(tin="061110002", practice_name="Second Practice")
    with pytest.raises(IntegrityError):
        add_provider()


def test_the_practice_name_received_last_is_right() -> None:
    add_provider(practice_name="Old Name", received_on=date(2024, 1, 1))
    add_provider(npi="2", practice_name="New Name", received_on=date(2025, 1, 1))
    add_provider(npi="3", practice_name="A Name Without A Day")
    assert practice_name("061110001") == "New Name"


def test_the_providers_of_a_practice_come_by_name() -> None:
    add_provider(npi="1", last_name="Young")
    add_provider(npi="2", last_name="Adams")
    add_provider(npi="3", tin="061110002")
    assert [p.last_name for p in providers_of("061110001")] == ["Adams", "Young"]
    assert tin_exists("061110002")
    assert not tin_exists("061110009")
