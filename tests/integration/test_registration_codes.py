"""Registration codes: what one fills in, what it grants, and what is said when it does not work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.pages import Client, Page
from tests.integration.signup_walk import ACCOUNT, OTHER, PERSON, TIN, add_all, add_practice
from webapp import clock as portal_clock
from webapp.config import read_settings
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import practices, registration_codes
from webapp.domain.practice.registration_codes import CodeNotLive, RegistrationCode

PLAN = read_settings({}).plan
ACTOR = Actor("provider", "127.0.0.1")
BASE = "http://localhost"


@pytest.fixture
def manager(app: Any) -> Account:
    add_practice()
    account = accounts.create_account(
        portal="provider",
        username="manager",
        password="Lantern-5252",
        email="manager@example.org",
        first_name="Nadia",
        last_name="Brandt",
    )
    practices.join_practice(account, TIN, "Office Manager", "approved")
    return account


def invite(issuer: Account | None, *tins: str, role: str = "Office Staff") -> str:
    """The code of a new invitation, read from its mail."""
    registration_codes.issue(issuer, tins or (TIN,), role, "new.hire@example.org", "en", ACTOR, PLAN, BASE)
    return code_in_mail()


def code_in_mail() -> str:
    body = OutboxMessage.select().order_by(OutboxMessage.id.desc()).get().body
    return next(line for line in body.splitlines() if line.count("-") == 3 and len(line) == 19)


def sign_up(client: Client, code: str) -> Page:
    """Through all six steps with a code; the page after Finish."""
    page = client.get(f"/providers/signup/license-agreement?code={code}").submit("Agree")
    page = page.fill(PERSON).submit("Next").submit("Next")
    page = page.fill({"I am a(n)": RegistrationCode.get().role}).submit("Next")
    return page.fill(ACCOUNT).submit("Next").submit("Finish")


def access() -> list[tuple[str, str, str]]:
    new = Account.get(Account.username == ACCOUNT["Username"])
    return [(tie.tin, tie.role, tie.report_access) for tie in practices.practices_of(new)]


@pytest.mark.parametrize("htmx", [False, True], ids=["without JavaScript", "with HTMX"])
def test_a_code_fills_in_step_three_and_grants_report_access_on_finish(
    manager: Account, new_client: Any, htmx: bool
) -> None:
    client = new_client(htmx=htmx)
    page = client.get("/providers/login").fill({"Registration code": invite(manager)}).submit("Register")
    assert page.heading == "STEP 1 OF 6: LICENSE AGREEMENT"
    assert "Your registration code works" in page.text
    page = page.submit("Agree").fill(PERSON).submit("Next")
    assert "Provider TIN xxxxx0001 Elm Street Family Practice, 3 providers" in page.text
    page = page.submit("Next")
    assert "Your registration code is for this role: Office Staff." in page.text
    refused = page.fill({"I am a(n)": "Office Manager"}).submit("Next")
    assert refused.errors == ["Your registration code is for this role: Office Staff. Choose it."]
    page = refused.fill({"I am a(n)": "Office Staff"}).submit("Next")
    page = page.fill(ACCOUNT).submit("Next").submit("Finish")
    assert page.heading == "Welcome, Nora"
    assert access() == [(TIN, "Office Staff", "approved")]
    row = RegistrationCode.get()
    assert (row.state, row.used_by.username) == ("used", ACCOUNT["Username"])
    assert AuditEntry.select().where(AuditEntry.action == "registration-code-use").count() == 1


@pytest.mark.parametrize("change", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_a_code_may_be_typed_with_spaces_and_in_small_letters(
    manager: Account, client: Client, change: Callable[[str], str]
) -> None:
    code = change(invite(manager))
    page = client.get("/providers/login").fill({"Registration code": code}).submit("Register")
    assert "Your registration code works" in page.text


def test_the_code_is_in_the_mail_and_nowhere_else(manager: Account) -> None:
    code = invite(manager)
    mail = OutboxMessage.get()
    assert mail.recipient == "new.hire@example.org"
    assert f"{BASE}/providers/signup/license-agreement?code={code}" in mail.body
    assert not [word for word in (TIN, "Elm Street", "Nadia") if word in mail.body]
    kept = str(RegistrationCode.select().dicts().get()) + str(list(AuditEntry.select().dicts()))
    assert code not in kept


def test_previous_and_the_license_again_keep_the_code(manager: Account, client: Client) -> None:
    page = client.get(f"/providers/signup/license-agreement?code={invite(manager)}").submit("Agree")
    page = page.submit("Previous")
    assert "Your registration code works" in page.text
    page = page.submit("Agree").fill(PERSON).submit("Next")
    assert "xxxxx0001" in page.text


def test_further_tax_ids_are_joined_without_report_access(manager: Account, client: Client) -> None:
    add_practice(OTHER, 2, "Harbor Clinic", start=50)
    page = client.get(f"/providers/signup/license-agreement?code={invite(manager)}").submit("Agree")
    page = add_all(page.fill(PERSON).submit("Next"), OTHER).submit("Next")
    page = page.fill({"I am a(n)": "Office Staff"}).submit("Next").fill(ACCOUNT).submit("Next")
    page.submit("Finish")
    assert access() == [(TIN, "Office Staff", "approved"), (OTHER, "Office Staff", "none")]


def test_a_tax_id_that_was_removed_in_step_three_is_not_joined(manager: Account, client: Client) -> None:
    add_practice(OTHER, 2, "Harbor Clinic", start=50)
    practices.join_practice(manager, OTHER, "Office Manager", "approved")
    page = client.get(f"/providers/signup/license-agreement?code={invite(manager, TIN, OTHER)}")
    page = page.submit("Agree").fill(PERSON).submit("Next").submit("Remove Provider xxxxx0001").submit("Next")
    page = page.fill({"I am a(n)": "Office Staff"}).submit("Next").fill(ACCOUNT).submit("Next")
    page.submit("Finish")
    assert access() == [(OTHER, "Office Staff", "approved")]


def test_a_code_of_support_grants_report_access(app: Any, client: Client) -> None:
    add_practice()
    sign_up(client, invite(None, role="Office Manager"))
    assert access() == [(TIN, "Office Manager", "approved")]


def _expires(manager: Account) -> None:
    practices.PracticeAccess.update(report_access="expired").execute()


def _is_no_manager(manager: Account) -> None:
    practices.PracticeAccess.update(role="Office Staff").execute()


def _is_removed(manager: Account) -> None:
    practices.PracticeAccess.delete().execute()


def _is_frozen(manager: Account) -> None:
    Account.update(frozen_at=portal_clock.now()).execute()


def _is_gone(manager: Account) -> None:
    manager.delete_instance(recursive=False)


@pytest.mark.parametrize("happens", [_expires, _is_no_manager, _is_removed, _is_frozen, _is_gone])
def test_a_code_grants_no_more_than_its_issuer_holds_at_finish(
    manager: Account, client: Client, happens: Callable[[Account], None]
) -> None:
    code = invite(manager)
    happens(manager)
    sign_up(client, code)
    assert access() == [(TIN, "Office Staff", "none")]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("used", "was used before. If you made your account with it, log in."),
        (
            "expired",
            "is older than 7 days and has expired. Ask the person who invited you to send a new one.",
        ),
        ("withdrawn", "was withdrawn."),
        ("unknown", "We do not know this registration code."),
    ],
)
def test_a_code_that_does_not_work_says_why_and_what_to_do(
    manager: Account, client: Client, clock: Hands, state: str, said: str
) -> None:
    code = spoil(invite(manager), state, clock)
    page = client.get(f"/providers/signup/license-agreement?code={code}")
    assert said in page.text
    page = page.submit("Agree").fill(PERSON).submit("Next")
    assert "Added Providers" not in page.text, "one can go on, without what the code would have given"


def spoil(code: str, state: str, clock: Hands) -> str:
    row = registration_codes.find(code)
    assert row is not None
    if state == "used":
        RegistrationCode.update(used_at=clock.now()).execute()
    elif state == "expired":
        clock.advance(days=7, seconds=1)
    elif state == "withdrawn":
        registration_codes.withdraw(row, ACTOR)
    else:
        return "0000-0000-0000-0000"
    return code


@pytest.mark.parametrize("code", ["", "x" * 9_000, "<b>\"'", "\x00", "７ＫＱＭ", "0" * 16])
def test_what_is_no_code_is_answered_calmly(client: Client, code: str) -> None:
    page = client.browser.get("/providers/signup/license-agreement", query_string={"code": code})
    assert page.status_code == 200


def test_a_code_withdrawn_before_finish_makes_no_account(manager: Account, client: Client) -> None:
    code = invite(manager)
    page = client.get(f"/providers/signup/license-agreement?code={code}").submit("Agree")
    page = page.fill(PERSON).submit("Next").submit("Next")
    page = page.fill({"I am a(n)": "Office Staff"}).submit("Next").fill(ACCOUNT).submit("Next")
    row = registration_codes.find(code)
    assert row is not None
    registration_codes.withdraw(row, ACTOR)
    page = page.submit("Finish")
    assert page.heading.startswith("STEP 1")
    assert Account.select().count() == 1


def test_one_code_makes_one_account_also_from_two_browsers(manager: Account, new_client: Any) -> None:
    code = invite(manager)
    pages = []
    for name in ("nora.w", "nora2"):
        client = new_client()
        page = client.get(f"/providers/signup/license-agreement?code={code}").submit("Agree")
        page = (
            page.fill(PERSON).submit("Next").submit("Next").fill({"I am a(n)": "Office Staff"}).submit("Next")
        )
        pages.append(page.fill({**ACCOUNT, "Username": name}).submit("Next"))
    assert pages[0].submit("Finish").heading == "Welcome, Nora"
    page = pages[1].submit("Finish")
    assert page.heading.startswith("STEP 1")
    assert Account.select().count() == 2


def test_a_code_sent_again_is_a_new_one_and_the_old_one_is_dead(manager: Account, clock: Hands) -> None:
    code = invite(manager)
    clock.advance(days=8)
    row = registration_codes.look_up(code)
    assert row is not None
    assert row.state == "expired"
    again = registration_codes.resend(row, ACTOR, PLAN, BASE)
    assert again.expires_at - clock.now() == timedelta(days=7)
    assert registration_codes.look_up(code) is None
    assert registration_codes.find(code_in_mail()) == again


@pytest.mark.parametrize("state", ["used", "withdrawn"])
def test_a_code_that_was_used_or_withdrawn_is_not_sent_again(
    manager: Account, clock: Hands, state: str
) -> None:
    code = spoil(invite(manager), state, clock)
    row = registration_codes.look_up(code)
    assert row is not None
    with pytest.raises(CodeNotLive):
        registration_codes.resend(row, ACTOR, PLAN, BASE)


def test_the_codes_of_a_practice_are_listed_newest_first(manager: Account) -> None:
    invite(manager)
    invite(manager, OTHER)
    invite(manager, OTHER, TIN)
    assert [row.id for row in registration_codes.of_practice(TIN)] == [3, 1]
