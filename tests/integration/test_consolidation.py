"""Consolidating existing accounts (guide 004, steps 1 to 6 and Thank You), through the pages."""

from typing import Any

from tests.harness.pages import Client
from tests.harness.plan_rows import add_provider
from tests.harness.visible import bypassing, pseudo_locale
from tests.integration.consolidation_walk import (
    ANSWER,
    EMAIL,
    PASSWORD,
    QUESTION,
    START,
    add_existing,
    add_with_pin,
    code_of,
    consolidate,
    enter_code,
    give_email,
    look_up,
    to_password,
    verify,
)
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.audit import Actor
from webapp.domain.outbox import OutboxMessage
from webapp.domain.practice import practices, team
from webapp.flows.runs import FlowRun
from webapp.web.texts import forget_kept

NO_MATCH = [
    (
        "This does not match our records. Check what you typed here, or go back and check the username "
        "and the Tax ID Number."
    )
]
NAMES = ("HUSKY Health", "Connecticut", "TIN")
FAIR = {"tin": "061110002", "pin": "4821"}


def ties(account: Account) -> dict[str, tuple[str, str]]:
    return {tie.tin: (tie.role, tie.report_access) for tie in practices.practices_of(account)}


def signed_up(username: str, email: str, first_name: str, last_name: str) -> Account:
    """An account that was made here."""
    return accounts.create_account(
        portal="provider",
        username=username,
        password="Naranja7lago!",
        email=email,
        first_name=first_name,
        last_name=last_name,
    )


def test_an_account_is_brought_along_in_the_steps_of_the_guide(browser: Client) -> None:
    add_existing()
    add_provider()
    page = browser.get("/providers/login").click("click here to continue")
    assert (page.heading, page.path) == ("Account Lookup", "/providers/consolidate/account-lookup")
    assert page.buttons == ["Next", "Cancel"]
    page = page.fill({"Username": "JSmith.Elm ", "Tax ID Number": "06-1110001"}).submit("Next")
    assert page.heading == "Account Verification"
    assert page.buttons == ["Next", "Previous", "Cancel"]
    page = page.fill({QUESTION: "  beecher   ROAD "}).submit("Next")
    assert page.heading == "Email Address Verification"
    page = page.fill({"Email": EMAIL, "Verify Email": EMAIL.upper()}).submit("Next")
    assert page.heading == "Security Code Verification"
    assert page.buttons == ["Next", "Previous", "Cancel", "Request New Code"]
    page = page.fill({"Verification Code": f"{code_of()[:3]} {code_of()[3:]}"}).submit("Next")
    assert page.heading == "Verify Username and Password"
    assert page.buttons[-3:] == ["Submit", "Previous", "Cancel"]
    page = page.fill({"Username": "jsmith.elm", "Password": PASSWORD}).submit("Submit")
    assert (page.heading, page.path) == ("Thank You", "/providers/consolidate/done")
    assert page.facts == {
        "Elm Street Family Practice": "Tax ID Number (TIN) 061110001 Office Manager Report access: Approved"
    }
    assert not browser.signed_in
    page = page.click("Login").fill({"Username": "jsmith.elm", "Password": PASSWORD}).submit("Login")
    assert page.path == "/providers/home"


def test_every_step_links_the_quick_guide(client: Client) -> None:
    add_existing()
    pages = [look_up(client), verify(client)]
    pages.append(give_email(pages[-1]))
    pages.append(enter_code(pages[-1]))
    for page in [client.get(START), *pages]:
        assert page.links()["View our quick guide"] == "/guides/consolidate-accounts", page.heading


def test_the_first_run_makes_the_account_with_all_that_was_loaded(client: Client) -> None:
    existing = add_existing(tins="061110001 061110003")
    consolidate(client)
    account = Account.get()
    assert (account.username, account.email, account.first_name) == ("jsmith.elm", EMAIL, "Joan")
    assert account.email_confirmed_at
    assert account.password_hash.startswith("$argon2id$"), "the loaded bcrypt hash is made anew"
    assert ties(account) == dict.fromkeys(("061110001", "061110003"), ("Office Manager", "approved"))
    assert [(a.question, a.answer_hash) for a in SecurityAnswer.select()] == [
        (QUESTION, existing.answer_hash)
    ]


