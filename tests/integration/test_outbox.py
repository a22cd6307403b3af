"""Mail leaves through the outbox, to a real SMTP server."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from peewee import DatabaseProxy

from tests.harness.clock import Hands
from webapp.domain import outbox
from webapp.domain.db import transaction
from webapp.domain.outbox import OutboxMessage


class Received(MessageHandler):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[Message] = []

    def handle_message(self, message: Message) -> None:
        self.messages.append(message)


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    return number


@contextmanager
def mail_server(received: Received, port: int) -> Iterator[None]:
    """An SMTP server for a while."""
    server = Controller(received, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield
    finally:
        server.stop()


def queue(subject: str = "Confirme su correo electrónico") -> None:
    with transaction():
        outbox.queue(
            sender="no-reply@plan.example",
            recipient="ana@example.com",
            subject=subject,
            body="Hola Ana,\n\n¡Gracias!\n",
            language="es",
        )


def sender_to(port: int) -> outbox.Send:
    return outbox.smtp_sender(f"smtp://127.0.0.1:{port}")


def test_a_queued_mail_arrives_once_in_its_language(
    database: DatabaseProxy, port: int, received: Received
) -> None:
    queue()
    with mail_server(received, port):
        assert outbox.deliver_due(sender_to(port)) == 1
        assert outbox.deliver_due(sender_to(port)) == 0
    (mail,) = received.messages
    assert mail["Content-Language"] == "es"
    assert mail["To"] == "ana@example.com"
    assert "¡Gracias!" in mail.get_payload(decode=True).decode()


def test_while_the_mail_server_is_down_nothing_is_lost_and_a_repeat_is_the_same_mail(
    database: DatabaseProxy, port: int, received: Received, clock: Hands
) -> None:
    queue()
    assert outbox.deliver_due(sender_to(port)) == 0
    kept = OutboxMessage.get()
    assert kept.sent_at is None
    clock.advance(hours=2)
    with mail_server(received, port):
        assert outbox.deliver_due(sender_to(port)) == 1
    assert received.messages[0]["Message-ID"] == kept.message_id


def test_while_the_mail_server_is_down_only_one_mail_finds_out_and_the_others_go_as_soon_as_it_is_back(
    database: DatabaseProxy, port: int, received: Received
) -> None:
    for number in range(3):
        queue(f"mail {number}")
    assert outbox.deliver_due(sender_to(port)) == 0
    assert [row.attempts for row in OutboxMessage.select().order_by(OutboxMessage.id)] == [1, 0, 0]
    with mail_server(received, port):
        assert outbox.deliver_due(sender_to(port)) == 2
    assert [mail["Subject"] for mail in received.messages] == ["mail 1", "mail 2"]


def test_a_mail_that_a_killed_worker_had_claimed_is_sent_by_the_next_one(
    database: DatabaseProxy, port: int, received: Received, clock: Hands
) -> None:
    queue()

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.deliver_due(killed)
    with mail_server(received, port):
        assert outbox.deliver_due(sender_to(port)) == 0, "it may still be on its way"
        clock.advance(minutes=3)
        assert outbox.deliver_due(sender_to(port)) == 1


def test_a_mail_that_cannot_be_made_stops_none_of_those_behind_it(
    database: DatabaseProxy, port: int, received: Received, clock: Hands
) -> None:
    queue("to nowhere")
    OutboxMessage.update(recipient="ana@[example.com").execute()
    queue("to Ana")
    with mail_server(received, port):
        for _ in range(2):
            outbox.deliver_due(sender_to(port))
            clock.advance(hours=1)
    assert [mail["Subject"] for mail in received.messages] == ["to Ana"]
    first = OutboxMessage.select().order_by(OutboxMessage.id).get()
    assert first.sent_at is None
    assert first.attempts == 2, "it is tried again, later and later"


def test_a_command_that_fails_queues_no_mail(database: DatabaseProxy) -> None:
    with pytest.raises(RuntimeError), transaction():
        queue()
        raise RuntimeError
    assert OutboxMessage.select().count() == 0
