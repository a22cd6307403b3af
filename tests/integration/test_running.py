"""What those who run the portal hold on to: the maintenance page, the log, the metrics, proxies, late reports."""

import io
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client import generate_latest

from tests.harness.application import settings as settings_of
from tests.harness.clock import TODAY, Hands
from tests.harness.command_line import Portal
from tests.harness.database import handed_over
from tests.harness.pages import Client
from tests.harness.report_rows import diabetic, publish
from tests.integration.registration_walk import add_ana, to_account
from tests.integration.support_walk import at_work
from webapp import logs, metrics
from webapp.config import SettingsError, read_settings
from webapp.domain import outbox
from webapp.domain.audit import AuditEntry
from webapp.domain.operations import freshness, waiting
from webapp.domain.outbox import OutboxMessage

OPERATOR = "[mail]\noperator_address = 'operator@plan.example'\n"


# --- the maintenance page -------------------------------------------------------------------------------


def test_the_portal_closes_for_members_and_practices_and_opens_again(
    portal: Portal, client: Client, new_client: Any
) -> None:
    portal("maintenance", "on", "Back at 10 p.m.", "--es", "Volvemos a las 10 p. m.", "--minutes", "45")
    for path in ("/", "/members/login", "/providers/login", "/members/register/validation"):
        page = client.get(path, status=503)
        assert page.heading == "The portal is closed for a while"
        assert "Back at 10 p.m." in page.text
        assert page.response.headers["Retry-After"] == "2700"
    assert client.browser.get("/health").status_code == 200
    assert client.get("/support/login").heading
    spanish = new_client(language="es").get("/members/login?lang=es", status=503)
    assert "Volvemos a las 10 p. m." in spanish.text
    portal("maintenance", "off")
    assert client.get("/members/login").status == 200
    assert [row.action for row in AuditEntry.select().where(AuditEntry.action.startswith("maintenance"))] == [
        "maintenance-on",
        "maintenance-off",
    ]


def test_a_form_sent_while_the_portal_is_closed_changes_nothing(portal: Portal, client: Client) -> None:
    add_ana()
    page = to_account(client)
    portal("maintenance", "on")
    closed = page.submit("Next")
    assert (closed.status, "Nothing you saved is lost" in closed.text) == (503, True)
    portal("maintenance", "off")
    assert client.get("/members/register/account").heading.startswith("STEP 3 OF 4")


# --- the log ----------------------------------------------------------------------------------------------


@pytest.fixture
def log() -> Iterator[Callable[[], list[str]]]:
    """Writes the log as a server does; returns its lines."""
    root, written = logging.getLogger(), io.StringIO()
    before, raising = list(root.handlers), logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in (None, "portal", "portal.request")}
    logs.install("requests", written)
    yield lambda: written.getvalue().splitlines()
    root.handlers[:], logging.raiseExceptions = before, raising
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_each_request_is_one_line_without_path_address_or_what_was_typed(
    client: Client, log: Callable[[], list[str]]
) -> None:
    add_ana()
    to_account(client)
    client.get("/account/freeze/a-token-of-somebody", status=None)
    lines = log()
    assert any("endpoint=member.register" in line and "status=200" in line for line in lines), lines
    assert all("ref=" in line and " ms=" in line for line in lines if "logger=portal.request" in line)
    text = "\n".join(lines)
    for secret in ("Ortiz", "001234567", "1990", "a-token-of", "/members", "127.0.0.1"):
        assert secret not in text


def test_the_reference_on_an_error_page_is_that_of_the_log(
    client: Client, log: Callable[[], list[str]]
) -> None:
    with handed_over():
        shown = client.browser.get("/no-such-page").get_data(as_text=True)
    (line,) = [line for line in log() if "status=404" in line]
    reference = line.partition("ref=")[2].split()[0]
    assert len(reference) == 8
    assert reference in shown


def test_an_exception_is_logged_by_kind_and_place_never_by_its_words(log: Callable[[], list[str]]) -> None:
    try:
        raise ValueError("Ana Ortiz, 001234567")
    except ValueError:
        logging.getLogger("portal").exception("unexpected")
    lines = log()
    assert len(lines) == 1, lines
    line = lines[0]
    assert "exception=ValueError" in line
    assert "test_running.py" in line
    assert "Ortiz" not in line


def test_without_the_setting_requests_are_not_logged(client: Client, log: Callable[[], list[str]]) -> None:
    logs.REQUESTS.setLevel(logging.ERROR)
    client.get("/members/login")
    assert log() == []


# --- metrics ----------------------------------------------------------------------------------------------


def scraped(app: Flask) -> dict[str, float]:
    """What a scrape finds, by name with labels."""
    lines = generate_latest(metrics.registry(app.config["SETTINGS"])).decode().splitlines()
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


