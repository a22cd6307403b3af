"""People: finding somebody, the reason first, masked numbers, and help that is written to the audit log."""

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from flask import Flask
from peewee import SqliteDatabase

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_member, add_provider
from tests.integration import support_work as made
from tests.integration.profile_walk import make_ana, make_rosa, turn_on
from tests.integration.registration_walk import CLIENT_ID, add_ana
from tests.integration.support_walk import at_work
from webapp.config import Settings
from webapp.domain import throttle
from webapp.domain.account import account_changes, profiles, recovery, second_factor
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import database
from webapp.domain.member import registration
from webapp.domain.member.registration import IdCard
from webapp.domain.practice import practices
from webapp.domain.support import people, staff

BOX = "Number, username, email address, or “Last name, First name”"


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


def find(client: Client, text: str) -> Page:
    return client.get("/support/people").fill({BOX: text}).submit("Search")


def names(page: Page) -> list[str]:
    return [row["Name"] for row in page.table()] if page.tree.xpath("//table") else []


def open_ana(client: Client, reason: str = "Call, ticket 7") -> Page:
    page = find(client, CLIENT_ID).click("Ana Ortiz")
    return page.fill({"Reason": reason}).submit("Open")


def test_a_member_is_found_by_number_name_username_and_address(client: Client) -> None:
    make_ana()
    add_member("001234999", first_name="Bea", last_name="Ortiz")
    at_work(client, staff.MEMBER_SERVICES)
    for typed in (CLIENT_ID, "001-234 567", "ortiz, ana", "ANA", "ana@example.com"):
        page = find(client, typed)
        assert names(page) == ["Ana Ortiz"], typed
        assert typed not in page.url
        assert CLIENT_ID not in page.html.replace(f'value="{typed}"', "")
    assert names(find(client, "Ortiz")) == ["Ana Ortiz", "Bea Ortiz"]
    for typed in ("bea ortiz", "Örtíz, B", "ORT, be"):
        assert names(find(client, typed)) == ["Bea Ortiz"], typed
    for typed in ("%", "_", "x" * 10_000, "<b>\x00'\"", "日本", "O"):
        assert names(find(client, typed)) == []


def test_looking_for_a_name_reads_an_index_and_not_the_table(app: Flask) -> None:
    plan = "EXPLAIN QUERY PLAN" if isinstance(database.obj, SqliteDatabase) else "EXPLAIN"
    if plan == "EXPLAIN":
        database.execute_sql("SET enable_seqscan = off")  # a table of no rows is read whole otherwise
    sql, params = people.named("Ortiz", "Ana").sql()
    told = " ".join(str(row) for row in database.execute_sql(f"{plan} {sql}", params).fetchall())
    assert "member_last_key_first_key" in told


def test_nothing_is_shown_before_a_reason_and_the_log_has_it_first(client: Client) -> None:
    make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = find(client, CLIENT_ID).click("Ana Ortiz")
    assert page.heading == "Why do you open this?"
    assert "Elm Street" not in page.text
    page = page.submit("Open")
    assert (page.status, page.errors) == (422, ["Enter a reason: a ticket number or a sentence."])
    page = page.fill({"Reason": "Call, ticket 7"}).submit("Open")
    assert page.heading == "Member"
    entry = AuditEntry.get(AuditEntry.action == "open-person")
    assert (entry.subject, entry.detail) == (f"member:{CLIENT_ID}", "Call, ticket 7")
    assert CLIENT_ID not in page.url


def test_numbers_are_masked_until_a_click_that_is_written_down(client: Client) -> None:
    make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = open_ana(client)
    for secret in (CLIENT_ID, "06/15/1990", "8605550100", "12 Elm Street"):
        assert secret not in page.html
    page = page.submit("Reveal: Telephone")
    assert page.facts["Telephone"] == "8605550100"
    assert CLIENT_ID not in page.html
    entry = AuditEntry.get(AuditEntry.action == "reveal")
    assert (entry.subject, entry.detail) == (f"member:{CLIENT_ID}", "phone")


def test_the_member_sees_on_the_profile_that_support_looked(client: Client) -> None:
    ana = make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    open_ana(client)
    looks = profiles.looks_at_record(CLIENT_ID, ana.id)
    assert [(look.portal, look.action) for look in looks] == [("support", "open-person")]


