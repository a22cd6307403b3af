"""Secure messages as people write and read them, in both portals."""

import io
import re
from collections.abc import Sequence
from typing import Any

import pytest

from tests.harness import sample_files as files
from tests.harness.clock import TODAY, Hands
from tests.harness.pages import Client, Page
from tests.harness.plan_rows import add_member, add_span
from webapp.config import read_settings
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor, AuditEntry
from webapp.domain.messaging import attachments, message_queue
from webapp.domain.messaging.message_tables import FileContent, Message, MessageFile, MessageThread
from webapp.domain.messaging.messages import Draft
from webapp.domain.outbox import OutboxMessage

PLAN = read_settings({}).plan
TOPIC = {"member": "My ID card", "provider": "What a report shows"}
NO_SUBJECT = {
    "member": "Enter a subject, such as: My new ID card.",
    "provider": "Enter a subject, such as: Access for a new colleague.",
}
DESK = {"member": "Member Engagement Services", "provider": "Web Support"}
NASTY = "Ñ <b>\"bold\"</b> & 'x' \x00\x07 处方\n\nSecond line"


class Person:
    """Somebody signed in to one of the portals."""

    def __init__(self, client: Client, portal: str, username: str = "ana") -> None:
        self.client, self.portal = client, portal
        client_id = None
        if portal == "member":
            client_id = "001234567" if username == "ana" else "009999999"
            add_member(client_id, first_name="Ana", last_name="Ortiz")
            add_span(client_id, TODAY)
        self.account = accounts.create_account(
            portal=portal,
            username=username,
            password="Naranja7lago",
            email=f"{username}@example.com",
            first_name=username.title(),
            last_name="Ortiz",
            client_id=client_id,
        )
        self.sign_in()

    @property
    def start(self) -> str:
        return f"/{self.portal}s/messages"

    def sign_in(self) -> Page:
        page = self.client.get(f"/{self.portal}s/login")
        return page.fill({"Username": self.account.username, "Password": "Naranja7lago"}).submit("Login")

    def write(self, subject: str = "A question", body: str = "Where is it?") -> Page:
        page = self.client.get(self.start).click("Write a message")
        typed = {"What is it about?": TOPIC[self.portal], "Subject": subject, "Message": body}
        return page.fill(typed).submit("Send")

    def send(self, page: Page, uploads: Sequence[tuple[str, bytes]], **typed: str) -> Page:
        """Send the page's form with files, as a browser does."""
        values = {
            **page.form("Send").values.to_dict(flat=False),
            **{key: [text] for key, text in typed.items()},
        }
        values["files"] = [(io.BytesIO(content), name) for name, content in uploads] or [
            (io.BytesIO(b""), "")
        ]
        return self.client.open("POST", page.url, data={"go": "send", **values})

    def new_with(self, *uploads: tuple[str, bytes], body: str = "See the file.") -> Page:
        page = self.client.get(f"{self.start}/new")
        topic = {"member": "id-card", "provider": "report-content"}[self.portal]
        return self.send(page, uploads, topic=topic, subject="With files", body=body)


@pytest.fixture(params=["member", "provider"])
def person(request: pytest.FixtureRequest, client: Client) -> Person:
    return Person(client, request.param)


@pytest.fixture
def member(client: Client) -> Person:
    return Person(client, "member")


@pytest.fixture
def dana(database: object) -> Account:
    return accounts.create_account(
        portal="support",
        username="dana",
        password_hash="x",
        email="d@example.org",
        first_name="Dana",
        last_name="Reed",
    )


def answer(staff: Account, text: str = "It is on its way.") -> None:
    thread = MessageThread.select().order_by(MessageThread.id.desc()).get()
    link = "https://portal.example/members/messages"
    draft = Draft(text, text)
    message_queue.answer(thread, staff, draft, Actor("support", "127.0.0.1"), PLAN, link=link)


# --- writing ---


