"""The rooms of the support console beside its queues: report access, existing accounts, data, the audit log."""

import pytest
from peewee import fn

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.report_rows import diabetic, publish
from tests.integration import support_work as made
from tests.integration.profile_walk import make_rosa
from tests.integration.support_walk import at_work
from webapp import clock as portal_clock
from webapp.domain import audit, audit_seal
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.existing.consolidation import Consolidation
from webapp.domain.existing.existing_accounts import ExistingAccount
from webapp.domain.feeds.outcome import FeedOutcome, LoadOutcome
from webapp.domain.practice import practices
from webapp.domain.support import data_runs, staff


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def rows(page: Page) -> list[dict[str, str]]:
    return page.table() if page.tree.xpath("//table") else []


# --- report access ------------------------------------------------------------------------------------


def test_an_approval_is_ended_at_once_with_a_reason(client: Client) -> None:
    rosa = make_rosa()
    practices.join_practice(rosa, made.TIN, "Office Manager", "approved")
    at_work(client, staff.PROVIDER_SERVICES)
    page = client.get("/support/access")
    assert rows(page)[0]["To note"] == "The only Office Manager: ask for a second one"
    page = page.click("Lake, Maria")
    assert page.submit("End the access now").errors == ["Enter a reason: a ticket number or a sentence."]
    page = page.fill({"Reason": "Left the office"}).submit("End the access now")
    assert (page.facts["State"], page.facts["Reason"]) == ("Refused", "Left the office")
    assert practices.reportable_tins(rosa) == ()


def test_access_is_found_by_name_username_or_tax_id_and_none_stands_in_the_address(client: Client) -> None:
    for name, tin in (("rosa", "061110001"), ("zoe", "061110002")):
        practices.join_practice(make_rosa(username=name, email=f"{name}@x.example"), tin, "Other")
    at_work(client, staff.PROVIDER_SERVICES)
    for typed, found in (("zo", 1), ("LAKE", 2), ("061110001", 1), ("06-1110001", 1), ("%", 0), ("x\x00", 0)):
        page = client.get("/support/access").fill({"Last name, username or Tax ID": typed}).submit("Show")
        assert len(rows(page)) == found, typed
        assert typed not in page.url
    page = client.get("/support/access?state=approved")
    assert rows(page) == []
    lines = client.get("/support/access.csv").response.get_data(as_text=True).splitlines()
    assert len(lines) == 3


def test_approvals_that_end_soon_are_listed_to_be_looked_at_anew(client: Client, clock: Hands) -> None:
    practices.join_practice(make_rosa(), made.TIN, "Other", "approved")
    clock.advance(days=330)
    practices.join_practice(make_rosa(username="zoe", email="zoe@x.example"), made.TIN, "Other", "approved")
    at_work(client, staff.PROVIDER_SERVICES)
    assert [row["Username"] for row in rows(client.get("/support/access?state=renew"))] == []
    clock.advance(days=10)
    at_work(client, staff.PROVIDER_SERVICES, "eva")
    listed = rows(client.get("/support/access?state=renew"))
    assert [(row["Username"], row["State"]) for row in listed] == [("rosa", "Approved")]
    lines = client.get("/support/access.csv?state=renew").response.get_data(as_text=True).splitlines()
    assert len(lines) == 2


def test_every_order_of_access_shows_everybody_once(client: Client) -> None:
    for number in range(30):
        account = make_rosa(username=f"u{number}", email=f"u{number}@x.example")
        practices.join_practice(account, made.TIN, "Other")
    at_work(client, staff.PROVIDER_SERVICES)
    for sort in ("person", "tin", "role", "state", "since"):
        for way in ("asc", "desc"):
            seen = [
                row["Username"]
                for page in (1, 2)
                for row in rows(client.get(f"/support/access?sort={sort}&dir={way}&page={page}"))
            ]
            assert len(seen) == len(set(seen)) == 30


# --- existing accounts --------------------------------------------------------------------------------


def existing(name: str = "old.rosa") -> ExistingAccount:
    values = dict.fromkeys(ExistingAccount._meta.fields, "")
    values |= {"username_key": name, "username": name, "tins": made.TIN, "report_access": False}
    values |= {"first_name": "Rosa", "last_name": "Lake", "role": "Office Staff"}
    kept: ExistingAccount = ExistingAccount.create(**values)
    return kept


