"""Step 3 of sign-up, ADD PROVIDER (guide 001): search by Tax ID, boxes, confirmation, added Tax IDs."""

from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration.signup_walk import (
    ACCOUNT,
    ODD,
    OTHER,
    TIN,
    add_all,
    add_practice,
    search,
    to_providers,
    to_role,
)
from webapp.domain.account.accounts import Account
from webapp.domain.audit import AuditEntry
from webapp.domain.practice import practices, provider_picks

HOURS = "within 72 hours from the time that the enrollment information is received and processed"


@pytest.mark.parametrize(
    "typed", ["061110001", "06-1110001", " 06 111 00 01 ", "06–1110001", "０６１１１０００１"]
)
def test_a_tax_id_may_be_typed_with_dashes_and_spaces(client: Client, typed: str) -> None:
    add_practice()
    assert len(search(to_providers(client), typed).table()) == 3


@pytest.mark.parametrize("typed", ["12345678", "0611100011", "000000000", "00-0000000", "06111000O", *ODD])
def test_what_is_no_tax_id_is_said_at_the_field(client: Client, typed: str) -> None:
    add_practice(tin="000000000")  # with which feeds fill a blank
    page = search(to_providers(client), typed)
    assert (page.status, page.errors) == (422, ["Enter the 9 digits of the Tax ID Number, like 06-1234567."])


def test_an_unknown_tax_id_gives_the_72_hours_and_keeps_what_was_typed(client: Client) -> None:
    page = search(to_providers(client), OTHER)
    assert page.status == 422
    assert HOURS in page.errors[0]
    assert page.form("Search").values["tin"] == OTHER


def test_the_enter_key_searches_and_does_not_leave_the_step(client: Client) -> None:
    add_practice()
    page = to_providers(client).fill({"Provider Tax ID Number": TIN}).submit()
    assert len(page.table()) == 3
    page = page.submit()
    assert page.heading.startswith("STEP 3")


def test_select_all_ticks_every_box_and_clear_unticks_them(browser: Client) -> None:
    add_practice()
    page = search(to_providers(browser)).submit("Select All Providers")
    assert len(page.form("Add Providers").values.getlist("npi")) == 3
    assert "3 of 3 selected" in page.text
    page = page.submit("Clear the boxes")
    assert page.form("Add Providers").values.getlist("npi") == []


def test_cancel_under_please_confirm_goes_back_to_the_list_with_the_boxes_as_they_were(
    client: Client,
) -> None:
    add_practice()
    page = search(to_providers(client)).fill({"Elm Street Family Practice Dana Chen, MD": True})
    page = page.submit("Add Providers").submit("Cancel")
    assert page.form("Add Providers").values.getlist("npi") == ["1000000002"]


def test_adding_without_choosing_says_so(client: Client) -> None:
    add_practice()
    page = search(to_providers(client)).submit("Add Providers")
    assert page.errors == ["Choose one or more providers, or choose “Select All Providers.”"]


def test_several_tax_ids_are_added_and_one_removed_again(browser: Client) -> None:
    add_practice()
    add_practice(OTHER, 2, "Harbor Clinic", start=50)
    page = add_all(to_providers(browser))
    page = add_all(page, OTHER)
    assert "Provider TIN xxxxx0001" in page.text
    assert "Provider TIN xxxxx6879 Harbor Clinic, 2 providers" in page.text
    assert OTHER not in page.text
    page = page.submit("Remove Provider xxxxx0001")
    assert "xxxxx0001" not in page.text
    page = page.submit("Next").fill({"I am a(n)": "Other"}).submit("Next").fill(ACCOUNT).submit("Next")
    page.submit("Finish")
    assert [tie.tin for tie in practices.practices_of(Account.get())] == [OTHER]


def test_next_needs_a_provider_and_nothing_half_done(client: Client) -> None:
    add_practice()
    page = to_providers(client).submit("Next")
    assert page.errors == ["Add at least one provider. Enter a Tax ID Number and choose “Search.”"]
    page = page.fill({"Provider Tax ID Number": TIN}).submit("Next")
    assert page.errors == [
        "Choose “Search” to see the providers of this Tax ID Number, or leave the field empty."
    ]
    page = search(page).submit("Select All Providers").submit("Next")
    assert page.errors == [
        "You chose providers and did not add them. Choose “Add Providers” first, or clear the boxes."
    ]


