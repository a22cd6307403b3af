"""The head and the body of the report table. In Jinja, fifty rows of fifteen cells take longer than all the rest."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape as escape_text
from typing import Any, NamedTuple

from markupsafe import Markup, escape

from reports.catalog import REPORTS, Column
from reports.definition import MEMBER_NAME
from webapp.domain.reporting.gap_answers import COLUMN_LABEL
from webapp.domain.reporting.report_pages import Page, cell_text, cell_words
from webapp.web import texts
from webapp.web.texts import gettext as _

WITHHELD = "withheld"

#: Columns whose texts are long: they break into lines where others stay on one.
_LONG = frozenset({"address", "diagnosis", "hospital", "facility", "measure", "revenue"})
_NUMBERS = frozenset({"count", "percent"})
_RECURRING = frozenset({"date", "due", "flag"})
_MARKUP = re.compile("[&<>\"']")


class _Cells(NamedTuple):
    """One column of the body: the tags around a cell, how a value is written as HTML, the whole of an empty cell and of
    one that says Due (None where it cannot), and the key of the test whose Due it says."""

    key: str
    opening: str
    closing: str
    html: Callable[[Any], str]
    empty: str
    due: str | None
    test: str


@texts.kept
def heads(slug: str) -> list[tuple[str, str]]:
    """Key and label of each column of a report, in the language of the page."""
    return [(column.key, _(column.label)) for column in REPORTS[slug].columns]


def head_row(slug: str, urls: Sequence[str], sort: str | None, descending: bool) -> Markup:
    """The cells of the table's head: of each column its label, which leads to where it is sorted by. urls: as many as
    columns. sort: the key by which it is sorted now."""
    out = []
    for (key, label, opening), url in zip(_head_cells(slug), urls, strict=True):
        now = ("descending" if descending else "ascending") if key == sort else "none"
        to = escape_text(url)
        out.append(
            f'<th scope="col" aria-sort="{now}"{opening}><a id="by-{key}" href="{to}" hx-get="{to}">{label}</a></th>\n'
        )
    return Markup("".join(out))  # noqa: S704 - every label and address above is escaped


@texts.kept
def _head_cells(slug: str) -> list[tuple[str, str, str]]:
    """Of each column its key, its label and its class."""
    classes = [' class="num"' if column.kind in _NUMBERS else "" for column in REPORTS[slug].columns]
    return [(key, escape_text(label), said) for (key, label), said in zip(heads(slug), classes, strict=True)]


def says_withheld(page: Page) -> bool:
    """Whether a cell of this page is withheld, so that the page has to say why."""
    keys = [column.key for column in page.view.report.columns if column.sensitive]
    return any(row[key] == WITHHELD for row in page.rows for key in keys)


def table_rows(
    page: Page,
    answers: Mapping[tuple[str, str], str] | None = None,
    last: Callable[[str], str] | None = None,
) -> Markup:
    """One `<tr>` a row of the page, its cells in printed order as the download has them. Every value is escaped.

    answers: by Client ID and test key what stands beside a Due; with it, each of these cells is a button that asks why
    (the form around the table sends it). last: gives a cell after the others, from a Client ID.
    """
    cells, due = _cells(page.view.report.slug)
    last_cell = f'<td class="long" data-label="{escape(_(COLUMN_LABEL))}">'
    out: list[str] = []
    for row, position in zip(page.rows, page.positions, strict=True):
        out.append("<tr>")
        for key, opening, closing, html, empty, said_due, test in cells:
            value = row[key]
            if test and answers is not None:
                said = answers.get((row["client_id"], test)) if answers else None
                if said or value == "Due":
                    out.append(opening + _asks_why(f"{position}.{test}", value, due, said, html) + closing)
                    continue
            if value is None:
                out.append(empty)
            elif value == "Due" and said_due:
                out.append(said_due)
            else:
                out.append(opening + html(value) + closing)
        if last:
            out.append(f"{last_cell}{escape_text(last(row['client_id']))}</td>")
        out.append("</tr>\n")
    return Markup("".join(out))  # noqa: S704 - every value and label above is escaped


def _asks_why(name: str, value: str | None, due: str, said: str | None, html: Callable[[Any], str]) -> str:
    """What a cell holds that explains itself: a button where something is Due; else its text, if there is any, and a
    button with the answer that was given."""
    answer = escape_text(said) if said else ""
    if value == "Due":
        return (
            f'<button class="due" name="row" value="{name}">{due}{" · " + answer if answer else ""}</button>'
        )
    text = f"{html(value)} " if value else ""
    return f'{text}<button class="tag" name="row" value="{name}">{answer}</button>'


@texts.kept
def _cells(slug: str) -> tuple[list[_Cells], str]:
    """How the cells of each column are written, and the word for Due."""
    ours = cell_words(_)
    report = REPORTS[slug]
    tests = {test.due_key: test.key for test in report.tests}
    head = MEMBER_NAME if MEMBER_NAME in report.columns else report.columns[0]
    due = escape_text(ours["Due"])
    cells = []
    for column, (key, label) in zip(report.columns, heads(slug), strict=True):
        if column == head:
            opening, closing = f'<th scope="row"{_class(column)}>', "</th>"
        else:
            opening, closing = f'<td data-label="{escape(label)}"{_class(column)}>', "</td>"
        said_due = f'{opening}<span class="due">{due}</span>{closing}' if column.kind == "due" else None
        html = _as_html(column, cell_text(column, ours))
        cells.append(_Cells(key, opening, closing, html, opening + closing, said_due, tests.get(key, "")))
    return cells, due


def _as_html(column: Column, show: Callable[[Any], str]) -> Callable[[Any], str]:
    """How a value is written, escaped. In most there is nothing to escape, which is found out sooner. Days and words
    recur from row to row, and say nothing of anybody: they are kept."""

    def html(value: Any) -> str:
        text = show(value)
        return escape_text(text) if _MARKUP.search(text) else text

    return lru_cache(maxsize=1024)(html) if column.kind in _RECURRING else html


def _class(column: Column) -> str:
    if column.kind in _NUMBERS:
        return ' class="num"'
    return ' class="long"' if column.key in _LONG else ""
