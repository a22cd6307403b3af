"""Taking accounts of the older portal out again, by the owner and by support, and the list for support."""

from typing import Any

import pytest

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.page_checks import words
from tests.harness.pages import Client, Page
from tests.integration.consolidation_walk import (
    EMAIL,
    PASSWORD,
    add_existing,
    add_with_pin,
    consolidate,
    look_up,
)
from webapp.config import read_plan
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.audit import Actor
from webapp.domain.existing import consolidation
from webapp.domain.existing.consolidation_overview import counts, overview
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import practices

PLAN = read_plan()
SUPPORT = Actor("support", "127.0.0.1", 77)
LINKS = FreezeLinks("https://portal.example", SECRET_KEY)
FAIR = {"tin": "061110002", "pin": "4821"}


def ties(account: Account) -> dict[str, tuple[str, str]]:
    return {tie.tin: (tie.role, tie.report_access) for tie in practices.practices_of(account)}


def undo(key: str, **given: Any) -> Account:
    return consolidation.undo(key, SUPPORT, PLAN, LINKS, **given)


def own_page(client: Client, username: str = "jsmith.elm") -> Page:
    page = client.get("/providers/login").fill({"Username": username, "Password": PASSWORD}).submit("Login")
    assert page.path == "/providers/home"
    return client.get("/providers/consolidated")


def test_the_owner_takes_an_account_out_again(client: Client) -> None:
    add_existing()
    add_with_pin()
    consolidate(client)
    consolidate(client, "jsmith.fair", **FAIR)
    page = own_page(client)
    assert page.heading == "Accounts brought together"
    page = page.submit("Undo")  # the first, jsmith.elm
    assert "Tax IDs and report access that came with jsmith.elm leave this account." in page.text
    assert "closes" not in page.text
    assert len(ties(Account.get())) == 2, "asked first"
    page = page.submit("Yes, undo")
    assert page.notices[0] == "jsmith.elm stands by itself again."
    assert ties(Account.get()) == {"061110002": ("Office Staff", "none")}
    assert [words(heading) for heading in page.main.iter("h2")] == ["jsmith.fair", "Web Support"]


def test_taking_out_the_last_one_closes_the_account_and_it_can_be_done_anew(client: Client) -> None:
    add_existing()
    consolidate(client)
    page = own_page(client).submit("Undo")
    assert "Nothing else is in it, so it closes and you are logged out." in page.text
    page = page.submit("Yes, undo")
    assert page.path == "/providers/login"
    assert page.notices == ["jsmith.elm stands by itself again."]
    page = page.fill({"Username": "jsmith.elm", "Password": PASSWORD}).submit("Login")
    assert page.status == 422
    assert consolidate(client).heading == "Thank You"
    assert ties(Account.get(Account.username == "jsmith.elm")) == {
        "061110001": ("Office Manager", "approved")
    }


def test_after_seven_days_it_can_no_longer_be_undone(client: Client, clock: Hands) -> None:
    add_existing()
    consolidate(client)
    clock.advance(days=7)
    assert "Undo" not in own_page(client).buttons
    with pytest.raises(consolidation.TooLate):
        undo("jsmith.elm")
    assert len(ties(Account.get())) == 1


def test_nobody_takes_out_what_is_in_anothers_account(client: Client, new_client: Any) -> None:
    add_existing()
    add_existing("bwells", first_name="Brian", last_name="Wells", tins="061110003")
    consolidate(client)
    other = new_client()
    consolidate(other, "bwells", "brian@home.example", tin="061110003")
    page = own_page(other, "bwells").submit("Undo")
    form = page.form("Yes, undo")
    form.values["which"] = "jsmith.elm"
    assert form.submit("Yes, undo").heading == "Accounts brought together"
    assert len(consolidation.consolidated_into(Account.get(Account.username == "jsmith.elm"))) == 1
    with pytest.raises(consolidation.NotConsolidated):
        undo("jsmith.elm", owner=Account.get(Account.username == "bwells"))


def test_support_undoes_and_everybody_concerned_is_told(client: Client) -> None:
    add_existing()
    consolidate(client)
    OutboxMessage.delete().execute()
    undo("jsmith.elm", reason="not she")
    assert {mail.recipient for mail in OutboxMessage.select()} == {EMAIL, "frontdesk@elmstreet.example.org"}
    with pytest.raises(consolidation.NotConsolidated):
        undo("jsmith.elm")
    assert look_up(client).heading == "Account Verification"


def test_a_tax_id_that_two_accounts_brought_stays_as_the_other_brought_it(client: Client) -> None:
    add_existing(tins="061110001 061110002")
    add_with_pin(tins="061110002")
    consolidate(client)
    consolidate(client, "jsmith.fair", **FAIR)
    assert ties(Account.get())["061110002"] == ("Office Manager", "approved")
    undo("jsmith.elm")
    assert ties(Account.get()) == {"061110002": ("Office Staff", "none")}
    undo("jsmith.fair")
    assert ties(Account.get()) == {}


def test_what_support_approved_since_stays(client: Client) -> None:
    add_with_pin()
    consolidate(client, "jsmith.fair", **FAIR)
    account = Account.get()
    practices.join_practice(account, "061110002", "Office Staff", "approved")
    undo("jsmith.fair")
    assert ties(account) == {"061110002": ("Office Staff", "approved")}
    assert Account.get().frozen_at is None, "an account that holds something stays open"


def test_the_list_for_support_says_what_became_of_each(client: Client) -> None:
    add_existing()
    add_with_pin()
    add_existing("lost", question="", answer_hash="", tins="061110009")
    consolidate(client)
    consolidate(client, "jsmith.fair", **FAIR)
    undo("jsmith.fair")
    listed = {one.existing.username: (one.state, one.asks) for one in overview(PLAN)}
    assert listed == {
        "jsmith.elm": ("consolidated", "question"),
        "jsmith.fair": ("undone", "pin"),
        "lost": ("loaded", ""),
    }
    assert counts() == {"loaded": 1, "consolidated": 1, "undone": 1}
    (one,) = overview(PLAN, state="consolidated")
    assert one.into is not None
    assert one.into.email == EMAIL
    assert one.at is not None
    assert one.undo_until == consolidation.undo_until(one.at, PLAN)
    assert [found.existing.username for found in overview(PLAN, search="JSMITH.F")] == ["jsmith.fair"]
    assert [found.existing.username for found in overview(PLAN, search="061110009")] == ["lost"]
    assert [found.existing.username for found in overview(PLAN, search="06-1110009")] == ["lost"]
    assert overview(PLAN, search="%") == []
