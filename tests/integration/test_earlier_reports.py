"""Serving an earlier refresh again: whole, at once, by a supervisor with a reason; nobody who opted out shows again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask

from reports import snapshot, store
from reports.tables import ATTRIBUTION, ReportPublished, ReportSnapshot
from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.report_rows import diabetic, generated, publish_together
from tests.integration.profile_walk import make_rosa, sign_in
from tests.integration.support_walk import acting, at_work, make_staff
from webapp.domain.audit import AuditEntry
from webapp.domain.db import connected
from webapp.domain.member import consent
from webapp.domain.practice import practices
from webapp.domain.support import earlier_reports, staff

TIN = "061110001"
FEBRUARY, MARCH, TODAY = date(2026, 2, 28), date(2026, 3, 20), date(2026, 3, 25)
DIABETES, PANEL, ADMISSIONS = "adult-diabetes", "patient-panel", "admissions"


@pytest.fixture
def client(browser: Client) -> Client:
    """Every step the same with HTMX and without."""
    return browser


@pytest.fixture
def refreshes(app: Flask, clock: Hands) -> None:
    """Two refreshes of all, then one of the admissions alone."""
    refresh(FEBRUARY, 3)
    refresh(MARCH, 5)
    publish_together(TODAY, {ADMISSIONS: {TIN: [generated(ADMISSIONS, 1)]}}, attribution=False)


def refresh(day: date, rows: int, *, admissions: bool = True) -> None:
    reports = {
        DIABETES: {TIN: [diabetic(number) for number in range(rows)]},
        PANEL: {TIN: [generated(PANEL, number) for number in range(rows)]},
    }
    publish_together(day, reports | ({ADMISSIONS: {TIN: []}} if admissions else {}))


def served() -> dict[str, date]:
    found = snapshot.all_published([DIABETES, PANEL, ADMISSIONS])
    return {one.slug: one.as_of for one in found}


def offered(page: Page) -> list[tuple[str, str]]:
    rows = page.table("What is kept") if "What is kept" in page.text else []
    return [(row["What"].split(" 0")[0], row["As of"]) for row in rows]


def confirmed(client: Client, what: str) -> Page:
    """The page that says what would change."""
    page = client.get("/support/data")
    links = page.main.xpath(f".//table[caption='What is kept']//a[starts-with(., '{what}')]/@href")
    return client.get(links[0])


def test_an_earlier_refresh_is_served_whole_after_a_reason(client: Client, refreshes: None) -> None:
    at_work(client)
    page = confirmed(client, "All reports")
    rows = {row["Report"]: row["Then as of"] for row in page.table("What practices would see")}
    assert rows["Adult Diabetes Screening Tests"] == "02/28/2026"
    assert page.submit("Serve this again").errors == ["Enter a reason: a ticket number or a sentence."]
    assert set(served().values()) == {MARCH, TODAY}
    page = page.fill({"Reason": "Wrong extract, ticket 3"}).submit("Serve this again")
    assert "It is served from now on." in page.notices[0]
    assert "An earlier refresh is served." in page.text
    assert set(served().values()) == {FEBRUARY}
    entry = AuditEntry.get(AuditEntry.action == "publish-earlier")
    assert entry.detail == "all reports as of 2026-02-28: Wrong extract, ticket 3"
    assert "Wrong extract, ticket 3" in page.text


def test_what_was_refreshed_alone_goes_back_alone(client: Client, refreshes: None) -> None:
    at_work(client)
    page = confirmed(client, "Daily Admission and Discharge Report")
    rows = {row["Report"]: row["Then as of"] for row in page.table("What practices would see")}
    assert (rows["Daily Admission and Discharge Report"], rows["Adult Diabetes Screening Tests"]) == (
        "03/20/2026",
        "as now",
    )
    page.fill({"Reason": "Sent twice"}).submit("Serve this again")
    assert set(served().values()) == {MARCH}


def test_what_is_served_always_went_together(client: Client, refreshes: None) -> None:
    at_work(client)
    while "All reports" in {what for what, _day in offered(client.get("/support/data"))}:
        confirmed(client, "All reports").fill({"Reason": "Back and forth"}).submit("Serve this again")
        belongs = ReportSnapshot.select(ReportSnapshot.attribution_id).join(
            ReportPublished, on=(ReportPublished.snapshot_id == ReportSnapshot.id)
        )
        assert {number for (number,) in belongs.tuples()} == {store.served_attribution()}
        if served()[DIABETES] == MARCH:
            break
    assert served() == {DIABETES: MARCH, PANEL: MARCH, ADMISSIONS: TODAY}


def test_a_report_that_the_earlier_refresh_had_not_is_not_shown(client: Client, clock: Hands) -> None:
    refresh(FEBRUARY, 3, admissions=False)
    refresh(MARCH, 5)
    at_work(client)
    page = confirmed(client, "All reports")
    rows = {row["Report"]: row["Then as of"] for row in page.table("What practices would see")}
    assert rows["Daily Admission and Discharge Report"] == "not shown until the next refresh"
    page.fill({"Reason": "Wrong extract"}).submit("Serve this again")
    assert served() == {DIABETES: FEBRUARY, PANEL: FEBRUARY}
    client.get("/support/data")


def test_the_next_refresh_publishes_anew_and_what_it_needs_is_kept(refreshes: None) -> None:
    max_ = make_staff()
    first = next(offer for offer in earlier_reports.offers() if offer.report is None)
    earlier_reports.publish(first.id, "Wrong extract", acting(max_))
    for day in range(21, 25):
        publish_together(date(2026, 3, day), {ADMISSIONS: {TIN: []}}, attribution=False)
        store.tidy()
    assert served()[DIABETES] == FEBRUARY
    refresh(TODAY, 7)
    store.tidy()
    assert set(served().values()) == {TODAY}
    assert [offer.as_of for offer in earlier_reports.offers() if offer.report is None] == [MARCH]


def test_who_opted_out_since_then_does_not_show_again(
    client: Client, new_client: Any, refreshes: None
) -> None:
    rosa = make_rosa()
    practices.join_practice(rosa, TIN, "Office Staff", "approved")
    gone = diabetic(1)["client_id"]
    consent.opt_out([gone])
    consent.note_reflected([gone])  # the refresh of March went without the member
    at_work(client)
    confirmed(client, "All reports").fill({"Reason": "Wrong extract"}).submit("Serve this again")
    office = new_client()
    sign_in(office)
    page = office.get(f"/providers/reports?report={DIABETES}&tin={TIN}")
    assert len(page.main.xpath(".//tbody/tr")) == 2
    assert gone not in page.html
    assert gone not in office.get(f"/providers/reports/{DIABETES}.csv?tin={TIN}").html


def test_a_consent_that_ended_since_then_shows_nothing_again(refreshes: None) -> None:
    given = consent.give_consent("001234567", "hiv")
    consent.withdraw_consent("001234567", given.id)
    consent.note_consents_reflected([], TODAY)
    from reports.catalog import REPORTS

    sensitive = next(
        report for report in REPORTS.values() if any(column.sensitive for column in report.columns)
    )
    assert consent.withheld_now(sensitive, [TIN]) == ()
    first = next(offer for offer in earlier_reports.offers() if offer.report is None)
    earlier_reports.publish(first.id, "Wrong extract", acting(make_staff()))
    assert consent.withheld_now(sensitive, [TIN]) == ("001234567",)


def test_while_a_refresh_is_at_work_nothing_changes(client: Client, refreshes: None) -> None:
    at_work(client)
    page = confirmed(client, "All reports").fill({"Reason": "Wrong extract"})
    with store.only_one_refresh():
        page = page.submit("Serve this again")
    assert page.errors == ["A refresh is at work. Nothing was changed. Try again when it has finished."]
    assert page.form("Serve this again").values["reason"] == "Wrong extract"
    assert served()[DIABETES] == MARCH


def test_readers_meet_the_one_or_the_other_and_never_a_mix(app: Flask, refreshes: None) -> None:
    who = acting(make_staff())

    def read() -> Iterator[set[date]]:
        with connected():
            for _ in range(60):
                yield {one.as_of for one in snapshot.all_published([DIABETES, PANEL])}

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(lambda: list(read())) for _ in range(2)]
        for _ in range(6):
            offer = next(offer for offer in earlier_reports.offers() if offer.report is None)
            earlier_reports.publish(offer.id, "Back and forth", who)
        seen = [days for reader in readers for days in reader.result()]
    assert all(len(days) == 1 for days in seen)


def test_what_is_served_or_gone_is_not_offered(client: Client, refreshes: None) -> None:
    at_work(client)
    now = ReportPublished.get(ReportPublished.slug == ATTRIBUTION).snapshot_id
    for number in (now, 999_999, 0):
        client.get(f"/support/data/publish/{number}", status=404)


def test_supervisors_alone_serve_an_earlier_refresh(client: Client, refreshes: None) -> None:
    at_work(client, staff.ELIGIBILITY)
    assert offered(client.get("/support/data")) == []
    first = earlier_reports.offers()[0]
    client.get(f"/support/data/publish/{first.id}", status=403)
    client.post(f"/support/data/publish/{first.id}", {"reason": "x"}, status=403)
    assert served()[DIABETES] == MARCH