def test_a_message_is_written_sent_and_listed(person: Person) -> None:
    page = person.client.get(person.start)
    assert "No messages yet" in page.text
    page = person.write("My card <i>", NASTY)
    assert page.heading == f"Messages with {DESK[person.portal]}"
    assert page.notices == ["Your message was sent. We answer within 2 working days."]
    assert "Ñ <b>\"bold\"</b> & 'x' 处方" in page.text
    assert "Waiting for an answer" in page.text
    page = person.client.get(person.start)
    assert "My card <i>" in page.text
    assert "Waiting for an answer" in page.text


def test_the_time_of_a_message_is_told_with_am_or_pm_in_both_languages(member: Person) -> None:
    page = member.write()
    assert re.search(r"03/25/2026, \d{1,2}:\d\d\s[AP]M", page.text)
    page = member.client.get(f"{page.path}?lang=es")
    assert re.search(r"\d{1,2}:\d\d[\xa0\u202f][ap]\.[\xa0\u202f]m\.", page.html), "and never broken"


def test_lines_stay_as_they_were_typed(person: Person) -> None:
    person.write(body="First\r\n\r\n  Second  \r\nThird")
    assert Message.get().body == "First\n\n  Second\nThird"


@pytest.mark.parametrize(
    ("left_out", "message"),
    [
        ("What is it about?", "Choose what your message is about."),
        ("Subject", ""),
        ("Message", "Write your message."),
    ],
)
def test_what_is_missing_is_said_at_its_field_and_the_rest_stays(
    person: Person, left_out: str, message: str
) -> None:
    page = person.client.get(f"{person.start}/new")
    typed = {"What is it about?": TOPIC[person.portal], "Subject": "S & <T>", "Message": "B"}
    typed[left_out] = ""
    page = page.fill(typed).submit("Send")
    assert (page.status, page.errors) == (422, [message or NO_SUBJECT[person.portal]])
    form = page.form("Send")
    for label, field in (("Subject", "subject"), ("Message", "body")):
        assert form.values[field] == typed[label]
    assert bool(form.values["topic"]) == (left_out != "What is it about?")
    assert Message.select().count() == 0


def test_a_text_that_is_too_long_is_not_lost(person: Person) -> None:
    page = person.write("S" * 10_000, "B" * 10_001)
    assert page.errors[0] == "Use at most 120 characters for the subject."
    assert page.errors[1].startswith("Use at most 10,000 characters for the message.")
    page = page.fill({"Subject": "S"}).submit("Send")
    assert len(page.form("Send").values["body"]) == 10_001
    assert page.fill({"Message": "B" * 10_000}).submit("Send").status == 200


def test_everything_that_is_wrong_is_said_at_once(person: Person) -> None:
    page = person.client.get(f"{person.start}/new")
    page = person.send(page, [("setup.pdf", files.PROGRAM)], topic="", subject="", body="")
    assert [line.split()[0] for line in page.errors] == ["Choose", "Enter", "Write", "We"]


def test_a_topic_of_the_other_portal_is_none(person: Person) -> None:
    other = {"member": "report-content", "provider": "id-card"}[person.portal]
    page = person.client.post(
        f"{person.start}/new", {"topic": other, "subject": "S", "body": "B", "once": "1"}
    )
    assert page.errors == ["Choose what your message is about."]


def test_two_taps_send_one_message(person: Person) -> None:
    form = person.client.get(f"{person.start}/new").fill(
        {"What is it about?": TOPIC[person.portal], "Subject": "S", "Message": "B"}
    )
    assert form.submit("Send").url == form.submit("Send").url
    assert Message.select().count() == 1


def test_the_topic_decides_who_answers(member: Person) -> None:
    page = member.client.get(f"{member.start}/new")
    page = page.fill({"What is it about?": "Using this website", "Subject": "S", "Message": "B"}).submit(
        "Send"
    )
    assert page.heading == "Messages with Web Support"