def test_searching_an_added_tax_id_again_shows_what_was_added_and_may_change_it(client: Client) -> None:
    add_practice()
    page = search(add_all(to_providers(client)))
    assert len(page.form("Add Providers").values.getlist("npi")) == 3
    page = page.fill({"Elm Street Family Practice Dana Chen, MD": False}).submit("Add Providers")
    assert "2 providers" in page.submit("Add Providers").text


def test_five_hundred_providers_come_in_pages_and_select_all_takes_them_all(browser: Client) -> None:
    add_practice(count=500)
    page = search(to_providers(browser))
    assert len(page.table()) == provider_picks.PAGE
    first = page.table()[0]["Individual Medicaid Number"]
    page = page.submit("More providers")
    assert first not in [row["Individual Medicaid Number"] for row in page.table()]
    assert "Showing 26 to 50 of 500" in page.text
    page = page.submit("Select All Providers")
    assert "500 of 500 selected" in page.text
    page = page.submit("Add Providers")
    assert "500 providers of Provider TIN xxxxx0001" in page.text
    page = page.submit("More providers").submit("Add Providers")
    assert "500 providers" in page.text
    page = page.submit("Next").fill({"I am a(n)": "Other"}).submit("Next").fill(ACCOUNT).submit("Next")
    page.submit("Finish")
    assert len(provider_picks.added_of(Account.get())[TIN]) == 500


def test_what_was_ticked_stays_ticked_over_pages_and_a_name_can_be_found(client: Client) -> None:
    add_practice(count=60)
    page = search(to_providers(client))
    box = next(iter(page.main.xpath(".//input[@name='npi']/@value")))
    form = page.form("More providers")
    form.values.add("npi", box)
    page = form.submit("More providers")
    assert "1 of 60 selected" in page.text
    page = page.fill({"Find a name in this list": "dána59"}).submit("Find")
    assert len(page.table()) == 1
    page = page.submit("Select All Providers")
    assert "60 of 60 selected" in page.text
    page = page.fill({"Find a name in this list": "nobody"}).submit("Find")
    assert "No provider of this Tax ID has that name." in page.text


def test_a_window_that_is_behind_ticks_nothing_under_another_tax_id(client: Client) -> None:
    add_practice()
    add_practice(OTHER, 2, "Harbor Clinic", start=50)
    page = to_providers(client)
    behind = search(page)
    search(page, OTHER)
    page = behind.fill({"Elm Street Family Practice Dana Chen, MD": True}).submit("Add Providers")
    assert page.errors == ["Choose one or more providers, or choose “Select All Providers.”"]
    assert "0 of 2 selected" in page.text


def test_boxes_that_no_provider_has_are_not_taken(client: Client) -> None:
    add_practice()
    form = search(to_providers(client)).form("Add Providers")
    form.values["shown"] += " 1666666666"
    form.values.setlist("npi", ["1666666666"])
    assert form.submit("Add Providers").errors == [
        "Choose one or more providers, or choose “Select All Providers.”"
    ]


def test_searches_are_counted_and_closed_for_an_hour(client: Client, clock: Hands) -> None:
    add_practice()
    page = to_providers(client)
    for number in range(30):
        page = search(page, f"12345{number:04}")
        assert page.status == 422
    page = search(page)
    assert page.status == 429
    assert "1.877.606.5172" in page.errors[0]
    clock.advance(minutes=25)
    assert search(page).status == 429
    assert not [entry.detail for entry in AuditEntry.select() if "12345" in entry.detail + entry.subject]


def test_one_address_cannot_copy_the_directory_with_many_sign_ups(new_client: Any) -> None:
    add_practice()
    for _ in range(4):
        page = to_providers(new_client())
        for number in range(30):
            page = search(page, f"12345{number:04}")
    assert search(to_providers(new_client())).status == 429
    assert search(to_providers(new_client(address="203.0.113.9"))).status == 200


def test_the_other_language_keeps_what_was_ticked_and_typed(client: Client) -> None:
    add_practice()
    form = search(to_providers(client)).fill({"Elm Street Family Practice Dana Chen, MD": True})
    client.language = "es"
    page = form.submit("Español")
    assert page.main.xpath(".//input[@name='npi' and @checked]/@value") == ["1000000002"]


def test_previous_keeps_what_was_chosen(client: Client) -> None:
    add_practice()
    page = to_role(client).submit("Previous").submit("Previous")
    assert page.heading.startswith("STEP 2")
    page = page.submit("Next")
    assert "Provider TIN xxxxx0001" in page.text
