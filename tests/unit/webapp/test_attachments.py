"""What a file is, its bytes decide; what may be attached, and under which name it is kept."""

import pytest

from tests.harness import sample_files as files
from tests.harness.clock import Hands
from webapp.config import read_settings
from webapp.domain.account import accounts
from webapp.domain.account.accounts import Account
from webapp.domain.messaging import attachments
from webapp.domain.messaging.attachments import FileRefused, Upload
from webapp.domain.messaging.message_tables import FileContent, MessageFile

PLAN = read_settings({}).plan
MOST = 10_000_000


@pytest.fixture
def ana(database: object) -> Account:
    return accounts.create_account(
        portal="member",
        username="ana",
        password_hash="x",
        email="ana@example.com",
        first_name="Ana",
        last_name="Ortiz",
    )


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("scan.pdf", files.PDF, "pdf"),
        ("photo.JPG", files.JPEG, "jpeg"),
        ("shot.png", files.PNG, "png"),
        ("IMG_0012.HEIC", files.HEIC, "heic"),
        ("letter.docx", files.DOCX, "docx"),
        ("list.xlsx", files.XLSX, "xlsx"),
        ("note.txt", files.TEXT, "text"),
        ("note.TXT", "Señora".encode("utf-16"), "text"),
        ("old.txt", "Señora".encode("cp1252"), "text"),
        ("photo.png", files.JPEG, "jpeg"),  # a telephone named it wrongly; the bytes decide
    ],
)
def test_the_kinds_that_people_send_are_known_by_their_bytes(name: str, content: bytes, kind: str) -> None:
    assert attachments.kind_of(Upload(name, content), MOST) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.pdf", files.PROGRAM, "kind"),
        ("letter.txt", files.PROGRAM, "kind"),
        ("letter.pdf", files.PAGE, "kind"),
        ("page.html", files.PAGE, "kind"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        ("photos.docx", files.PLAIN_ARCHIVE, "kind"),
        ("broken.docx", files.DOCX[:60], "kind"),
        ("later.docx", files.OF_A_LATER_KIND, "kind"),
        ("letter.docx", files.WITH_MACROS, "macros"),
        ("empty.pdf", b"", "empty"),
        ("large.pdf", files.PDF + bytes(MOST), "large"),
        ("movie.heic", b"\x00\x00\x00\x18ftypisom" + bytes(16), "kind"),
    ],
)
def test_what_only_pretends_to_be_one_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        attachments.kind_of(Upload(name, content), MOST)
    assert refusal.value.why == why


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ana\\scan.PDF", "scan.pdf"),
        ("scan.pdf.exe", "scan.pdf.exe.pdf"),
        ('a"b<c>\r\nX: y.pdf', "a b c X y.pdf"),
        ("Informe médico Núñez.pdf", "Informe médico Núñez.pdf"),
        ("处方.pdf", "处方.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 300 + ".pdf", "x" * 80 + ".pdf"),
    ],
)
def test_a_file_is_kept_under_a_name_that_any_computer_can_keep(ana: Account, sent: str, kept: str) -> None:
    assert attachments.keep(ana, Upload(sent, files.PDF), PLAN).name == kept


def test_the_same_file_chosen_twice_is_kept_once(ana: Account) -> None:
    first = attachments.keep(ana, Upload("a.pdf", files.PDF), PLAN)
    assert attachments.keep(ana, Upload("b.pdf", files.PDF), PLAN).key == first.key
    assert FileContent.select().count() == 1


def test_files_of_messages_that_were_never_sent_are_few_and_go_after_a_day(
    ana: Account, clock: Hands
) -> None:
    for number in range(30):
        attachments.keep(ana, Upload(f"{number}.pdf", files.PDF + bytes(number)), PLAN)
        clock.advance(seconds=1)
    assert MessageFile.select().count() == FileContent.select().count() == attachments.MOST_UNSENT
    clock.advance(hours=25)
    attachments.sweep()
    assert MessageFile.select().count() == FileContent.select().count() == 0
