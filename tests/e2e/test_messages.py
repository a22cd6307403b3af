"""Secure messages in a browser: reading an answer, writing, a file that is refused, downloading what was sent."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.harness.walk import Walk
from tests.harness import sample_files

ANSWERED = "Mi tarjeta no ha llegado"


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a letter, and a program that pretends to be one."""
    folder = tmp_path_factory.mktemp("uploads")
    (folder / "letter.pdf").write_bytes(sample_files.PDF)
    (folder / "setup.pdf").write_bytes(sample_files.PROGRAM)
    return folder


def test_a_new_answer_is_counted_beside_the_profile(walk: Walk) -> None:
    account = next(one for one in walk.demo["accounts"] if one["username"] == "tvega88")
    walk.open("/members/login")
    walk.fill("Username", account["username"])
    walk.fill("Password", account["password"])
    walk.click("Login", budget=False)  # brings the style sheet of signed-in pages, once
    walk.click("MESSAGES (%(count)s)", count=1)
    walk.sees_heading("Messages")
    walk.sees("New")


def test_opening_the_thread_is_reading_it(walk: Walk) -> None:
    walk._moving(walk.page.get_by_role("link", name=ANSWERED).click)
    walk.sees_heading("Messages with %(desk)s", desk=walk.t("Member Engagement Services"))
    expect(walk.page.get_by_text("Ya pedimos la tarjeta.")).to_be_visible()
    walk.click("All messages")
    assert walk.pressable("MESSAGES").is_visible()


def test_a_message_is_written_with_a_file_that_is_refused(walk: Walk, uploads: Path) -> None:
    walk.click("Write a message")
    walk.choose("What is it about?", "My ID card")
    walk.fill("Subject", "A letter about my card")
    walk.fill("Message", "Please look at the letter.\n\nThank you.")
    walk.control("Files (optional)").set_input_files([uploads / "letter.pdf", uploads / "setup.pdf"])
    walk.click("Send", within=walk.page.locator("main .btns"))
    assert len(walk.errors()) == 1
    assert "setup.pdf" in walk.errors()[0]
    expect(walk.control("Message")).to_have_value("Please look at the letter.\n\nThank you.")
    expect(walk.page.get_by_text("letter.pdf").first).to_be_visible()
    walk.shot("refused", whole=True)


def test_the_rest_is_still_there_and_is_sent(walk: Walk) -> None:
    walk.click("Send", within=walk.page.locator("main .btns"))
    walk.sees_heading("Messages with %(desk)s", desk=walk.t("Member Engagement Services"))
    expect(walk.page.locator("main").get_by_text("Please look at the letter.")).to_be_visible()


def test_the_file_comes_back_as_it_was_sent(walk: Walk) -> None:
    with walk.page.expect_download() as started:
        walk.page.locator("a[download]").click()
    assert Path(started.value.path()).read_bytes() == sample_files.PDF
    assert started.value.suggested_filename == "letter.pdf"


def test_one_can_write_again_by_keyboard(walk: Walk) -> None:
    walk.fill("Message", "One more thing.")
    walk.control("Message").press("Tab")
    walk.page.keyboard.press("Tab")
    walk._moving(lambda: walk.page.keyboard.press("Enter"))
    expect(walk.page.locator("main").get_by_text("One more thing.")).to_be_visible()