def test_an_account_with_a_pin_is_asked_for_it_and_keeps_it(client: Client) -> None:
    add_with_pin()
    page = look_up(client, "jsmith.fair", "061110002")
    assert "PIN" in page.form("Next").labels()
    page = page.fill({"PIN": "1234"}).submit("Next")
    assert page.errors == NO_MATCH
    assert consolidate(client, "jsmith.fair", **FAIR).heading == "Thank You"
    assert SecurityAnswer.get().question == "pin"
    assert ties(Account.get()) == {"061110002": ("Office Staff", "none")}


def test_a_later_run_with_the_same_address_merges(client: Client) -> None:
    add_provider()
    add_provider(npi="1000000012", tin="061110002", practice_name="Fair Harbor")
    add_existing()
    add_with_pin()
    page = consolidate(client).click("Consolidate another account")
    assert page.heading == "Account Lookup"
    page = to_password(client, "jsmith.fair", EMAIL.upper(), **FAIR)
    assert "becomes part of your portal account jsmith.elm" in page.text
    assert list(page.facts) == ["Elm Street Family Practice", "Fair Harbor (new)"]
    page = page.fill({"Password": PASSWORD}).submit("Submit")
    assert [value.rpartition(": ")[2] for value in page.facts.values()] == ["Approved", "Not requested"]
    assert "jsmith.elm" in page.text
    assert "jsmith.fair" in page.text
    assert list(ties(Account.get())) == ["061110001", "061110002"]
    login = client.get("/providers/login")
    page = login.fill({"Username": "jsmith.fair", "Password": PASSWORD}).submit("Login")
    assert page.status == 422, "the consolidated account no longer logs in"


def test_what_is_there_is_kept_when_a_loaded_account_says_less(client: Client) -> None:
    consolidated = add_existing(tins="061110001 061110002")
    add_with_pin(tins="061110001 061110002")
    consolidate(client)
    consolidate(client, "jsmith.fair", **FAIR)
    assert ties(Account.get()) == dict.fromkeys(consolidated.tins.split(), ("Office Manager", "approved"))


def test_doing_it_twice_changes_nothing_and_says_so_once_the_answer_is_right(client: Client) -> None:
    add_existing()
    consolidate(client)
    assert "brought into" not in look_up(client).text
    page = look_up(client).fill({QUESTION: "wrong"}).submit("Next")
    assert page.errors == NO_MATCH
    page = page.fill({QUESTION: ANSWER}).submit("Next")
    assert page.status == 422
    assert page.errors[0].startswith("This account was brought into the account jsmith.elm on 03/2")
    assert "1.877.606.5172" in page.errors[0]
    assert Account.select().count() == 1


def test_two_browsers_at_the_last_step_make_one_account(new_client: Any) -> None:
    add_existing()
    pages = [to_password(new_client(), email=email) for email in (EMAIL, "joan@home.example")]
    first, second = (page.fill({"Password": PASSWORD}).submit("Submit") for page in pages)
    assert first.heading == "Thank You"
    assert "was brought into the account jsmith.elm" in second.errors[0]
    assert Account.select().count() == 1


def test_an_address_that_became_another_persons_meanwhile_is_asked_for_anew(browser: Client) -> None:
    add_existing()
    page = to_password(browser)
    account = signed_up("bw", EMAIL, "B", "Wells")
    accounts.confirm_email(account.id, EMAIL)
    page = page.fill({"Password": PASSWORD}).submit("Submit")
    assert page.heading == "Email Address Verification"
    assert "another person's by our records" in page.notices[0]
    assert ties(account) == {}


def test_accounts_of_different_people_are_refused_with_whom_to_call(client: Client) -> None:
    add_existing()
    add_existing("bwells", first_name="Brian", last_name="Wells", tins="061110003")
    consolidate(client)
    page = enter_code(give_email(verify(client, "bwells", "061110003")))
    assert page.heading == "Security Code Verification"
    assert page.errors[0].startswith("The portal account with this email address is another person's")
    assert "1.877.606.5172" in page.errors[0]
    assert page.submit("Previous").heading == "Email Address Verification"
    assert Account.select().count() == 1


