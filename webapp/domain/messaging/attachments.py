"""Files that people attach to messages. What a file is, its first bytes decide, not its name.

They are kept in the database: a backup of it holds them, on SQLite and on PostgreSQL, and a message never stands
without its files. Seven kinds need no library: the table below is stricter than one, which would say "zip" or "text" of
much that is not wanted here.
"""

import hashlib
import io
import secrets
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from peewee import ModelSelect

from webapp import clock
from webapp.config import Plan
from webapp.domain import audit
from webapp.domain.account.accounts import Account
from webapp.domain.audit import Actor
from webapp.domain.db import transaction
from webapp.domain.messaging.message_tables import FileContent, MessageFile

MEGABYTE = 1_000_000

#: A file that was taken, but whose message was never sent, is gone after this; and an account keeps so many of them.
KEPT_UNSENT = timedelta(hours=24)
MOST_UNSENT = 12

_LONGEST_NAME = 80
#: What an archive of an office document may list; more is not a letter that somebody wrote.
_MOST_PARTS = 2_000
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its ending, the type it is served with, and how its bytes are known."""

    ending: str
    mimetype: str
    fits: Callable[[bytes], bool]


@dataclass(frozen=True)
class Upload:
    """A file as somebody sent it."""

    name: str
    content: bytes


class FileRefused(Exception):
    """`why`: "empty", "large", "kind" (not one of ours) or "macros"; `name` as the person knows the file."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{why}: a file")
        self.name, self.why = name, why


def _is_document(part: str) -> Callable[[bytes], bool]:
    """Whether bytes are an office document whose main part is `part`. Only its list of parts is read."""

    def fits(content: bytes) -> bool:
        names = _parts(content)
        return "[Content_Types].xml" in names and part in names

    return fits


def _is_text(content: bytes) -> bool:
    """Whether bytes are plain text: UTF-8, UTF-16 with its mark, or the older Windows letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text)
    return False


#: By kind, in the order in which they are tried. Text comes last: nearly everything that people write is text.
KINDS: dict[str, Kind] = {
    "pdf": Kind(".pdf", "application/pdf", lambda content: content.startswith(b"%PDF-")),
    "jpeg": Kind(".jpg", "image/jpeg", lambda content: content.startswith(b"\xff\xd8\xff")),
    "png": Kind(".png", "image/png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n")),
    "heic": Kind(
        ".heic",
        "image/heic",
        lambda content: content[4:8] == b"ftyp" and content[8:12] in _HEIF_BRANDS,
    ),
    "docx": Kind(
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _is_document("word/document.xml"),
    ),
    "xlsx": Kind(
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _is_document("xl/workbook.xml"),
    ),
    "text": Kind(".txt", "text/plain", _is_text),
}
#: Other endings that people's devices give files of a kind.
_ALSO = {"jpeg": (".jpeg", ".jpe", ".jfif"), "heic": (".heif",)}
#: What a browser's file chooser is told to offer.
ACCEPTED = ",".join([*(kind.ending for kind in KINDS.values()), ".jpeg", ".heif"])


def kind_of(upload: Upload, most_bytes: int) -> str:
    """The key of KINDS that the bytes are of. Raises FileRefused.

    Text is taken only under a name that says so: any script and any web page is text too.
    """
    if not upload.content:
        raise FileRefused(upload.name, "empty")
    if len(upload.content) > most_bytes:
        raise FileRefused(upload.name, "large")
    found = next((key for key, kind in KINDS.items() if kind.fits(upload.content)), None)
    if found is None or (found == "text" and not upload.name.lower().endswith(".txt")):
        raise FileRefused(upload.name, "kind")
    if any(part.lower().endswith("vbaproject.bin") for part in _parts(upload.content)):
        raise FileRefused(upload.name, "macros")
    return found


def keep(account: Account, upload: Upload, plan: Plan) -> MessageFile:
    """Check a file and keep it until its message is sent. Raises FileRefused; then nothing was kept.

    The same bytes sent twice before that are kept once.
    """
    kind = kind_of(upload, plan["messages"]["file_megabytes"] * MEGABYTE)
    digest = hashlib.sha256(upload.content).hexdigest()
    with transaction():
        earlier: MessageFile | None = _unsent(account).where(MessageFile.sha256 == digest).first()
        if earlier is not None:
            return earlier
        _drop_oldest_unsent(account)
        kept = MessageFile.create(
            key=secrets.token_urlsafe(16),
            account=account,
            name=_clean_name(upload.name, kind),
            kind=kind,
            size=len(upload.content),
            sha256=digest,
            added_at=clock.now(),
        )
        FileContent.create(file=kept, content=upload.content)
    return kept


def unsent(account: Account, keys: Sequence[str]) -> list[MessageFile]:
    """Those of the named files that are the account's own and belong to no message yet, in the order they came."""
    if not keys:
        return []
    named = _unsent(account).where(MessageFile.key.in_(keys[:20]))
    return list(named.order_by(MessageFile.added_at, MessageFile.key))


