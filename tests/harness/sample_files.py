"""Small files of every kind, and such as pretend to be one, for tests of attachments."""

import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(20) + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(16)
TEXT = "Señora Núñez called on Monday.\n".encode()
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(60) + b"This program cannot be run in DOS mode"
PAGE = b"<!doctype html><script>alert(1)</script>"


def archive(*names: str) -> bytes:
    """A zip archive with parts of these names, the same bytes whenever it is made: they name tests."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        for name in names:
            target.writestr(zipfile.ZipInfo(name), "<x/>")
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")
# Its list of parts asks for a version that no reader knows.
OF_A_LATER_KIND = DOCX.replace(b"PK\x01\x02\x14\x03\x14\x00", b"PK\x01\x02\x14\x03\xff\x00")
XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
WITH_MACROS = archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
PLAIN_ARCHIVE = archive("holiday.jpg")
