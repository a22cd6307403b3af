"""Patient Reports: the alert, Web Support's request form, the states shown, and what becomes of access that is lost."""

from datetime import timedelta
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from tests.integration.office_walk import ALSO_MINE, MINE, make_account, sign_in
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.practice import access_requests, practices, team

SUPPORT = Actor("support", "", 900)
ATTEST = (
    "I work for this practice and need these reports for my work there. I will look only at what I need, "
    "keep it private as the law asks, and share my password with nobody."
)
PRACTICES = "Practice and Tax ID Number (TIN)"
REASON = "What do you need the reports for?"


@pytest.fixture
def nurse(app: Any, client: Client) -> Account:
    """Signed in; works for two practices, has asked for neither."""
    add_provider()
    add_provider(npi="1000000012", tin=ALSO_MINE, practice_name="Oak Street")
    publish("adult-diabetes", {MINE: [diabetic(1)], ALSO_MINE: [diabetic(2)]})
    account = make_account("nurse", MINE, ALSO_MINE, access="none")
    sign_in(client, "nurse")
    return account


def asked(client: Client, **changes: Any) -> Page:
    """The request form, filled in and sent."""
    values = {
        "I am a(n):": "Nurse/Medical Assistant",
        PRACTICES: [f"Elm Street Family Practice – {MINE}"],
        REASON: "I call members who are due",
        ATTEST: True,
        **changes,
    }
    return client.get("/providers/access").fill(values).submit("Send the request")


def request_of(account: Account) -> int:
    return int(account.access_requests.order_by(access_requests.ReportAccessRequest.id.desc()).get().id)


def said(page: Page, label: str) -> list[str]:
    """Every value of a label on the page, practice by practice."""
    return [
        " ".join(one.getnext().text_content().split())
        for one in page.main.iter("dt")
        if one.text_content() == label
    ]


def test_the_alert_leads_to_web_support_and_the_request_is_shown(client: Client, nurse: Account) -> None:
    page = client.get("/providers/reports")
    assert page.notices[0].startswith("ALERT!")
    assert page.click("Web Support").heading == "Patient Reports"
    page = asked(client)
    assert page.notices == ["We have your request. You will get an email when it is decided."]
    assert said(page, "Report access") == ["Requested", "Not requested"]
    assert said(page, "Asked for on") == ["03/25/2026"]
    assert "You asked for access to patient reports on 03/25/2026." in client.get("/providers/reports").text


def test_approved_access_opens_the_table(client: Client, nurse: Account, settings: Any) -> None:
    asked(client)
    client.get(f"/providers/reports?report=adult-diabetes&tin={MINE}", status=404)
    access_requests.approve(request_of(nurse), "Confirmed", SUPPORT, settings)
    page = client.get("/providers/access")
    assert said(page, "Report access") == ["Approved", "Not requested"]
    assert said(page, "To be renewed by") == ["03/25/2027"]
    assert len(page.click("Reports/Data").click("Adult Diabetes Screening Tests").table()) == 1
    client.get(f"/providers/reports?report=adult-diabetes&tin={ALSO_MINE}", status=404)


def test_a_refusal_shows_its_reason_and_the_form_again(client: Client, nurse: Account, settings: Any) -> None:
    asked(client)
    access_requests.refuse(request_of(nurse), "Ask <your> manager to call us", SUPPORT, settings)
    page = client.get("/providers/access")
    assert said(page, "Report access") == ["Refused", "Not requested"]
    assert "Ask <your> manager to call us" in page.text
    assert said(asked(client), "Report access") == ["Requested", "Not requested"]


def test_expired_access_is_shown_and_may_be_asked_for_again(
    client: Client, nurse: Account, settings: Any, clock: Hands
) -> None:
    practices.join_practice(nurse, MINE, "Office Staff", "approved")
    a_year_ago = clock.now() - timedelta(days=366)
    practices.PracticeAccess.update(changed_at=a_year_ago).where(
        practices.PracticeAccess.tin == MINE
    ).execute()
    access_requests.expire_due(settings)
    assert said(client.get("/providers/access"), "Report access") == ["Expired", "Not requested"]
    assert said(asked(client), "Report access") == ["Requested", "Not requested"]


def test_two_practices_are_asked_for_in_one_go(client: Client, nurse: Account) -> None:
    page = asked(client, **{PRACTICES: [f"Elm Street Family Practice – {MINE}", f"Oak Street – {ALSO_MINE}"]})
    assert "We have your requests." in page.notices[0]
    assert said(page, "Report access") == ["Requested", "Requested"]
    assert "nothing to ask for now" in page.text