def consolidated(name: str = "old.rosa") -> None:
    existing(name)
    Consolidation.create(
        username_key=name, account=make_rosa(), state="consolidated", at=portal_clock.now(),
        made_account=False, ties="{}",
    )  # fmt: skip


def test_a_consolidation_is_undone_within_seven_days(client: Client) -> None:
    consolidated()
    existing("other")
    at_work(client, staff.PROVIDER_SERVICES)
    page = client.get("/support/existing")
    assert (page.facts["Left to do"], page.facts["Brought together"]) == ("1", "1")
    page = page.click("old.rosa")
    assert "old.rosa" not in page.url
    assert page.submit("Take it out again").errors == ["Enter a reason: a ticket number or a sentence."]
    page = page.fill({"Reason": "Wrong person, ticket 5"}).submit("Take it out again")
    assert page.facts["Taken out again"] == "1"
    assert AuditEntry.get(AuditEntry.action == "consolidate-undo").detail == "Wrong person, ticket 5"


def test_after_seven_days_it_cannot_be_undone_and_a_late_form_says_so(client: Client, clock: Hands) -> None:
    consolidated()
    clock.advance(days=7, minutes=-5)
    at_work(client, staff.PROVIDER_SERVICES)
    page = client.get("/support/existing").click("old.rosa").fill({"Reason": "Late"})
    clock.advance(minutes=6)
    page = page.submit("Take it out again")
    assert page.errors == ["The time to undo this is over. Nothing was changed."]
    assert "Take it out again" not in page.buttons


def test_existing_accounts_are_searched_filtered_and_exported(client: Client) -> None:
    consolidated()
    for number in range(30):
        existing(f"u{number:02}")
    at_work(client, staff.PROVIDER_SERVICES)
    assert len(rows(client.get("/support/existing?state=consolidated"))) == 1
    page = client.get("/support/existing").fill({"Username or Tax ID": "u1"}).submit("Search")
    assert len(rows(page)) == 10
    assert len(rows(client.get("/support/existing").click("Next"))) == 6
    lines = client.get("/support/existing.csv").response.get_data(as_text=True).splitlines()
    assert len(lines) == 32
    client.get("/support/existing/0000000000000000", status=404)


def test_existing_accounts_are_sorted_both_ways_and_page_on_in_that_order(client: Client) -> None:
    consolidated()
    for number in range(30):
        existing(f"u{number:02}")
    at_work(client, staff.PROVIDER_SERVICES)
    page = client.get("/support/existing").click("Username")
    assert [row["Username"] for row in rows(page)][:2] == ["u29", "u28"]
    assert [row["Username"] for row in rows(page.click("Next"))][-1] == "old.rosa"
    assert (
        next(row["Username"] for row in rows(client.get("/support/existing?sort=at&dir=desc"))) == "old.rosa"
    )
    assert next(row["Username"] for row in rows(client.get("/support/existing?sort=at"))) == "u00"


# --- data ---------------------------------------------------------------------------------------------


def test_the_data_room_tells_the_last_loads_and_what_is_served(client: Client) -> None:
    publish("adult-diabetes", {made.TIN: [diabetic(1)]})
    data_runs.note_load(LoadOutcome((FeedOutcome("provider", 5, 4, 1, 0, 0, ()),), ()))
    data_runs.note_refresh(["adult-diabetes: 1 row"])
    at_work(client, staff.ELIGIBILITY)
    page = client.get("/support/data")
    served = {row["Report"]: row["Rows"] for row in page.table("Reports that are served")}
    assert "1" in served.values()
    told = page.table("The newest first, with what was set aside and why")
    assert [row["What"] for row in told] == ["Refresh of the reports", "Load"]
    assert told[1]["Detail"] == "provider: 5 rows, 4 added, 1 changed, 0 unchanged"
    assert page.facts["Members"] == "0"


# --- the audit log ------------------------------------------------------------------------------------


def find(client: Client, text: str) -> Page:
    page = client.get("/support/audit")
    return page.fill({"Username, Client ID Number, address or subject": text}).submit("Search")