def test_names_are_compared_without_case_accents_and_spaces(client: Client) -> None:
    add_existing(first_name="JOAN", last_name="Smith-Núñez")
    add_with_pin(last_name="Smith Nunez")
    consolidate(client)
    assert consolidate(client, "jsmith.fair", **FAIR).heading == "Thank You"
    assert Account.select().count() == 1


def test_an_account_that_signed_up_here_takes_in_the_older_one(client: Client) -> None:
    add_existing()
    account = signed_up("joan", EMAIL, "Joan", "Smith")
    accounts.confirm_email(account.id, EMAIL)
    practices.join_practice(account, "061110001", "Nurse/Medical Assistant")
    consolidate(client)
    assert ties(account) == {"061110001": ("Office Manager", "approved")}
    assert Account.get().username == "joan"


def test_who_was_removed_from_a_practice_does_not_get_back_in_by_an_older_account(client: Client) -> None:
    add_existing()
    account = signed_up("joan", EMAIL, "Joan", "Smith")
    accounts.confirm_email(account.id, EMAIL)
    practices.join_practice(account, "061110001", "Office Staff", "approved")
    actor = Actor("provider", "", account.id)
    team.leave(account, "061110001", actor, client.app.config["SETTINGS"], told=True)
    consolidate(client)
    assert ties(account)["061110001"][1] == "none"


def test_an_address_that_its_account_never_confirmed_proves_nothing(client: Client) -> None:
    add_existing()
    signed_up("eve", EMAIL, "Joan", "Smith")
    consolidate(client)
    assert ties(Account.get(Account.username == "eve")) == {}
    assert Account.get(Account.username == "jsmith.elm").email == EMAIL


def test_a_username_that_is_taken_here_is_named_and_another_asked_for(client: Client) -> None:
    add_existing()
    signed_up("JSmith.Elm", "j@x.example", "Jo", "S")
    page = to_password(client)
    said = "Another person uses the username jsmith.elm in this portal. Choose a new one for your account."
    assert said in page.text
    page = page.fill({"Password": PASSWORD}).submit("Submit")
    assert page.errors == [said]
    page = page.fill({"Password": PASSWORD, "New Username": "jsmith.elm"}).submit("Submit")
    assert page.errors == ["That username is taken. Choose another one."]
    page = page.fill({"Password": PASSWORD, "New Username": "1 joan"}).submit("Submit")
    assert page.errors[0].startswith("Use 3 to 50 letters")
    page = page.fill({"Password": PASSWORD, "New Username": "joan.smith"}).submit("Submit")
    assert page.heading == "Thank You"
    assert "joan.smith" in page.text


def test_a_wrong_code_a_new_code_and_a_mended_address(browser: Client) -> None:
    add_existing()
    page = give_email(verify(browser), "joan.smth@elmstreet.example.org")
    page = page.fill({"Verification Code": "00000"}).submit("Next")
    assert page.errors == ["This code is wrong or too old. Check it, or choose “Request New Code”."]
    page = page.submit("Previous")
    assert page.heading == "Email Address Verification"
    page = give_email(page)
    first = code_of()
    page = page.submit("Request New Code")
    assert page.heading == "Security Code Verification"
    assert page.notices == [f"We sent a new code to {EMAIL}. The earlier code no longer works."]
    assert code_of() != first
    assert page.fill({"Verification Code": first}).submit("Next").status == 422
    assert enter_code(page).heading == "Verify Username and Password"


def test_the_same_address_again_sends_no_second_code(client: Client) -> None:
    add_existing()
    page = give_email(verify(client)).submit("Previous").submit("Next")
    assert page.heading == "Security Code Verification"
    assert OutboxMessage.select().count() == 1
    assert enter_code(page).heading == "Verify Username and Password"