def test_so_many_messages_a_day_and_the_next_one_later(person: Person, clock: Hands) -> None:
    for number in range(20):
        assert person.write(str(number)).status == 200
    page = person.write("One more", "Important")
    assert page.status == 422
    assert "You have sent many messages in one day." in page.errors[0]
    assert page.form("Send").values["body"] == "Important"
    clock.advance(hours=24)
    person.sign_in()
    assert person.write("One more").status == 200


# --- reading ---


def test_an_answer_is_counted_in_the_menu_until_it_is_opened(person: Person, dana: Account) -> None:
    person.write()
    answer(dana)
    page = person.client.get(person.start)
    label = {"member": "MESSAGES (1)", "provider": "Messages (1 new)"}[person.portal]
    page = page.click(label)
    assert "New A question" in page.text
    page = person.client.get(f"{person.start}/{MessageThread.get().key}")
    assert "New Dana, " + DESK[person.portal] in page.text
    assert "It is on its way." in page.text
    links = person.client.get(person.start).links()
    assert label not in links
    assert label.split(" (")[0] in links


def test_one_can_write_again(person: Person, dana: Account) -> None:
    page = person.write()
    answer(dana)
    page = page.fill({"Message": "Thank you. One more thing."}).submit("Send")
    assert [row.body for row in Message.select().order_by(Message.id)] == [
        "Where is it?",
        "It is on its way.",
        "Thank you. One more thing.",
    ]
    assert "Waiting for an answer" in page.text


def test_many_threads_stand_on_several_pages(person: Person, clock: Hands) -> None:
    for number in range(1, 24):
        person.write(f"Question number {number};")
        clock.advance(hours=2)
        person.sign_in()
    page = person.client.get(person.start)
    assert "Question number 23;" in page.text
    assert "Question number 3;" not in page.text
    page = page.click("Older messages")
    assert "Question number 3;" in page.text
    assert "Question number 23;" in page.click("Newer messages").text
    assert person.client.get(f"{person.start}?page=99").path == person.start


def test_a_mail_about_an_answer_leads_here_and_says_nothing_of_it(member: Person, dana: Account) -> None:
    member.write("My diabetes")
    answer(dana, "About your diabetes")
    assert "diabetes" not in "".join(mail.subject + mail.body for mail in OutboxMessage.select())


# --- whose they are ---


def test_nobody_elses_thread_or_file_opens(person: Person, new_client: Any) -> None:
    page = person.new_with(("scan.pdf", files.PDF))
    address = page.tree.xpath("//a[@download]/@href")[0]
    stranger = Person(new_client(), person.portal, "ben")
    for url in (page.url, address):
        assert stranger.client.get(url, status=404).heading == "Page not found"
    assert stranger.client.post(page.url, {"body": "Mine now", "once": "1"}).status == 404
    assert Message.select().count() == 1
    refused = AuditEntry.select().where(AuditEntry.outcome == "refused")
    assert {entry.action for entry in refused} == {"open-thread"}


def test_a_file_opens_only_in_its_own_thread(person: Person) -> None:
    first = person.new_with(("scan.pdf", files.PDF))
    second = person.write()
    key = MessageFile.get().key
    person.client.get(f"{first.url}/{key}")
    person.client.get(f"{second.url}/{key}", status=404)


def test_addresses_and_titles_say_nothing(person: Person) -> None:
    page = person.write("My diabetes test")
    assert "diabetes" not in page.url + page.title
    assert len(page.url.rpartition("/")[2]) == 22, "128 random bits"


# --- files ---


def test_files_come_along_and_go_out_as_downloads(person: Person) -> None:
    page = person.new_with(("scan.pdf", files.PDF), ("Fotografía.JPG", files.JPEG), ("n.txt", files.TEXT))
    assert page.status == 200
    for name, content, kind in (
        ("scan.pdf", files.PDF, "application/pdf"),
        ("Fotografía.jpg", files.JPEG, "image/jpeg"),
        ("n.txt", files.TEXT, "text/plain"),
    ):
        link = next(a for a in page.tree.xpath("//a[@download]") if name in a.text_content())
        response = person.client.get(link.get("href")).response
        assert response.data == content
        assert response.mimetype == kind
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert "no-store" in response.headers["Cache-Control"]
    opened = AuditEntry.select().where(AuditEntry.action == "open-file", AuditEntry.outcome == "done")
    assert opened.count() == 3