def test_requests_are_counted_by_endpoint_and_status_never_by_path(app: Flask, client: Client) -> None:
    before = scraped(app).get('portal_request_seconds_count{endpoint="member.login",status="200"}', 0)
    client.get("/members/login")
    with handed_over():
        client.browser.get("/wp-admin")
    after = scraped(app)
    assert after['portal_request_seconds_count{endpoint="member.login",status="200"}'] == before + 1
    assert 'portal_request_seconds_count{endpoint="none",status="404"}' in after
    assert not [name for name in after if "wp-admin" in name or "/members" in name]


def test_what_waits_is_measured(app: Flask, client: Client, clock: Hands) -> None:
    outbox.queue(sender="a@b.example", recipient="x@y.example", subject="Code", body="", language="en")
    at_work(client)
    publish("adult-diabetes", {"061110001": [diabetic(1)]})
    waiting.note_worker()
    clock.advance(minutes=10)
    found = scraped(app)
    assert found["portal_database_up"] == 1
    assert found["portal_outbox_waiting"] >= 1
    assert 600 <= found["portal_outbox_oldest_seconds"] < 660
    assert found["portal_audit_unsealed_oldest_seconds"] >= 600
    assert found["portal_worker_seen_seconds"] >= 600
    assert found['portal_sessions{portal="support"}'] == 1
    assert found['portal_report_age_days{report="adult-diabetes"}'] == 0
    assert found['portal_report_late{report="admissions"}'] == 1, "never computed, beside one that was"
    assert found["portal_maintenance"] == 0


def test_metrics_are_off_unless_an_address_is_set(database_url: str) -> None:
    assert settings_of(database_url).metrics is None
    assert settings_of(database_url, PORTAL_METRICS="[::1]:9100").metrics == ("::1", 9100)
    with pytest.raises(SettingsError, match="PORTAL_METRICS must look like"):
        settings_of(database_url, PORTAL_METRICS="9100/metrics")


# --- proxies ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("forwarded", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),  # what stands left of it the client wrote itself
        ("203.0.113.7, 10.0.0.2", "203.0.113.7"),  # two proxies of ours
        ("2001:db8::7", "2001:db8::7"),
        ("drop table", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_the_clients_address_is_what_a_trusted_proxy_says(
    make_app: Callable[..., Flask], forwarded: str, found: str
) -> None:
    browser = make_app(PORTAL_PROXIES="127.0.0.0/8, 10.0.0.0/8").test_client()
    with handed_over():
        browser.get("/members/home", headers={"X-Forwarded-For": forwarded})
    assert AuditEntry.get().address == found


@pytest.mark.parametrize("proxies", ["", "10.0.0.0/8"])
def test_nobody_else_is_believed(make_app: Callable[..., Flask], proxies: str) -> None:
    browser = make_app(PORTAL_PROXIES=proxies).test_client()
    with handed_over():
        browser.get("/members/home", headers={"X-Forwarded-For": "203.0.113.7"})
    assert AuditEntry.get().address == "127.0.0.1"


def test_a_proxy_that_is_no_address_is_refused() -> None:
    with pytest.raises(SettingsError, match="PORTAL_PROXIES"):
        read_settings({"PORTAL_PROXIES": "nginx"})


# --- late reports -----------------------------------------------------------------------------------------


@pytest.fixture
def plan_file(tmp_path: Any) -> str:
    file = tmp_path / "plan.toml"
    file.write_text(OPERATOR)
    return str(file)


def test_a_late_report_is_shown_measured_and_told_once_a_day(
    app: Flask, client: Client, database_url: str, clock: Hands, plan_file: str
) -> None:
    own = settings_of(database_url, PORTAL_PLAN=plan_file)
    for slug in ("admissions", "patient-panel"):
        publish(slug, {})
    assert not [age for age in freshness.ages(own.plan) if age.is_late and age.as_of]
    clock.set_today(TODAY + timedelta(days=5))
    late = [age.slug for age in freshness.ages(own.plan) if age.is_late and age.as_of]
    assert late == ["admissions"], "the daily one; the monthly one has time"
    assert freshness.tell_operator(own)
    assert not freshness.tell_operator(own), "once a day"
    mail = OutboxMessage.get()
    assert mail.recipient == "operator@plan.example"
    assert "- admissions: 5 days old, 4 allowed" in mail.body
    clock.set_today(TODAY + timedelta(days=6))
    assert freshness.tell_operator(own), "and again the next day"
    at_work(client)
    shown = {
        row["Report"]: row["As of"] for row in client.get("/support/data").table("Reports that are served")
    }
    assert next(v for k, v in shown.items() if "Panel" in k) == "03/25/2026"
    assert next(v for k, v in shown.items() if k.startswith("Daily Admission")) == "Late 03/25/2026"


def test_nobody_is_told_without_an_address(app: Flask, clock: Hands) -> None:
    publish("admissions", {})
    clock.set_today(TODAY + timedelta(days=50))
    assert not freshness.tell_operator(app.config["SETTINGS"])