def test_an_opening_is_of_one_session_and_ends_by_itself(
    client: Client, new_client: Any, clock: Hands
) -> None:
    make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    url = open_ana(client).url
    other = new_client()
    at_work(other, staff.MEMBER_SERVICES, "zoe")
    assert other.get(url, status=404).heading == "This page has ended"
    for minutes in (10, 10, 11):
        clock.advance(minutes=minutes)
        page = client.get(url, status=None)
    assert page.status == 404


def test_an_opening_ends_with_the_role_that_found_the_person(client: Client) -> None:
    make_ana()
    max_ = at_work(client, staff.MEMBER_SERVICES)
    page = open_ana(client)
    staff.change_role(max_, staff.PROVIDER_SERVICES, Actor("support", "", None))
    assert client.get(page.url, status=404).heading == "This page has ended"


def test_locks_are_ended_from_the_persons_page(client: Client, settings: Settings) -> None:
    add_ana()
    card = IdCard(CLIENT_ID, "Ana", "Other", date(1990, 6, 15))
    made.lock_registration(settings, card)
    at_work(client, staff.MEMBER_SERVICES)
    page = open_ana(client)
    assert page.submit("Unlock").errors == ["Enter a reason: a ticket number or a sentence."]
    page = page.fill({"Reason": "Knows the date of birth"}).submit("Unlock")
    assert "Unlock" not in page.buttons
    with pytest.raises(registration.EligibilityNotFound):
        registration.identify(card, "a browser", Actor("member", ""), settings.plan, SECRET_KEY)


def test_recovery_a_freeze_and_a_lost_telephone_are_helped(client: Client, settings: Settings) -> None:
    rosa = make_rosa()
    turn_on(rosa)
    account_changes.freeze(rosa, Actor("public", ""), settings.plan)
    run = recovery.Recovery("provider", "", "a run", settings.plan, SECRET_KEY)
    for _ in range(5):
        with suppress(recovery.WrongCode, throttle.MustWait):
            run.take_code("rosa@practice.example", "000000")
    at_work(client, staff.PROVIDER_SERVICES, first_name="Max")
    page = find(client, "rosa").click("Maria Lake").fill({"Reason": "Call"}).submit("Open")
    assert page.facts["Account"] == "Frozen"
    page = page.fill({"Reason": "Spoke with her"}).submit("Open the frozen account")
    assert page.facts["Account"] == "Open"
    page = page.fill({"Reason": "Telephone lost"}).submit("Take the second step off")
    assert not second_factor.is_on(rosa)
    page.fill({"Reason": "Call"}).submit("Unlock")
    assert recovery.lock_ends_in("provider", "rosa@practice.example", SECRET_KEY) == 0
    details = {entry.action: entry.detail for entry in AuditEntry.select()}
    assert details["thaw"] == "Spoke with her"
    assert details["reset-second-factor"] == "Telephone lost"


def test_a_practice_shows_its_people(client: Client) -> None:
    add_provider()
    practices.join_practice(make_rosa(), made.TIN, "Office Manager", "approved")
    at_work(client, staff.PROVIDER_SERVICES)
    for typed in (made.TIN, "elm street"):
        page = find(client, typed).click("Elm Street Family Practice").fill({"Reason": "Call"}).submit("Open")
        assert page.facts["Person"] == "Maria Lake (rosa): Office Manager, approved"


@pytest.mark.parametrize(
    ("role", "typed"),
    [(staff.PROVIDER_SERVICES, CLIENT_ID), (staff.MEMBER_SERVICES, "rosa"), (staff.ELIGIBILITY, "rosa")],
)
def test_a_role_finds_only_those_whom_it_helps(client: Client, role: str, typed: str) -> None:
    make_ana()
    make_rosa()
    at_work(client, role)
    assert names(find(client, typed)) == []


def test_staff_are_found_by_nobody(client: Client) -> None:
    at_work(client)
    assert names(find(client, "max")) == []
    assert Account.select().count() == 1


@pytest.mark.parametrize("url", ["x", "open/0000000000000000", "open/x?search=y", "A" * 22])
def test_made_up_addresses_open_nothing(client: Client, url: str) -> None:
    at_work(client)
    client.get(f"/support/people/{url}", status=404)
    client.post(f"/support/people/{url}", {"go": "thaw", "reason": "x"}, status=404)


def test_a_person_whose_record_is_gone_meanwhile_breaks_nothing(client: Client) -> None:
    ana = make_ana()
    at_work(client, staff.MEMBER_SERVICES)
    page = open_ana(client)
    ana.delete_instance()
    assert client.get(page.url).facts["Account"] == "None yet"
    assert page.submit("Reveal: Telephone").status == 200
