"""The desks' side of secure messages: what waits, and two people who answer at once."""

from collections.abc import Callable
from datetime import date
from threading import Barrier, Thread
from typing import Any

import pytest

from tests.harness.clock import Hands
from tests.harness.plan_rows import add_member
from webapp.config import read_settings
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.db import connected
from webapp.domain.messaging import message_queue, messages
from webapp.domain.messaging.message_queue import AlreadyClaimed, HasChanged
from webapp.domain.messaging.message_tables import Message, MessageThread
from webapp.domain.messaging.messages import Draft, TooManyMessages
from webapp.domain.outbox import OutboxMessage

PLAN = read_settings({}).plan
WHO = Actor("support", "127.0.0.1")
LINK = "https://portal.example/members/messages"


def make(username: str, portal: str, **more: Any) -> Account:
    first, _, last = username.partition(".")
    return accounts.create_account(
        portal=portal,
        username=username,
        password_hash="x",
        email=f"{username}@example.com",
        first_name=first.title(),
        last_name=last.title(),
        **more,
    )


@pytest.fixture
def ana(database: object) -> Account:
    add_member("001234567", language="Portuguese", interpreter=True)
    return make("ana.ortiz", "member", client_id="001234567", language="es")


@pytest.fixture
def dana(database: object) -> Account:
    return make("dana.reed", "support")


@pytest.fixture
def omar(database: object) -> Account:
    return make("omar.hill", "support")


def write(account: Account, once: str = "1", topic: str = "other") -> MessageThread:
    draft = Draft("Where is my card?", once, topic=topic, subject="My card")
    return messages.begin(account, draft, WHO, PLAN)


def seen(thread: MessageThread) -> MessageThread:
    return message_queue.thread_for_staff(thread.key, WHO)


def answer(thread: MessageThread, staff: Account, text: str = "It is on its way.") -> None:
    message_queue.answer(thread, staff, Draft(text, text), WHO, PLAN, link=LINK)


def test_what_waits_is_listed_oldest_first_with_language_and_interpreter(ana: Account, clock: Hands) -> None:
    office = make("rosa.lake", "provider")
    first = write(ana)
    clock.advance(hours=1)
    second = write(office, topic="report-access")
    listed = message_queue.waiting(PLAN)
    assert [row.key for row in listed] == [first.key, second.key]
    assert (listed[0].person, listed[0].language, listed[0].spoken, listed[0].interpreter) == (
        "Ana Ortiz",
        "es",
        "Portuguese",
        True,
    )
    assert (listed[1].portal, listed[1].spoken, listed[1].interpreter) == ("provider", "", None)
    assert [row.key for row in message_queue.waiting(PLAN, [messages.WEB_SUPPORT])] == [second.key]


def test_the_target_counts_working_days(ana: Account, clock: Hands) -> None:
    clock.set_today(date(2026, 3, 27))  # a Friday
    write(ana)
    [row] = message_queue.waiting(PLAN)
    assert (row.target - row.waiting_since).days == 4
    assert not row.is_over
    clock.advance(days=4, minutes=1)
    assert message_queue.waiting(PLAN)[0].is_over


def test_a_thread_waits_since_the_first_unanswered_message(ana: Account, dana: Account, clock: Hands) -> None:
    thread = write(ana)
    since = message_queue.waiting(PLAN)[0].waiting_since
    clock.advance(hours=2)
    messages.reply(messages.own_thread(ana, thread.key), Draft("Hello?", "2"), WHO, PLAN)
    assert message_queue.waiting(PLAN)[0].waiting_since == since
    answer(seen(thread), dana)
    assert message_queue.waiting(PLAN) == []


def test_who_claims_second_is_told_who_was_first(ana: Account, dana: Account, omar: Account) -> None:
    thread = write(ana)
    message_queue.claim(seen(thread), dana, WHO, PLAN)
    message_queue.claim(seen(thread), dana, WHO, PLAN)
    for act in (
        lambda: message_queue.claim(seen(thread), omar, WHO, PLAN),
        lambda: answer(seen(thread), omar),
    ):
        with pytest.raises(AlreadyClaimed) as refused:
            act()
        assert refused.value.name == "Dana Reed"
    assert message_queue.waiting(PLAN)[0].claimed_by == "Dana Reed"
    message_queue.release(seen(thread), dana)
    answer(seen(thread), omar)


