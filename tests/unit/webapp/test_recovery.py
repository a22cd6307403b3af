"""The rules of getting back into an account: equal work for known and unknown people, locks, and support's way in."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from peewee import DatabaseProxy

from tests.harness.clock import Hands
from tests.harness.plan_rows import add_member
from tests.integration.recovery_walk import OFFICE_NEW, add_ana_account, add_office_account
from webapp.config import read_plan
from webapp.domain import throttle
from webapp.domain.account import accounts, codes, passwords, recovery
from webapp.domain.account.accounts import Account, SecurityAnswer
from webapp.domain.account.freezing import FreezeLinks
from webapp.domain.account.recovery import NotFound, Recovery, WrongAnswer, WrongCode
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import connected, database
from webapp.domain.outbox import OutboxMessage

KEY = "a key of the tests that protects nothing at all"
PLAN = read_plan()
SUPPORT = Actor("support", "203.0.113.1", 7)

pytestmark = pytest.mark.usefixtures("database")


def run(portal: str = "member", key: str = "run") -> Recovery:
    return Recovery(portal, "203.0.113.7", key, PLAN, KEY)


def find(client_id: str, first_name: str = "Anne", *, key: str = "run") -> Account:
    return run(key=key).find_member(client_id, first_name, "Ortiz")


class Work:
    """What an answer cost: looks at hashes, and statements sent to the database."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.hashes, self.statements = 0, 0
        patch.setattr(passwords, "check_secret", self._counting(passwords.check_secret, "hashes"))
        patch.setattr(database.obj, "execute_sql", self._counting(database.obj.execute_sql, "statements"))

    def _counting(self, real: Callable[..., Any], name: str) -> Callable[..., Any]:
        def count(*args: Any, **kwargs: Any) -> Any:
            setattr(self, name, getattr(self, name) + 1)
            return real(*args, **kwargs)

        return count

    def of(self, act: Callable[[], object]) -> tuple[int, int]:
        self.hashes, self.statements = 0, 0
        try:
            act()
        except (NotFound, WrongAnswer, WrongCode):
            pass
        return self.hashes, self.statements


@pytest.fixture
def work(database: DatabaseProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    with monkeypatch.context() as patch:
        yield Work(patch)


def test_a_wrong_name_costs_as_much_whether_or_not_the_number_is_known(work: Work, clock: Hands) -> None:
    add_ana_account()
    add_member("001234568", first_name="Rosa")
    costs = {
        name: work.of(lambda card=card, name=name: find(*card, key=name))
        for name, card in {
            "a wrong name": ("001234567", "Anne"),
            "no such number": ("999999999", "Anne"),
            "no account": ("001234568", "Rosa"),
        }.items()
    }
    assert len(set(costs.values())) == 1, costs


def test_that_count_would_notice_one_look_more(work: Work, clock: Hands) -> None:
    add_ana_account()
    fewer = work.of(lambda: find("001234567", key="one"))

    def with_a_look() -> None:
        passwords.check_secret(passwords.nobodys_hash(), "x")
        find("999999999", key="two")

    assert work.of(with_a_look) != fewer


def test_an_unknown_address_costs_as_much_as_a_known_one(work: Work, clock: Hands) -> None:
    add_office_account()
    known = work.of(lambda: run("provider", "one").mail_usernames("nadia@example.com"))
    unknown = work.of(lambda: run("provider", "two").mail_usernames("nobody@example.com"))
    # Taking the mail back is one statement more, and opening the savepoint again.
    assert unknown[0] == known[0]
    assert abs(unknown[1] - known[1]) <= 2
    assert OutboxMessage.select().count() == 1
    known = work.of(lambda: run("provider", "one").take_code("nadia@example.com", "000000"))
    unknown = work.of(lambda: run("provider", "two").take_code("nobody@example.com", "000000"))
    assert known == unknown


def test_every_answer_is_checked_whatever_the_first_one_gave(work: Work, clock: Hands) -> None:
    ana = add_ana_account()
    asked = recovery.asked_of(ana, KEY)
    right = {"city-born": "Ponce", "first-pet": "Luna", "oldest-niece": "Sofía"}
    typed = [right[row.question] for row in asked]
    costs = [
        work.of(lambda given=given: recovery.answers_hold(asked, given))
        for given in (typed, [typed[0], "x"], ["x", typed[1]], ["x", "x"])
    ]
    assert len(set(costs)) == 1
    assert [recovery.answers_hold(asked, given) for given in (typed, [typed[0], "x"], ["x", typed[1]])] == [
        True,
        False,
        False,
    ]


def test_no_answers_at_all_never_hold() -> None:
    assert not recovery.answers_hold([], [])


def test_fifty_tries_at_once_are_looked_at_three_times(database: DatabaseProxy, clock: Hands) -> None:
    add_ana_account()

    def attempt(number: int) -> str:
        with connected():
            try:
                find("001234567", key=f"run {number}")
            except (NotFound, throttle.MustWait) as refused:
                return type(refused).__name__
        return "found"

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(50)))
    looks = AuditEntry.select().where(AuditEntry.action == "recover-identity").count()
    assert looks == 3
    assert outcomes.count("NotFound") == 2, "the third wrong one locks"


