"""A report as a file: CSV and XLSX with the same header block and the same figures.

Both are written from the stored cells of one snapshot as they come from the database, so that ten thousand rows and a
hundred thousand take the same memory, and a refresh that publishes meanwhile changes nothing in them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import chain, repeat
from typing import IO, Any

import xlsxwriter

from reports.definition import CLIENT_ID, DATE_OF_BIRTH, MEMBER_NAME, Column
from webapp.domain.reporting import gap_answers
from webapp.domain.reporting.gap_answers import COLUMN_LABEL
from webapp.domain.reporting.report_pages import View, Words, cell_text, cell_words, header_block

#: A spreadsheet reads a cell of a CSV that begins with one of these as a formula (the last four are full-width forms).
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")

#: The longest text that a cell of a spreadsheet holds.
LONGEST_CELL = 32_767

#: Width of a spreadsheet's column in characters, by the kind of its cells, and by key where a kind says too little.
WIDTHS = {"date": 12, "due": 11, "flag": 10, "count": 10, "percent": 10, "id": 16, "name": 26, "text": 18}
WIDER = {"address": 30, "city_state_zip": 26, "diagnosis": 38, "hospital": 28, "facility": 28, "measure": 50,
         "revenue": 28, "gender": 9}  # fmt: skip
ANSWERS_WIDTH = 50


def csv_text(view: View, words: Words = str) -> Iterator[str]:
    """The file in pieces: the header block, a blank line, the column heads, then the rows; no cell acts in a
    spreadsheet. Lines end and cells are quoted as RFC 4180 says."""
    columns = view.report.columns
    answers, at = _answers(view, words), _place_of_client_id(view)
    heads = [words(label) for label in _labels(view)]
    lines = [*(map(safe_cell, line) for line in header_block(view, words)), (), heads]
    yield "".join([",".join(map(_quoted, line)) + "\r\n" for line in lines])
    ours = cell_words(words)
    shown = [_csv_cells(column, ours) for column in columns]
    for batch in view.cells():
        # Column by column: ten thousand rows have 150,000 cells, and this way no line of Python runs for most of them.
        stored = list(zip(*batch))
        written: list[Iterable[str]] = [show(cells) for show, cells in zip(shown, stored)]
        if answers:
            said = map(answers, [client_id or "" for client_id in stored[at]])
            written.append(map(_csv_cell, said))
        elif len(heads) > len(columns):
            written.append(repeat(""))
        yield "\r\n".join(map(",".join, zip(*written))) + "\r\n"


def _labels(view: View) -> list[str]:
    """The column heads in English: the report's, and the practice's answers where it can give any."""
    return [*(column.label for column in view.report.columns), *([COLUMN_LABEL] if view.report.tests else [])]


def _answers(view: View, words: Words) -> Callable[[str], str] | None:
    """From a Client ID to the practice's answers; None where it has given none to this report."""
    if not gap_answers.has_any(view.report, view.tin):
        return None
    return gap_answers.column(view.report, view.tin, words)


def _place_of_client_id(view: View) -> int:
    """Where a stored row says whose it is; -1 where it is nobody's."""
    return view.report.columns.index(CLIENT_ID) if CLIENT_ID in view.report.columns else -1


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet shows it: behind an apostrophe where it would be read as a formula."""
    return f"'{text}" if text[:1] in FORMULA_STARTS else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _needs_quotes(text) else text


_needs_quotes = re.compile(r'[",\r\n]').search


class _Written(dict[Any, Any]):
    """Stored cell -> what is written, of one column. Dates and flags repeat: looking up is faster than writing again.
    It forgets when it has grown, so that a column without repetition takes no memory."""

    MOST = 2_000

    def __init__(self, show: Callable[[str], Any]) -> None:
        super().__init__({None: "", "": ""})
        self.show = show

    def __missing__(self, value: str) -> Any:
        if len(self) > self.MOST:
            self.clear()
            self.update({None: "", "": ""})
        self[value] = written = self.show(value)
        return written


def _csv_cells(column: Column, ours: Mapping[str, str]) -> Callable[[Sequence[str | None]], Iterable[str]]:
    """How the stored cells of a column are written."""
    show = cell_text(column, ours)
    if column in (CLIENT_ID, MEMBER_NAME):
        return _csv_texts
    if column == DATE_OF_BIRTH:  # hardly any twice
        return lambda cells: [_csv_cell(show(stored)) if stored else "" for stored in cells]
    if column.kind in ("count", "percent"):
        return partial(map, _Written(lambda stored: show(stored_value(column, stored))).__getitem__)
    return partial(map, _Written(lambda stored: _csv_cell(show(stored))).__getitem__)


def _csv_texts(cells: Sequence[str | None]) -> list[str]:
    """Names and numbers of people, hardly any twice: looked at together, as one of them seldom holds what needs more
    than quotes for its comma."""
    texts = [stored or "" for stored in cells]
    together = "".join(texts)
    if any(sign in together for sign in '"\r\n') or not FORMULA_STARTS.isdisjoint(
        [text[:1] for text in texts]
    ):
        return [_csv_cell(text) for text in texts]
    return [f'"{text}"' if "," in text else text for text in texts]


def _csv_cell(text: str) -> str:
    """One cell as a CSV has it: safe, and in quotes where it must be. Most are words and dates, which need neither."""
    return text if text.replace("/", "").isalnum() else _quoted(safe_cell(text))


def stored_value(column: Column, stored: str) -> Any:
    """A stored cell (not blank) as the pages get it: counts and percentages are numbers, all else is text."""
    if column.kind in ("count", "percent") and stored.isdigit():
        return int(stored) if column.kind == "count" else int(stored) / 10
    return stored


# --- XLSX ---


def write_xlsx(view: View, file: IO[bytes], words: Words = str) -> None:
    """Write the workbook into `file` (binary, seekable). Dates are dates and counts are numbers; everything else is
    text, whatever it looks like. Rows go to the disk as they are written; what lies there is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "tmpdir": folder,
                "default_date_format": "mm/dd/yyyy",
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        _describe(book, view, words)
        _Sheet(book, view, words).write()
        book.close()