def test_the_log_is_searched_by_person_member_and_address(client: Client) -> None:
    rosa = make_rosa()
    audit.record(Actor("provider", "203.0.113.7", rosa.id), "open-member", subject="member:001234567")
    at_work(client)
    for typed in ("ROSA", "001234567", "203.0.113.7", "member:001234567"):
        page = find(client, typed)
        assert "open-member" in [row["What"] for row in rows(page)], typed
        assert typed not in page.url
        assert "max" not in [row["Who"] for row in rows(page)]
    assert rows(find(client, "nobody <b>\x00'\" 日本")) == []


def test_the_log_is_filtered(client: Client) -> None:
    audit.record(Actor("member", ""), "register-lock", "refused")
    at_work(client)
    page = client.get("/support/audit?action=register-lock")
    assert [row["Outcome"] for row in rows(page)] == ["refused"]
    assert rows(client.get("/support/audit?outcome=failed")) == []
    assert {row["Where"] for row in rows(client.get("/support/audit?portal=support"))} == {"support"}
    today = portal_clock.today()
    assert rows(client.get(f"/support/audit?since={today:%m/%d/%Y}&until={today:%m/%d/%Y}"))
    assert rows(client.get(f"/support/audit?until={today.replace(day=1):%m/%d/%Y}")) == []
    page = client.get("/support/audit?since=soon")
    assert "We could not read the day “soon”" in page.notices[0]


def test_of_a_hundred_thousand_entries_none_is_missing(client: Client) -> None:
    now = portal_clock.now()
    some = [
        {"at": now, "action": f"word-{number % 40}", "outcome": "done", "portal": "member", "address": ""}
        for number in range(4_000)
    ]
    fields = [field for field in AuditEntry._meta.sorted_fields if field.name != "id"]
    with AuditEntry._meta.database.atomic():
        AuditEntry.insert_many(some).execute()
        last = AuditEntry.select(fn.MAX(AuditEntry.id)).scalar()
        for _again in range(24):
            AuditEntry.insert_from(AuditEntry.select(*fields).where(AuditEntry.id <= last), fields).execute()
    assert AuditEntry.select().count() == 100_000
    at_work(client)
    page = client.get("/support/audit?action=word-7")
    pages = [len(rows(page))]
    while "Older" in page.links():
        page = client.get(page.links()["Older"])
        pages.append(len(rows(page)))
        if len(pages) == 5:
            break
    assert pages == [50] * 5
    lines = client.get("/support/audit.csv?action=word-7").response.get_data(as_text=True).splitlines()
    assert len(lines) == 2_501


def test_paging_back_and_forth_shows_each_entry_once(client: Client) -> None:
    for number in range(120):
        audit.record(Actor("member", ""), "x", subject=f"n:{number}")
    at_work(client)
    page = client.get("/support/audit?action=x")
    seen = []
    while True:
        seen += [row["About"] for row in rows(page)]
        if "Older" not in page.links():
            break
        page = page.click("Older")
    assert seen == [f"n:{number}" for number in reversed(range(120))]
    back = page.click("Newer")
    assert [row["About"] for row in rows(back)] == seen[50:100]
    assert [row["About"] for row in rows(back.click("Newest"))] == seen[:50]


def test_a_forged_entry_is_found(client: Client, clock: Hands) -> None:
    audit.record(Actor("member", ""), "x", detail="as it was")
    at_work(client)
    clock.advance(minutes=1)
    audit_seal.seal(SECRET_KEY)
    page = client.get("/support/audit/seals").submit("Check the seals")
    assert "Every seal holds" in page.notices[0]
    AuditEntry.update(detail="forged").where(AuditEntry.action == "x").execute()
    number = AuditEntry.get(AuditEntry.action == "x").id
    page = page.submit("Check the seals")
    assert f"Entry {number} was changed" in page.notices[0]


def test_nothing_in_the_exported_log_acts_in_a_spreadsheet(client: Client) -> None:
    audit.record(Actor("member", ""), "x", detail="=HYPERLINK(1)")
    at_work(client)
    text = client.get("/support/audit.csv?action=x").response.get_data(as_text=True)
    assert ",'=HYPERLINK(1)" in text
    assert AuditEntry.get(AuditEntry.action == "export-audit").detail == "x"