def test_a_file_that_is_refused_costs_neither_the_text_nor_the_other_files(person: Person) -> None:
    page = person.new_with(("scan.pdf", files.PDF), ("setup.pdf", files.PROGRAM), body="A long <story>")
    assert page.status == 422
    assert page.errors[0].startswith("We cannot take the file setup.pdf. Send a PDF, a photo")
    assert page.form("Send").values["body"] == "A long <story>"
    assert "scan.pdf" in page.text
    page = page.submit("Send")
    assert page.status == 200
    assert [file.name for file in MessageFile.select()] == ["scan.pdf"]
    assert "scan.pdf" in page.text


def test_a_file_can_be_taken_out_again(person: Person) -> None:
    page = person.new_with(("scan.pdf", files.PDF), ("setup.pdf", files.PROGRAM))
    page = page.submit("Take out: scan.pdf")
    assert "scan.pdf" not in page.text
    assert page.status == 200
    assert FileContent.select().count() == 0
    page.submit("Send")
    assert MessageFile.select().count() == 0


def test_more_files_than_come_along_are_told_of_and_can_be_taken_out(person: Person) -> None:
    page = person.new_with(*((f"{number}.pdf", files.PDF + bytes(number)) for number in range(4)))
    assert page.errors[0].startswith("Send at most 3 files with a message.")
    page = page.submit("Take out: 2.pdf").submit("Send")
    assert page.status == 200
    assert MessageFile.select().where(MessageFile.message.is_null(False)).count() == 3


def test_a_file_over_ten_megabytes_is_refused_by_name(member: Person) -> None:
    page = member.new_with(("film.pdf", files.PDF + bytes(10_000_000)))
    assert page.errors == ["The file film.pdf is larger than 10 MB. Send a smaller copy, or a photo of it."]


def test_ten_megabytes_are_taken(member: Person) -> None:
    content = files.PDF + bytes(10_000_000 - len(files.PDF))
    page = member.new_with(("scan.pdf", content))
    assert page.status == 200
    assert len(member.client.get(page.tree.xpath("//a[@download]/@href")[0]).response.data) == 10_000_000


def test_somebody_elses_unsent_file_does_not_come_along(person: Person) -> None:
    other = accounts.create_account(
        portal=person.portal,
        username="ben",
        password_hash="x",
        email="b@example.com",
        first_name="B",
        last_name="B",
    )
    file = attachments.keep(other, attachments.Upload("private.pdf", files.PDF), PLAN)
    page = person.client.get(f"{person.start}/new")
    page = person.send(
        page, [], topic={"member": "other", "provider": "other"}[person.portal], subject="S", body="B"
    )
    url = f"{person.start}/new"
    sent = {"topic": "other", "subject": "S2", "body": "B", "once": "2", "taken": file.key}
    page = person.client.post(url, sent)
    assert "private.pdf" not in page.text
    assert MessageFile.get().message_id is None


@pytest.mark.parametrize("size", [1_500_000, 70_000_000])
def test_only_a_signed_in_person_may_send_much_and_not_without_end(
    member: Person, new_client: Any, size: int
) -> None:
    page = member.client.get(f"{member.start}/new")
    signed_in = member.send(
        page, [("big.pdf", files.PDF + bytes(size))], topic="other", subject="S", body="B"
    )
    assert signed_in.status == (200 if size < 2_000_000 else 413)
    stranger = new_client()
    data = {"csrf_token": stranger.csrf_token(), "files": (io.BytesIO(bytes(size)), "big.pdf")}
    assert stranger.open("POST", page.url, data=data).status == 413