def test_a_claim_that_was_forgotten_ends_by_itself(
    ana: Account, dana: Account, omar: Account, clock: Hands
) -> None:
    thread = write(ana)
    message_queue.claim(seen(thread), dana, WHO, PLAN)
    clock.advance(minutes=61)
    assert message_queue.waiting(PLAN)[0].claimed_by == ""
    message_queue.claim(seen(thread), omar, WHO, PLAN)


def test_an_answer_never_passes_over_a_message_that_its_writer_has_not_seen(
    ana: Account, dana: Account
) -> None:
    looked_at = seen(write(ana))
    messages.reply(messages.own_thread(ana, looked_at.key), Draft("It came, thank you.", "2"), WHO, PLAN)
    with pytest.raises(HasChanged):
        answer(looked_at, dana)
    with pytest.raises(HasChanged):
        message_queue.close(looked_at, dana, WHO, PLAN)
    assert not Message.select().where(Message.from_desk).exists()


def test_the_second_of_two_answers_is_refused(ana: Account, dana: Account, omar: Account) -> None:
    first, second = seen(write(ana)), message_queue.thread_for_staff(MessageThread.get().key, WHO)
    answer(first, dana)
    with pytest.raises(HasChanged):
        answer(second, omar, "Another answer.")
    assert Message.select().where(Message.from_desk).count() == 1


def test_of_ten_who_answer_at_once_one_wins(ana: Account, dana: Account) -> None:
    thread = seen(write(ana))
    staff = [make(f"staff.{number}", "support") for number in range(10)]
    results = at_once([lambda who=who: answer(thread, who, f"From {who.username}.") for who in staff])
    assert [type(result) for result in results].count(type(None)) == 1
    assert Message.select().where(Message.from_desk).count() == 1
    assert OutboxMessage.select().count() == 1


def test_of_thirty_messages_at_once_no_more_go_out_than_a_day_allows(ana: Account) -> None:
    results = at_once([lambda once=str(number): write(ana, once) for number in range(30)])
    assert [type(result) for result in results].count(TooManyMessages) == 10
    assert Message.select().count() == 20


def test_the_mail_says_that_there_is_a_message_and_no_more(ana: Account, dana: Account) -> None:
    answer(seen(write(ana)), dana, "Your diabetes test is due.")
    [mail] = OutboxMessage.select()
    assert mail.recipient == "ana.ortiz@example.com"
    assert LINK in mail.body
    for private in ("diabetes", "card", "Ortiz", "Dana"):
        assert private not in mail.subject + mail.body.replace(LINK, "")


def test_an_answer_sent_twice_counts_once(ana: Account, dana: Account) -> None:
    thread = seen(write(ana))
    answer(thread, dana)
    answer(thread, dana)
    assert OutboxMessage.select().count() == 1
    assert messages.unread(ana) == 1


def test_a_closed_thread_opens_again_when_the_person_writes(ana: Account, dana: Account) -> None:
    thread = write(ana)
    message_queue.close(seen(thread), dana, WHO, PLAN)
    assert messages.state_of(seen(thread)) == messages.CLOSED
    messages.reply(messages.own_thread(ana, thread.key), Draft("One more thing.", "2"), WHO, PLAN)
    assert [row.key for row in message_queue.waiting(PLAN)] == [thread.key]


def test_what_staff_do_is_in_the_audit_log(ana: Account, dana: Account) -> None:
    thread = write(ana)
    message_queue.claim(seen(thread), dana, WHO, PLAN)
    answer(seen(thread), dana)
    actions = {entry.action for entry in AuditEntry.select()}
    assert {"message-sent", "open-thread", "message-claimed", "message-answered"} <= actions
    assert not any("card" in entry.detail for entry in AuditEntry.select())


def test_a_desk_with_an_address_is_told_without_content(ana: Account) -> None:
    plan = read_settings({}).plan
    told = {
        **plan.sections,
        "messages": {**plan["messages"], "member_engagement_address": "desk@example.org"},
    }
    messages.begin(ana, Draft("Secret", "1", topic="other", subject="S"), WHO, type(plan)(told))
    [mail] = OutboxMessage.select()
    assert mail.recipient == "desk@example.org"
    assert "Member Engagement Services" in mail.body
    assert "Ortiz" not in mail.body


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each act ended with, all begun together, each on a connection of its own."""
    start, results = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        start.wait()
        try:
            with connected():
                act()
        except Exception as fault:
            results[place] = fault  # type: ignore[call-overload]

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)
