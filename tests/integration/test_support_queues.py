"""The list of all work of the support console: it pages, sorts, filters, exports and refreshes."""

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client
from tests.integration import support_work as made
from tests.integration.profile_walk import make_ana
from tests.integration.support_walk import at_work
from tests.integration.support_work import WRONG, first, kinds_on
from webapp.config import Settings
from webapp.domain.audit import AuditEntry
from webapp.domain.member import lockouts
from webapp.domain.support import work_queue


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def everything(settings: Settings, clock: Hands) -> None:
    """One of each kind, an hour apart, in this order."""
    made.report_mistake(settings)
    clock.advance(hours=1)
    ana = made.ask_for_update(settings)
    clock.advance(hours=1)
    made.write(ana, settings)
    clock.advance(hours=1)
    made.write(made.ask_for_access(settings), settings)
    clock.advance(hours=1)
    made.lock_registration(settings, WRONG)


def test_one_list_holds_every_kind_the_oldest_first(client: Client, settings: Settings, clock: Hands) -> None:
    everything(settings, clock)
    at_work(client)
    listed = kinds_on(client)
    assert listed[:3] == ["Mistake in the directory", "Personal information", "Message of a member"]
    assert set(listed[3:5]) == {"Report access", "Message to Web Support"}
    assert listed[5:] == ["Locked registration"]


def test_the_list_sorts_and_filters(client: Client, settings: Settings, clock: Hands) -> None:
    everything(settings, clock)
    at_work(client)
    assert kinds_on(client, "?dir=desc&sort=since")[0] == "Locked registration"
    assert kinds_on(client, "?kind=update") == ["Personal information"]
    assert kinds_on(client, "?kind=nothing&sort=x&state=y&page=zz") == kinds_on(client)
    page = client.get("/support/queues").click("Person")
    assert page.status == 200
    first(client).submit("Take it on")
    assert kinds_on(client, "?state=mine") == ["Mistake in the directory"]
    assert "Mistake in the directory" not in kinds_on(client, "?state=free")


def test_what_is_over_its_target_time_says_so(client: Client, settings: Settings, clock: Hands) -> None:
    made.ask_for_access(settings)
    at_work(client)
    assert "1 wait, 0 of them over" in client.get("/support/queues").text
    assert kinds_on(client, "?state=over") == []
    clock.advance(days=5)
    other = Client(client.app)
    at_work(other, username="zoe")
    page = other.get("/support/queues?state=over")
    assert page.table("What waits")[0]["Target time"].startswith("Over")


def test_the_list_pages_and_no_item_is_missing_or_twice(client: Client, settings: Settings) -> None:
    for number in range(31):
        lockouts.note("registration", "member", [f"key {number}", f"run {number}"])
    at_work(client)
    for sort in (*work_queue.SORTS, "nothing"):
        seen = []
        for page in (1, 2):
            rows = client.get(f"/support/queues?sort={sort}&page={page}").table("What waits")
            seen += [row["About"] for row in rows]
        assert len(seen) == len(set(seen)) == 31
    assert len(client.get("/support/queues?page=99").table("What waits")) == 6


def test_the_list_is_exported_as_it_is_shown_and_nothing_acts_in_a_spreadsheet(
    client: Client, settings: Settings
) -> None:
    ana = make_ana()
    made.write(ana, settings, subject="=HYPERLINK(1)")
    at_work(client)
    response = client.get("/support/queues.csv?kind=message").response
    lines = response.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffKind of work,Person,About")
    assert "'=HYPERLINK(1)" in lines[1]
    assert response.headers["Content-Type"].startswith("text/csv")
    assert AuditEntry.get(AuditEntry.action == "export-queues").detail == "1 rows"


def test_refreshing_with_htmx_swaps_the_list_and_takes_no_focus(
    htmx_client: Client, settings: Settings
) -> None:
    made.ask_for_access(settings)
    at_work(htmx_client)
    page = htmx_client.get("/support/queues")
    part = page.click("Refresh")
    assert part.fragment
    assert not part.tree.xpath("//*[@autofocus]")
    assert part.table("What waits")