def test_going_back_asks_for_nothing_twice(client: Client) -> None:
    add_existing()
    page = to_password(client)
    for heading in ("Security Code", "Email Address", "Account Verification", "Account Lookup"):
        page = page.submit("Previous")
        assert page.heading.startswith(heading)
    for heading in ("Account Verification", "Email Address", "Security Code", "Verify Username"):
        page = page.submit("Next")
        assert page.heading.startswith(heading), page.errors


def test_a_code_that_was_right_may_be_typed_again_on_coming_back(client: Client) -> None:
    add_existing()
    page = to_password(client).submit("Previous")
    assert enter_code(page).heading == "Verify Username and Password"


def test_another_account_at_look_up_is_verified_anew(client: Client) -> None:
    add_existing()
    add_with_pin()
    to_password(client)
    page = look_up(client, "jsmith.fair", "061110002")
    assert client.get("/providers/consolidate/password").heading == "Account Verification"
    assert page.form("Next").values["answer"] == ""


def test_an_address_of_an_office_is_warned_of(client: Client) -> None:
    add_existing()
    page = give_email(verify(client), "front-desk@elmstreet.example.org")
    assert page.status == 422
    assert page.errors[0].startswith("This looks like an address that several people read.")
    page = page.fill({"Only I read the mail at this address": True}).submit("Next")
    assert page.heading == "Security Code Verification"


def test_cancel_forgets_and_leads_to_the_login_page(client: Client) -> None:
    add_existing()
    assert to_password(client).submit("Cancel").path == "/providers/login"
    assert FlowRun.select().count() == 0


def test_submit_twice_ends_at_thank_you_twice(client: Client) -> None:
    add_existing()
    form = to_password(client).fill({"Password": PASSWORD})
    assert [form.submit("Submit").heading for _ in range(2)] == ["Thank You", "Thank You"]
    assert client.get("/providers/consolidate/password").heading == "Thank You"
    assert Account.select().count() == 1


def test_thank_you_is_for_the_browser_that_did_it(client: Client, new_client: Any) -> None:
    add_existing()
    consolidate(client)
    assert new_client().get("/providers/consolidate/done").heading == "Account Lookup"


def test_the_old_address_and_the_new_are_told_without_a_practice(client: Client) -> None:
    add_existing()
    consolidate(client)
    told = {mail.recipient: mail.body for mail in OutboxMessage.select()}
    assert set(told) == {EMAIL, "frontdesk@elmstreet.example.org"}
    for body in told.values():
        assert "061110001" not in body
        assert "/account/freeze/" in body


def test_a_code_dies_after_ten_minutes(client: Client, clock: Any) -> None:
    add_existing()
    page = give_email(verify(client))
    clock.advance(minutes=10)
    assert enter_code(page).errors[0].startswith("This code is wrong or too old.")


def test_the_mail_reads_as_in_the_guide(client: Client) -> None:
    add_existing()
    give_email(verify(client))
    body = OutboxMessage.get().body
    assert f"Verification code: {code_of()}" in body
    assert "To maintain HIPAA compliance, please do not share your username or password with anyone." in body


def test_no_secret_is_stored_as_typed(client: Client) -> None:
    add_existing()
    page = to_password(client)
    page.fill({"Password": "wrong"}).submit("Submit")
    stored = FlowRun.get().answers
    for secret in (ANSWER, code_of(), "wrong"):
        assert secret not in stored


def test_no_step_shows_words_that_nobody_translates(client: Client) -> None:
    add_provider()
    add_existing()
    urls = [(step(client).url if step else START) for step in (None, look_up, verify)]
    page = give_email(verify(client))
    urls.append(page.submit("Request New Code").url)
    urls.append(enter_code(page).url)
    shown = {url: untranslated(client, url) for url in urls}
    consolidate(client)
    shown["done"] = untranslated(client, "/providers/consolidate/done")
    assert {url: words for url, words in shown.items() if words} == {}


def untranslated(client: Client, url: str) -> list[str]:
    """Words of the page that stand in no catalogue."""
    forget_kept()
    with pseudo_locale():
        page = client.get(url)
    forget_kept()
    for element in page.tree.xpath("//dd | //dt"):  # practices, as loaded
        element.drop_tree()
    return bypassing(page.tree, (*NAMES, EMAIL, "jsmith.elm"))