def drop(account: Account, key: str) -> None:
    """Take a file out again whose message is not sent yet."""
    with transaction():
        MessageFile.delete().where(
            MessageFile.account == account, MessageFile.key == key, MessageFile.message.is_null()
        ).execute()


def attach(files: Sequence[MessageFile], message_id: int) -> None:
    """Make files a message's, in the transaction that sends it. The caller has them from `unsent` or `keep`."""
    if files:
        keys = [file.key for file in files]
        MessageFile.update(message=message_id).where(
            MessageFile.key.in_(keys), MessageFile.message.is_null()
        ).execute()


def of_messages(message_ids: Sequence[int]) -> dict[int, list[MessageFile]]:
    """The files of messages, by message."""
    found: dict[int, list[MessageFile]] = {}
    if message_ids:
        listed = MessageFile.select().where(MessageFile.message.in_(message_ids))
        for file in listed.order_by(MessageFile.added_at, MessageFile.key):
            found.setdefault(file.message_id, []).append(file)
    return found


def read(file: MessageFile, actor: Actor) -> bytes:
    """A file's bytes, for whoever may see its message. Each reading is in the audit log."""
    content = FileContent.get_by_id(file.key).content
    audit.record(
        actor, "open-file", subject=f"account:{file.account_id}", detail=f"message {file.message_id}"
    )
    return bytes(content)


def sweep() -> None:
    """Remove files whose message was never sent."""
    with transaction():
        MessageFile.delete().where(
            MessageFile.message.is_null(), MessageFile.added_at < clock.now() - KEPT_UNSENT
        ).execute()


def _unsent(account: Account) -> ModelSelect:
    return MessageFile.select().where(MessageFile.account == account, MessageFile.message.is_null())


def _drop_oldest_unsent(account: Account) -> None:
    newest_first = _unsent(account).order_by(MessageFile.added_at.desc(), MessageFile.key)
    for file in list(newest_first.offset(MOST_UNSENT - 1).limit(100)):
        file.delete_instance()


def _parts(content: bytes) -> frozenset[str]:
    """What an archive lists; nothing for anything else. Nothing of it is unpacked."""
    if not content.startswith(b"PK\x03\x04"):
        return frozenset()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    # The last: an archive of a version that the library does not know.
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return frozenset()
    return frozenset(names) if len(names) <= _MOST_PARTS else frozenset()


def _clean_name(name: str, kind: str) -> str:
    """A name that any computer can keep: no folders, nothing unprintable, the ending of what the file is."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    plain = "".join(c if c.isprintable() and c not in '<>:"|?*;%' else " " for c in last)
    plain = " ".join(plain.split()).strip(". ")
    ending = KINDS[kind].ending
    for known in (ending, *_ALSO.get(kind, ())):
        if plain.lower().endswith(known):
            plain = plain[: -len(known)]
            break
    return f"{plain[:_LONGEST_NAME].strip('. ') or 'file'}{ending}"
