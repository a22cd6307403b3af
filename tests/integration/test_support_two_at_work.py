"""Two staff on one item of the support console, and items that are gone."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration import support_work as made
from tests.integration.support_walk import acting, at_work, make_staff
from tests.integration.support_work import first, kinds_on
from webapp.config import Settings
from webapp.domain.account.accounts import Account
from webapp.domain.account.profiles import close_account
from webapp.domain.audit import AuditEntry
from webapp.domain.db import connected
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import access_requests, practices
from webapp.domain.support import staff, work_items, work_queue
from webapp.domain.support.work_items import Worker
from webapp.domain.support.work_queue import KINDS, Wanted


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def test_two_staff_on_one_item_the_second_is_told_who_has_it(
    client: Client, new_client: Any, settings: Settings
) -> None:
    rosa = made.ask_for_access(settings)
    at_work(client, staff.PROVIDER_SERVICES, first_name="Lena")
    other = new_client()
    at_work(other, staff.PROVIDER_SERVICES, "zoe", first_name="Zoe")
    theirs = first(other)
    first(client).submit("Take it on")
    page = theirs.fill({"Reason": "Too fast"}).submit("Approve")
    assert (page.status, page.errors) == (422, ["Lena Lake works on this now. Nothing was changed."])
    assert practices.reportable_tins(rosa) == ()
    assert "Lena Lake works on this now." in " ".join(first(other).notices)


def test_of_eight_who_claim_at_once_one_has_it(app: Flask, settings: Settings) -> None:
    made.ask_for_access(settings)
    people = [make_staff(staff.PROVIDER_SERVICES, f"staff{number}") for number in range(8)]
    [item] = work_queue.items(staff.SUPERVISOR, Wanted(), 0, settings.plan)

    def claim(account: Account) -> bool:
        with connected():
            try:
                KINDS["access"].claim(item.key, Worker(account, acting(account), settings))
            except work_items.ClaimedByOther:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, people)) == 1


def test_a_claim_that_was_forgotten_ends_by_itself_and_one_can_be_given_back(
    client: Client, new_client: Any, settings: Settings, clock: Hands
) -> None:
    made.ask_for_access(settings)
    zoe = make_staff(staff.PROVIDER_SERVICES, "zoe")
    max_ = make_staff(staff.PROVIDER_SERVICES, "max")
    [item] = work_queue.items(staff.PROVIDER_SERVICES, Wanted(), zoe.id, settings.plan)
    mine, theirs = Worker(zoe, acting(zoe), settings), Worker(max_, acting(max_), settings)
    KINDS["access"].claim(item.key, mine)
    with pytest.raises(work_items.ClaimedByOther):
        KINDS["access"].claim(item.key, theirs)
    KINDS["access"].release(item.key, mine)
    KINDS["access"].claim(item.key, theirs)
    clock.advance(minutes=61)
    KINDS["access"].claim(item.key, mine)


def test_an_item_decided_meanwhile_says_so(client: Client, settings: Settings) -> None:
    made.ask_for_access(settings)
    max_ = at_work(client, staff.PROVIDER_SERVICES)
    page = first(client)
    [item] = work_queue.items(staff.PROVIDER_SERVICES, Wanted(), max_.id, settings.plan)
    access_requests.approve(int(item.key), "By another", acting(max_), settings)
    page = page.fill({"Reason": "No"}).submit("Refuse")
    assert (page.status, page.heading) == (404, "This is done or taken back")


@pytest.mark.parametrize("how", ["deleted", "closed"])
def test_an_item_whose_account_is_gone_breaks_nothing(client: Client, settings: Settings, how: str) -> None:
    rosa = made.ask_for_access(settings)
    ana = made.ask_for_update(settings)
    made.write(ana, settings)
    at_work(client)
    urls = [first(client).url]
    pages = {kind: client.get(f"/support/queues?kind={kind}") for kind in ("access", "update", "message")}
    urls = [page.main.xpath(".//tbody//th//a/@href")[0] for page in pages.values()]
    for account in (rosa, ana):
        if how == "deleted":
            account.delete_instance()
        else:
            close_account(account, acting(account), settings.plan)
    OutboxMessage.delete().execute()
    for url in urls:
        page = client.get(url, status=None)
        assert page.status in (200, 404)
        if page.status == 200:
            label = "Answer to the person" if "Answer to the person" in page.text else "Reason"
            button = {"Reason": "Refuse", "Answer to the person": "Done"}[label]
            if "Send the answer" in page.buttons:
                button = "Send the answer"
            assert page.fill({label: "Closed meanwhile"}).submit(button).status in (200, 404)
    assert [mail.recipient for mail in OutboxMessage.select()] == []
    client.get("/support/queues")


@pytest.mark.parametrize(
    "url",
    [
        "access/999999",
        "access/x",
        "access/1%00",
        "message/nothing",
        "nothing/1",
        "registration/99999999999999",
    ],
)
def test_what_is_not_there_is_a_plain_page(client: Client, url: str) -> None:
    at_work(client)
    assert client.get(f"/support/queues/{url}", status=404).heading


def test_a_role_sees_and_opens_its_own_work_alone(client: Client, settings: Settings) -> None:
    made.ask_for_access(settings)
    account = at_work(client, staff.ELIGIBILITY)
    assert kinds_on(client) == []
    [item] = work_queue.items(staff.SUPERVISOR, Wanted(), account.id, settings.plan)
    client.get(f"/support/queues/access/{item.key}", status=404)
    client.post(f"/support/queues/access/{item.key}", {"go": "approve", "text": "x"}, status=404)
    assert AuditEntry.get(AuditEntry.action == "open-work").outcome == "refused"
