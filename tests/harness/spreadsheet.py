"""Reads a workbook (.xlsx) as a spreadsheet would: the values with their types, and what stands around the table."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DAY_0 = datetime(1899, 12, 30)


@dataclass
class Workbook:
    """`lines` are the cells of the one sheet, line by line, blanks as None, dates as datetimes.

    `formulas` and `links` count what a spreadsheet would act on; `frozen` is the number of lines that stay in sight;
    `filtered` the range with filter buttons; `properties` the words of the document's properties.
    """

    lines: list[list[Any]]
    formulas: int
    links: int
    frozen: int
    filtered: str
    widths: list[float]
    properties: dict[str, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)

    @property
    def heads(self) -> int:
        """Which line holds the column heads: the one after the blank line."""
        return self.lines.index([]) + 1

    @property
    def rows(self) -> list[list[Any]]:
        """The lines under the heads, each as wide as those."""
        width = len(self.lines[self.heads])
        return [line + [None] * (width - len(line)) for line in self.lines[self.heads + 1 :]]


def read(data: bytes) -> Workbook:
    """Read a workbook of one sheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        assert file.testzip() is None
        sheet = etree.fromstring(file.read("xl/worksheets/sheet1.xml"))
        styles = etree.fromstring(file.read("xl/styles.xml"))
        core = etree.fromstring(file.read("docProps/core.xml"))
        parts = file.namelist()
        shared = []
        if "xl/sharedStrings.xml" in parts:
            strings = etree.fromstring(file.read("xl/sharedStrings.xml"))
            shared = ["".join(item.itertext()) for item in strings.iter(f"{_MAIN}si")]
    dated = _date_styles(styles)
    lines: list[list[Any]] = []
    for row in sheet.iter(f"{_MAIN}row"):
        lines += [[] for _ in range(int(row.get("r")) - 1 - len(lines))]
        line: list[Any] = []
        for cell in row.iter(f"{_MAIN}c"):
            line += [None] * (_place(cell.get("r")) - len(line))
            line.append(_value(cell, dated, shared))
        lines.append(line)
    pane, filtered = sheet.find(f".//{_MAIN}pane"), sheet.find(f"{_MAIN}autoFilter")
    return Workbook(
        lines=lines,
        formulas=len(list(sheet.iter(f"{_MAIN}f"))),
        links=len(list(sheet.iter(f"{_MAIN}hyperlink"))),
        frozen=int(pane.get("ySplit")) if pane is not None and pane.get("state") == "frozen" else 0,
        filtered=filtered.get("ref") if filtered is not None else "",
        widths=[float(column.get("width")) for column in sheet.iter(f"{_MAIN}col")],
        properties={etree.QName(one).localname: one.text or "" for one in core},
        parts=parts,
    )


def _place(reference: str) -> int:
    """The column of "AB12", from 0."""
    number = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Element, dated: set[int], shared: list[str]) -> Any:
    if cell.get("t") == "inlineStr":
        return "".join(cell.itertext())
    value = cell.findtext(f"{_MAIN}v")
    if value is None:
        return None
    if cell.get("t") == "s":
        return shared[int(value)]
    if int(cell.get("s") or 0) in dated:
        return _DAY_0 + timedelta(days=float(value))
    number = float(value)
    return int(number) if number.is_integer() else number


def _date_styles(styles: Element) -> set[int]:
    """The cell styles whose numbers are shown as a day."""
    formats = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{_MAIN}numFmt")}
    used = styles.find(f"{_MAIN}cellXfs")
    return {n for n, one in enumerate(used) if "yyyy" in (formats.get(one.get("numFmtId")) or "")}