def test_each_field_says_what_is_missing_and_nothing_typed_is_lost(client: Client, nurse: Account) -> None:
    page = asked(client, **{"I am a(n):": "", PRACTICES: [], REASON: "", ATTEST: False})
    assert page.status == 422
    assert page.errors == [
        "Choose your role.",
        "Choose the practice whose reports you need.",
        "Say in a few words what you need the reports for.",
        "Check this box to ask for access.",
    ]
    page = asked(client, **{REASON: "Outreach", ATTEST: False})
    assert page.errors == ["Check this box to ask for access."]
    assert page.form("Send the request").values["reason"] == "Outreach"
    assert page.form("Send the request").values["tins"] == MINE


@pytest.mark.parametrize("text", ["x" * 10_000, "x" * 501])
def test_a_letter_instead_of_a_reason_is_refused_kindly(client: Client, nurse: Account, text: str) -> None:
    page = asked(client, **{REASON: text})
    assert page.errors == [f"Use at most 500 characters; there are {len(text)}."]
    assert page.form("Send the request").values["reason"] == text


@pytest.mark.parametrize("text", ["'\"<b>&", "Привет, 你好", "a\x00b\x1b\u202e"])
def test_any_characters_may_stand_in_the_reason(client: Client, nurse: Account, text: str) -> None:
    assert said(asked(client, **{REASON: text}), "Report access") == ["Requested", "Not requested"]


@pytest.mark.parametrize("tin", ["061110003", "000000000", "x'--", "\x00", "9" * 10_000])
def test_a_forged_tax_id_is_refused_and_noted(client: Client, nurse: Account, tin: str) -> None:
    data = {"role": "Other", "tins": [MINE, tin], "reason": "Outreach", "attested": "y"}
    page = client.post("/providers/access", data, status=422)
    assert page.errors == ["Choose from the practices of your account."]
    assert said(page, "Report access") == ["Not requested", "Not requested"]
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    assert (entry.action, entry.outcome) == ("report-access-ask", "refused")


def test_a_made_up_role_is_refused(client: Client, nurse: Account) -> None:
    data = {"role": "Supervisor", "tins": [MINE], "reason": "Outreach", "attested": "y"}
    assert client.post("/providers/access", data, status=422).errors == ["Choose your role."]


def test_who_opens_reports_that_are_lost_is_told_since_when(
    client: Client, nurse: Account, settings: Any
) -> None:
    practices.join_practice(nurse, MINE, "Office Staff", "approved")
    url = f"/providers/reports?report=adult-diabetes&tin={MINE}"
    client.get(url)
    access_requests.revoke(nurse, MINE, "Left the practice", SUPPORT, settings)
    page = client.get(url, status=404)
    assert "Since 03/25/2026 you cannot read the reports of Elm Street Family Practice." in page.notices[0]
    assert "Left the practice" in client.get("/providers/access").text


def test_who_was_removed_is_told_on_the_next_page(client: Client, nurse: Account, settings: Any) -> None:
    practices.join_practice(nurse, MINE, "Office Staff", "approved")
    manager = make_account("manager", MINE)
    practices.join_practice(manager, MINE, "Office Manager", "approved")
    tie = practices.tie_of(nurse, MINE)
    assert tie is not None
    url = f"/providers/reports?report=adult-diabetes&tin={MINE}"
    assert "Member01, Ana" in client.get(url).text
    team.remove(manager, tie.id, Actor("provider", "", manager.id), settings)
    page = client.get(url, status=404)
    assert "you no longer work for Elm Street Family Practice" in page.notices[0]
    for path in ("home", "practices", "access", "team"):
        assert "you no longer work for Elm Street Family Practice" in client.get(f"/providers/{path}").text


def test_with_htmx_too_the_whole_page_says_what_became_of_the_access(
    htmx_client: Client, nurse: Account, settings: Any
) -> None:
    practices.join_practice(nurse, MINE, "Office Staff", "approved")
    sign_in(htmx_client, "nurse")
    url = f"/providers/reports?report=adult-diabetes&tin={MINE}"
    htmx_client.get(url, htmx=True, target="div#report")
    access_requests.revoke(nurse, MINE, "Left the practice", SUPPORT, settings)
    page = htmx_client.get(url, htmx=True, target="div#report")
    assert "Since 03/25/2026 you cannot read the reports" in page.notices[0]
    assert page.notices[1].startswith("ALERT!")


def test_an_account_without_a_practice_is_led_to_adding_one(client: Client, app: Any) -> None:
    make_account("alone")
    sign_in(client, "alone")
    page = client.get("/providers/access")
    assert page.click("Practices").heading
    assert "Send the request" not in page.buttons