def _describe(book: Any, view: View, words: Words) -> None:
    """The document's title and times; no person's name."""
    properties: dict[str, Any] = {"title": words(view.report.title), "subject": view.report_id}
    if view.snapshot:
        properties["created"] = view.snapshot.created_at
    book.set_properties(properties)


class _Sheet:
    """The one sheet of a workbook: header block, blank line, heads with a filter, rows."""

    def __init__(self, book: Any, view: View, words: Words) -> None:
        self.view, self.words = view, words
        self.columns = view.report.columns
        self.sheet = book.add_worksheet(view.report.slug[:31])
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 2, "bg_color": "#F3F6F9"}
        )
        self.formats = {
            "date": book.add_format({"num_format": "mm/dd/yyyy", "align": "left"}),
            "count": book.add_format({"num_format": "0"}),
            "percent": book.add_format({"num_format": "0.0%"}),
            "due": book.add_format({"bold": True, "font_color": "#8A2F00", "bg_color": "#FFF1E6"}),
        }

    def write(self) -> None:
        """Everything, from top to bottom: in constant memory a row that was left cannot be written to again."""
        sheet, labels = self.sheet, _labels(self.view)
        for number, column in enumerate(self.columns):
            sheet.set_column(number, number, WIDER.get(column.key, WIDTHS[column.kind]))
        if len(labels) > len(self.columns):
            sheet.set_column(len(self.columns), len(self.columns), ANSWERS_WIDTH)
        lines = list(header_block(self.view, self.words))
        for line, texts in enumerate(lines):
            for place, text in enumerate(texts):
                sheet.write_string(line, place, text, self.title if line == 0 else None)
        heads = len(lines) + 1
        sheet.set_row(heads, 32)
        for number, label in enumerate(labels):
            sheet.write_string(heads, number, self.words(label), self.head)
        last = self._rows(heads + 1)
        sheet.autofilter(heads, 0, max(last, heads), len(labels) - 1)
        sheet.freeze_panes(heads + 1, 0)
        sheet.repeat_rows(heads)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&F&R&P / &N")

    def _rows(self, first: int) -> int:
        """Write the rows from line `first` on; returns the last line written."""
        ours = cell_words(self.words)
        writers = [self._writer(column, ours) for column in self.columns]
        answers, at = _answers(self.view, self.words), _place_of_client_id(self.view)
        line = first - 1
        for line, row in enumerate(chain.from_iterable(self.view.cells()), first):
            for number, (write, stored) in enumerate(zip(writers, row)):
                if stored:
                    write(line, number, stored)
            if answers and (said := answers(row[at] or "")):
                self.sheet.write_string(line, len(writers), said[:LONGEST_CELL])
        return line

    def _writer(self, column: Column, ours: Mapping[str, str]) -> Callable[[int, int, str], Any]:
        """Writes a stored cell of this column into a line and place of the sheet."""
        sheet, form = self.sheet, self.formats.get(column.kind)
        made = _Written(_xlsx_value(column, ours))

        def write(line: int, place: int, stored: str) -> None:
            value = made[stored]
            if isinstance(value, str):
                sheet.write_string(line, place, value, form)
            elif isinstance(value, datetime):
                sheet.write_datetime(line, place, value, form)
            else:
                sheet.write_number(line, place, value, form)

        return write


def _xlsx_value(column: Column, ours: Mapping[str, str]) -> Callable[[str], Any]:
    """How a stored cell of the column stands in a spreadsheet: as a moment (a date), a number or a text."""
    show = cell_text(column, ours)

    def value(stored: str) -> Any:
        if column.kind == "date" and (day := _date(stored)):
            return datetime(day.year, day.month, day.day)
        if column.kind in ("count", "percent") and stored.isdigit():
            return int(stored) if column.kind == "count" else int(stored) / 1000
        return show(stored)[:LONGEST_CELL]

    return value


def _date(text: str) -> date | None:
    """The day, where a spreadsheet can hold it: its calendar begins with 1900."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= 1900 else None


def in_pieces(file: IO[bytes], size: int = 65_536) -> Iterator[bytes]:
    """The file from its beginning, piece by piece; it is closed at the end, or when nobody reads on."""
    with file:
        file.seek(0)
        while piece := file.read(size):
            yield piece