def test_locks_double_up_to_a_day() -> None:
    waits = recovery.lock_waits(PLAN, 3)
    assert [seconds // 60 for seconds in waits if seconds] == [30, 60, 120, 240, 480, 960, 1440]
    assert waits[:3] == (0, 0, 1800)
    assert waits[3:6] == (0, 0, 3600)


def test_a_right_answer_starts_the_count_anew(clock: Hands) -> None:
    add_ana_account()
    for _ in range(2):
        with pytest.raises(NotFound):
            find("001234567")
        with pytest.raises(NotFound):
            find("001234567")
        find("001234567", "Ana")


def test_a_lock_ends_the_code_that_was_sent(clock: Hands) -> None:
    ana = add_ana_account(questions=1)
    code = codes.issue("recover", "run", KEY, PLAN, account_id=ana.id)
    for number in range(3):
        with pytest.raises((WrongAnswer, throttle.MustWait)):
            run(key=f"other {number}").take_answers(ana, right=False)
    with pytest.raises(WrongCode):
        run().take_code(str(ana.id), code)


@pytest.mark.parametrize("typed", ["001234567", "001-234 567"])
def test_support_can_open_a_lock_early_and_says_why(typed: str, clock: Hands) -> None:
    ana = add_ana_account()
    for number in range(3):
        with pytest.raises((NotFound, throttle.MustWait)):
            find("001234567", key=f"run {number}")
        with pytest.raises((WrongAnswer, throttle.MustWait)):
            run(key=f"run {number}").take_answers(ana, right=False)
    assert 1700 < recovery.lock_ends_in("member", typed, KEY) <= 1800
    recovery.unlock("member", typed, SUPPORT, "spoke with her, ticket 12", KEY)
    assert recovery.lock_ends_in("member", typed, KEY) == 0
    find("001234567", "Ana", key="new run")
    run(key="new run").take_answers(ana, right=True)
    entry = AuditEntry.get(AuditEntry.action == "recover-unlock")
    assert (entry.account_id, entry.subject, entry.detail) == (
        7,
        f"account:{ana.id}",
        "spoke with her, ticket 12",
    )


def test_support_can_open_an_offices_lock_by_its_address(clock: Hands) -> None:
    nadia = add_office_account()
    for number in range(3):
        with pytest.raises((WrongAnswer, throttle.MustWait)):
            run("provider", f"run {number}").take_answers(nadia, right=False)
    assert 1700 < recovery.lock_ends_in("provider", "NADIA@example.com", KEY) <= 1800
    recovery.unlock("provider", "NADIA@example.com", SUPPORT, "called back", KEY)
    run("provider", "new run").take_answers(nadia, right=True)


def test_an_unknown_number_can_be_unlocked_too(clock: Hands) -> None:
    for number in range(3):
        with pytest.raises((NotFound, throttle.MustWait)):
            find("999999999", key=f"run {number}")
    recovery.unlock("member", "999999999", SUPPORT, "wrong number typed", KEY)
    assert recovery.lock_ends_in("member", "999999999", KEY) == 0


def test_frozen_accounts_and_those_of_the_other_portal_are_not_written_to(clock: Hands) -> None:
    add_office_account("frozen")
    Account.update(frozen_at=clock.now()).execute()
    add_ana_account(email="nadia@example.com")
    assert run("provider").mail_usernames("nadia@example.com") == ()
    assert OutboxMessage.select().count() == 0


def test_the_questions_asked_change_only_with_the_password(clock: Hands) -> None:
    ana = add_ana_account()

    def asked() -> list[int]:
        return [row.position for row in recovery.asked_of(Account.get_by_id(ana.id), KEY)]

    first = asked()
    assert len(first) == 2
    assert asked() == first
    seen = set()
    for _ in range(20):
        clock.advance(minutes=1)
        Account.update(password_changed_at=clock.now()).execute()
        seen.add(tuple(asked()))
    assert len(seen) == 3


@pytest.mark.parametrize("changed", ["email", "password_changed_at", "frozen_at"])
def test_a_mark_changes_with_what_keeps_the_account_safe(changed: str, clock: Hands) -> None:
    ana = add_ana_account()
    marked = recovery.mark(ana)
    assert recovery.is_unchanged(ana.id, marked)
    clock.advance(minutes=1)
    Account.update(**{changed: "x@example.com" if changed == "email" else clock.now()}).execute()
    assert not recovery.is_unchanged(ana.id, marked)


def test_a_mark_changes_with_the_answers_and_is_of_one_account_only() -> None:
    ana = add_ana_account()
    marked = recovery.mark(ana)
    assert not recovery.is_unchanged(ana.id + 1, marked)
    SecurityAnswer.update(answer_hash="another").execute()
    assert not recovery.is_unchanged(ana.id, marked)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("carmen.delgado@example.org", "caxxx@example.org"),
        ("ana@example.com", "axxx@example.com"),
        ("a@example.com", "axxx@example.com"),
        ("tvega88", "tvxxx"),
    ],
)
def test_addresses_and_usernames_are_masked(text: str, shown: str) -> None:
    assert recovery.masked(text) == shown


def test_an_older_portals_own_question_and_answer_are_taken(clock: Hands) -> None:
    hashed = passwords.hash_secret("new haven")  # as older portals hashed it
    ana = add_ana_account(
        answers=(), hashed_answers=[accounts.HashedAnswer("Where did you grow up?", hashed)]
    )
    asked = recovery.asked_of(ana, KEY)
    assert recovery.answers_hold(asked, ["New Haven"])


def test_the_new_password_counts_and_is_told(clock: Hands) -> None:
    nadia = add_office_account()
    hashed = passwords.hash_secret(OFFICE_NEW)
    recovery.complete(nadia, hashed, Actor("provider", "", nadia.id), PLAN, FreezeLinks("http://x", KEY))
    assert passwords.check_secret(Account.get().password_hash, OFFICE_NEW)
    assert OutboxMessage.get().recipient == "nadia@example.com"
