"""The profile of members and practices: where it leads, recent sign-ins, who looked, leaving."""

import re
from typing import Any

from tests.harness.pages import Client
from tests.harness.plan_rows import add_provider
from tests.integration.profile_walk import (
    NEW_PASSWORD,
    PASSWORD,
    WRONG,
    ask_email,
    change_password,
    entries,
    fresh,
    last_mail,
    mailed_code,
    make_rosa,
    open_page,
    sign_in,
)
from tests.integration.registration_walk import CLIENT_ID
from webapp.domain import audit
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.reporting import report_mails


def test_the_profile_leads_to_every_change(person: Client, side: str) -> None:
    page = person.get(f"/{side}s/profile")
    links = page.links()
    own = {"provider": ["Change: Secret Question", "Change: Second step of signing in"], "member": []}[side]
    both = [f"Change: {what}" for what in ("Email Address", "Password", "Language")]
    for label in [*both, *own, "Recent sign-ins", "Sign out everywhere"]:
        assert label in links
        assert page.click(label).status == 200


def test_the_profile_in_spanish_speaks_of_one_password_and_of_several_questions(
    ana: Account, client: Client
) -> None:
    facts = client.get("/members/profile?lang=es").facts
    assert facts["Contraseña"] == "Guardada"
    assert facts["Preguntas de seguridad"] == "Guardadas"


def test_a_telephone_calls_about_who_looked_at_a_press(ana: Account, client: Client) -> None:
    assert client.get("/members/profile/looks").links()["1.800.859.9889"] == "tel:1.800.859.9889"


def test_a_member_may_close_the_account_and_sees_who_looked(ana: Account, client: Client) -> None:
    links = client.get("/members/profile").links()
    assert {"Who looked at your record", "Close your account"} <= set(links)


def test_a_practices_person_sees_who_looked_but_does_not_close_the_account(
    rosa: Account, client: Client
) -> None:
    assert "Who looked at your account" in client.get("/providers/profile").links()
    assert client.browser.get("/providers/profile/close").status_code == 404


def test_the_switch_for_mail_about_reports_is_still_there(rosa: Account, client: Client) -> None:
    page = client.get("/providers/profile")
    page = page.fill({"Send me an email when new reports are ready": False}).submit("Save")
    assert page.notices == ["You will get no email about new reports."]
    assert not report_mails.is_wanted(rosa)


def test_the_profile_says_until_when_the_password_is_good(rosa: Account, client: Client) -> None:
    assert client.get("/providers/profile").facts["Password"].startswith("Change it by 06/23/2026")


def test_recent_sign_ins_and_refused_tries_are_listed_with_browser_and_address(
    account: Account, side: str, client: Client, new_client: Any
) -> None:
    client.browser.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0"
    sign_in(new_client(address="203.0.113.9"), side, "wrong")
    sign_in(client, side)
    told = entries(open_page(client, side, "sign-ins"))
    assert [what for what, _when in told] == ["Signed in", "Refused: the password was not right"]
    assert re.fullmatch(r"03/2\d/2026 \d+:\d\d\s[AP]M Firefox, Linux 127\.0\.0\.1", told[0][1])
    assert told[1][1].endswith("203.0.113.9")


def test_nobody_elses_sign_ins_are_listed(rosa: Account, client: Client, new_client: Any) -> None:
    make_rosa(username="other", email="other@practice.example")
    other = new_client()
    other.get("/providers/login").fill({"Username": "other", "Password": PASSWORD}).submit("Login")
    assert len(entries(open_page(client, "provider", "sign-ins"))) == 1


def test_the_audit_log_keeps_no_whole_description_of_a_browser(rosa: Account) -> None:
    entry = AuditEntry.get(AuditEntry.action == "sign-in")
    assert "Mozilla" not in entry.detail
    assert "Werkzeug" not in entry.detail


def test_a_member_sees_who_else_opened_the_record(ana: Account, client: Client) -> None:
    add_provider()
    page = open_page(client, "member", "looks")
    assert "Nobody else has opened your record" in page.text
    subject = f"member:{CLIENT_ID}"
    audit.record(Actor("member", "127.0.0.1", ana.id), "open-member", subject=subject)
    audit.record(Actor("provider", "127.0.0.1", 77), "open-member", subject=subject, detail="tin 061110001")
    audit.record(Actor("support", "127.0.0.1", 78), "imitate", subject=subject, detail="ticket 12")
    audit.record(Actor("member", "127.0.0.1", 79), "open-member", subject=subject)
    audit.record(Actor("provider", "127.0.0.1", 77), "open-member", "refused", subject=subject)
    audit.record(Actor("provider", "127.0.0.1", 77), "open-member", subject="member:009999999")
    told = entries(open_page(client, "member", "looks"))
    assert [(re.sub(r" 03/.*", "", who), what) for what, who in told] == [
        ("The head of your household", "Opened your record"),
        ("Our support staff", "Looked at the portal as you see it"),
        ("Elm Street Family Practice", "Opened your record"),
    ]


def test_signing_out_everywhere_ends_every_session(
    person: Client, side: str, account: Account, new_client: Any
) -> None:
    other = new_client()
    sign_in(other, side)
    page = open_page(person, side, "sign-out").submit("Sign out everywhere")
    assert page.path == f"/{side}s/login"
    assert page.notices == ["You are signed out on every computer and phone."]
    assert other.get(f"/{side}s/profile").path == f"/{side}s/login"
    assert AuditEntry.select().where(AuditEntry.action == "sign-out-everywhere").count() == 1


def test_a_closed_account_opens_no_more_and_the_member_may_register_again(
    ana: Account, client: Client
) -> None:
    page = open_page(client, "member", "close")
    page = page.fill({"Your present password": PASSWORD}).submit("Close my account")
    assert page.errors == ["Check the box if you want to close your account."]
    page = page.fill({"Your present password": PASSWORD, "Yes, close my account": True})
    page = page.submit("Close my account")
    assert (page.path, page.notices) == ("/members/login", ["Your account is closed."])
    assert client.get("/members/home").path == "/members/login"
    assert sign_in(client, "member").errors == ["The username or the password is not right. Try again."]
    assert last_mail().recipient == "ana@example.com"
    row = fresh(ana)
    assert (row.client_id, row.email, row.password_hash) == (None, "", "")
    assert SecurityAnswer.select().count() == 0
    make_rosa(portal="member", username="ana", email="ana@example.com", client_id=CLIENT_ID)
    assert sign_in(client, "member").path == "/members/home"


def test_with_htmx_the_pages_are_parts_and_end_at_the_same_places(app: Any, htmx_client: Client) -> None:
    make_rosa()
    sign_in(htmx_client)
    page = change_password(open_page(htmx_client, "provider", "password"), present="wrong")
    assert page.fragment
    assert page.errors == [WRONG]
    page = change_password(open_page(htmx_client, "provider", "password"))
    assert (page.path, page.notices[0]) == ("/providers/profile", "Your password is changed.")
    page = ask_email(open_page(htmx_client, "provider", "email"), "new@example.com", present=NEW_PASSWORD)
    page = page.fill({"Verification code": mailed_code()}).submit("Change email address")
    assert page.facts["Email Address"] == "new@example.com"
