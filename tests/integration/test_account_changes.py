"""Changes to what keeps an account safe: who is told, what ends, and the link that stops a stranger."""

import re
from typing import Any

import pytest

from tests.harness.application import SECRET_KEY
from tests.harness.clock import Hands
from tests.harness.pages import Client
from webapp.config import read_plan
from webapp.domain.account import account_changes, accounts, codes, passwords, sessions
from webapp.domain.account.accounts import Account
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.sessions import Session
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.outbox import OutboxMessage

PLAN = read_plan()
LINKS = FreezeLinks("http://localhost", SECRET_KEY)
OLD, NEW = "Copper-Lantern-52", "Willow-Bridge-38"


@pytest.fixture
def nadia(app: Any) -> Account:
    return accounts.create_account(
        portal="provider",
        username="nadia",
        password=OLD,
        email="nadia@example.com",
        first_name="Nadia",
        last_name="Brandt",
        answers=[("first-pet", "Luna")],
    )


def act(account: Account) -> Actor:
    return Actor("provider", "203.0.113.7", account.id)


def change_password(account: Account, password: str = NEW, **options: Any) -> None:
    account_changes.set_password(account, password, act(account), PLAN, LINKS, **options)


def mails() -> list[OutboxMessage]:
    return list(OutboxMessage.select().order_by(OutboxMessage.id))


def test_a_new_password_opens_the_account_and_the_old_one_does_not(nadia: Account) -> None:
    change_password(nadia)
    stored = Account.get_by_id(nadia.id).password_hash
    assert passwords.check_secret(stored, NEW)
    assert not passwords.check_secret(stored, OLD)


def test_none_of_the_last_ten_passwords_is_taken_again(nadia: Account) -> None:
    row = [f"Lantern-Row-{number:02}" for number in range(10)]
    for password in row:
        change_password(nadia, password)
    for password in row:
        with pytest.raises(account_changes.PasswordUsedBefore):
            change_password(nadia, password)
    change_password(nadia, OLD)  # the eleventh before


def test_a_password_that_breaks_a_rule_changes_nothing(nadia: Account) -> None:
    with pytest.raises(account_changes.BadPassword) as refusal:
        change_password(nadia, "nadia-2026!")
    assert refusal.value.codes == ["personal"]
    assert passwords.check_secret(Account.get_by_id(nadia.id).password_hash, OLD)
    assert not mails()


def test_all_other_sessions_end_with_a_new_password(nadia: Account) -> None:
    tokens = [sessions.start(nadia, "203.0.113.7", "a browser") for _ in range(3)]
    here = sessions.find(tokens[0], "provider", PLAN)
    assert here is not None
    change_password(nadia, keep_session=here.token_hash)
    assert [bool(sessions.find(token, "provider", PLAN)) for token in tokens] == [True, False, False]
    change_password(nadia, "Marble-Canyon-71")
    assert Session.select().count() == 0


def test_the_old_address_is_told_of_a_new_one(nadia: Account) -> None:
    account_changes.set_email(nadia, "nadia.new@example.com", act(nadia), PLAN, LINKS)
    assert [mail.recipient for mail in mails()] == ["nadia@example.com"]
    account = Account.get_by_id(nadia.id)
    assert account.email == "nadia.new@example.com"
    assert account.email_confirmed_at is not None


def test_every_change_is_audited_and_ends_unused_codes(nadia: Account) -> None:
    def waiting() -> str:
        return codes.issue("recover", "run", SECRET_KEY, PLAN, account_id=nadia.id)

    answer = accounts.hash_answer("first-school", "Hooker")
    for change, name in (
        (lambda: change_password(nadia), "change-password"),
        (
            lambda: account_changes.set_email(nadia, "n@example.com", act(nadia), PLAN, LINKS),
            "change-email",
        ),
        (
            lambda: account_changes.set_answers(nadia, [answer], act(nadia), PLAN, LINKS),
            "change-security-questions",
        ),
    ):
        code = waiting()
        change()
        assert not codes.redeem("recover", "run", code, SECRET_KEY, PLAN)
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
        assert (entry.action, entry.subject) == (name, f"account:{nadia.id}")
    assert [row.question for row in nadia.security_answers] == ["first-school"]


def test_this_wasnt_me_freezes_the_account_only_when_the_button_is_pressed(
    client: Client, nadia: Account
) -> None:
    token = sessions.start(nadia, "203.0.113.7", "a browser")
    change_password(nadia, keep_session=Session.get().token_hash)
    link = re.search(r"http://localhost(\S+)", mails()[0].body)
    assert link is not None
    page = client.get(link[1])
    assert page.heading == "This wasn't me"
    assert sessions.find(token, "provider", PLAN), "a mail scanner that opens the link changes nothing"
    page = page.submit("Close the account now")
    assert page.heading == "Nobody can use this account now"
    assert sessions.find(token, "provider", PLAN) is None
    assert client.get(link[1]).heading == "Nobody can use this account now"
    assert len(mails()) == 2, "the owner is told, once"
    with pytest.raises(accounts.WrongPair):
        accounts.authenticate("provider", "nadia", NEW, act(nadia), PLAN, SECRET_KEY)


def test_support_opens_a_frozen_account_again(nadia: Account) -> None:
    account_changes.freeze(nadia, act(nadia), PLAN)
    account_changes.thaw(nadia, Actor("support", "", 7), "called back at the number on file")
    accounts.authenticate("provider", "nadia", OLD, act(nadia), PLAN, SECRET_KEY)


def test_the_link_is_good_for_ten_days(client: Client, nadia: Account, clock: Hands) -> None:
    link = LINKS.link(nadia).removeprefix("http://localhost")
    client.get(f"{link}x", status=404)
    client.get("/account/freeze/nonsense", status=404)
    clock.advance(days=9, hours=23)
    client.get(link)
    clock.advance(hours=2)
    client.get(link, status=404)


def test_answers_hashed_by_an_older_portal_are_still_right(clock: Hands) -> None:
    older = passwords.hash_secret("san juan")
    ours = passwords.hash_secret(passwords.normal_answer("San Juan"))
    for hashed in (older, ours):
        assert passwords.check_answer(hashed, "  San   JUAN ")
        assert not passwords.check_answer(hashed, "Ponce")
