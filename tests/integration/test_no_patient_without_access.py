"""Until approval no patient row by any address, also not by another TIN's: every address of the provider portal, taken
from the URL map, opened by accounts without access to a practice's reports; and the proof that the guard can fail."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.routing import Rule

from reports.catalog import REPORTS
from tests.harness.database import handed_over
from tests.harness.pages import Client
from tests.harness.panel_rows import panel_row, publish_panel
from tests.harness.plan_rows import add_member, add_provider, add_span
from tests.harness.report_rows import generated, publish
from tests.integration.office_walk import make_account, sign_in
from webapp.domain import opaque
from webapp.domain.account.accounts import Account
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor
from webapp.domain.practice import practices, team

MINE, THEIRS = "061110001", "061110003"
NAME, CLIENT_ID = "Verborgen, Hanna", "009999999"
SLUGS = ("adult-diabetes", "patient-panel", "admissions")


@pytest.fixture
def plan(app: Flask) -> None:
    """Two practices; the member is in every report of one of them."""
    add_provider()
    add_provider(npi="1000000020", tin=THEIRS, practice_name="Elsewhere")
    add_member(CLIENT_ID, first_name="Hanna", last_name="Verborgen")
    add_span(CLIENT_ID, date(2025, 1, 1))
    for slug, report in REPORTS.items():
        if slug != "patient-panel" and report.rows != "measures":
            row = generated(slug, 1, member_name=NAME, client_id=CLIENT_ID)
            publish(slug, {THEIRS: [row], MINE: [generated(slug, 2)]})
    publish_panel({THEIRS: [panel_row(CLIENT_ID, NAME)], MINE: [panel_row("001234567", "Lake, Ana")]})


def without_tie(settings: Any) -> Account:
    return make_account("office")


def other_practice(settings: Any) -> Account:
    return make_account("office", MINE)


def removed(settings: Any) -> Account:
    account = make_account("office", MINE, THEIRS)
    manager = make_account("manager", THEIRS)
    practices.join_practice(manager, THEIRS, "Office Manager", "approved")
    tie = practices.tie_of(account, THEIRS)
    assert tie is not None
    team.remove(manager, tie.id, Actor("provider", "", manager.id), settings)
    return account


def tied(access: str) -> Any:
    def make(settings: Any) -> Account:
        account = make_account("office", MINE)
        practices.join_practice(account, THEIRS, "Office Manager", access)
        return account

    return make


ACCOUNTS = {
    "no practice": without_tie,
    "another practice": other_practice,
    "removed": removed,
    **{access: tied(access) for access in practices.STATES if access != "approved"},
}


def addresses(app: Flask, account: Account) -> Iterator[tuple[str, str]]:
    """(method, address) of every route of the portal, each gap filled with what would lead to the member, with and
    without the queries that Reports/Data and Patient Look-up understand."""
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "audience", None) != "provider":
            continue
        for method in sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"}):
            for path in paths(rule, account):
                for query in queries():
                    yield method, f"{path}?{urlencode(query)}"


def paths(rule: Rule, account: Account) -> list[str]:
    session = Session.get_or_none(Session.account == account)
    key = opaque.opaque_key(CLIENT_ID, session.token_hash) if session else "x"
    slugs = SLUGS if "slug" in rule.arguments else ("x",)
    found = []
    for slug in slugs:
        known = {"slug": slug, "key": key}
        numbers = {name: 1 for name in rule.arguments if "Integer" in type(rule._converters[name]).__name__}
        built = rule.build({**{name: known.get(name, "x") for name in rule.arguments}, **numbers})
        assert built is not None
        found.append(built[1])
    return found


def queries() -> list[dict[str, str]]:
    table = {"report": "adult-diabetes", "tin": THEIRS}
    return [{}, table, {**table, "report": "patient-panel", "print": "1", "row": "0.hba1c", "kind": "joined"}]


def answered(client: Client, method: str, url: str) -> str:
    """All that an address gives away, files opened."""
    data = {"csrf_token": client.csrf_token(), "q": "Verborgen", "tin": THEIRS} if method == "POST" else None
    with handed_over():
        response = client.browser.open(url, method=method, data=data, follow_redirects=False, buffered=True)
    body = response.get_data()
    if (response.mimetype or "").endswith("sheet"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in book.namelist())
    return f"{response.headers.get('Location', '')}\n{body.decode(errors='replace')}"


def leaks(app: Flask, client: Client, account: Account) -> list[str]:
    """Addresses that give the member away. What was typed comes back in the field it was typed into: that is no leak,
    so nobody types the Client ID, and the searched name is looked for in a table's cell."""
    found = []
    last = ("/practices/remove", "/sign-out")  # these end what the others are to be tried with
    in_order = sorted(addresses(app, account), key=lambda one: (any(end in one[1] for end in last), one[0]))
    for method, url in in_order:
        if not Session.select().where(Session.account == account).exists():
            sign_in(client)
        text = answered(client, method, url)
        if CLIENT_ID in text or NAME in text:
            found.append(f"{method} {url}")
    return found


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_no_address_gives_a_patient_to_who_may_not_read_that_practice(
    app: Flask, client: Client, plan: None, kind: str
) -> None:
    account = ACCOUNTS[kind](app.config["SETTINGS"])
    sign_in(client)
    assert leaks(app, client, account) == []


def test_that_guard_finds_the_patient_where_access_is_approved(
    app: Flask, client: Client, plan: None
) -> None:
    account = make_account("office", THEIRS)
    sign_in(client)
    found = leaks(app, client, account)
    for part in (
        "GET /providers/reports?report=",
        "GET /providers/reports/adult-diabetes.csv",
        "GET /providers/reports/patient-panel.xlsx",
        "GET /providers/patients/",
    ):
        assert any(address.startswith(part) for address in found), f"{part} is not among {found}"
