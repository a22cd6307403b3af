"""The head and the body of the report table. In Jinja, fifty rows of fifteen cells take longer than all the rest."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from reports.catalog import REPORTS, Column
from reports.definition import MEMBER_NAME
from webapp.domain.reporting.gap_answers import COLUMN_LABEL
from webapp.domain.reporting.report_pages import Page, cell_text, cell_words
from webapp.pieces import escape_text
from webapp.web import texts
from webapp.web.texts import gettext as _

WITHHELD = "withheld"

#: Columns whose texts are long: they break into lines where others stay on one.
_LONG = frozenset({"address", "diagnosis", "hospital", "facility", "measure", "revenue"})
_NUMBERS = frozenset({"count", "percent"})
_RECURRING = frozenset({"date", "due", "flag"})


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


def paper_head(slug: str, *more: str) -> Markup:
    """The same for paper, where a label leads nowhere; `more` are the labels of what stands after the report's own."""
    cells = [*_head_cells(slug), *(("", escape_text(label), "") for label in more)]
    written = "".join(f'<th scope="col"{opening}>{label}</th>' for _key, label, opening in cells)
    return Markup(written)  # noqa: S704 - every label above is escaped


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
    (the form around the table sends it). last: gives a cell after the others, from a Client ID. Written column by
    column: what its cells have in common is found out once.
    """
    written = []
    for column in _columns(page.view.report.slug):
        cells = column.cells([row[column.key] for row in page.rows])
        if column.test and answers is not None:
            _ask_why(cells, column, page, answers)
        written.append(cells)
    if last:
        opening = f'<td class="long" data-label="{escape_text(_(COLUMN_LABEL))}">'
        written.append([f"{opening}{escape_text(last(row['client_id']))}</td>" for row in page.rows])
    rows = map("".join, zip(*written, strict=True))
    return Markup("".join(f"<tr>{row}</tr>\n" for row in rows))  # noqa: S704 - values and labels above are escaped


def _ask_why(cells: list[str], column: "_Column", page: Page, answers: Mapping[tuple[str, str], str]) -> None:
    """Make cells that explain themselves buttons: where something is Due, and where an answer was given."""
    for place, row in enumerate(page.rows):
        value = row[column.key]
        said = answers.get((row["client_id"], column.test)) if answers else None
        if said or value == "Due":
            cells[place] = column.button(f"{page.positions[place]}.{column.test}", value, said)


class _Column:
    """A column of the body, and how its cells are written in the language of the page."""

    def __init__(
        self, column: Column, label: str, words: Mapping[str, str], *, heads_rows: bool, test: str
    ) -> None:
        """heads_rows: whether its cells are the headings of their rows. test: the key of the test whose Due it says."""
        self.key, self.test = column.key, test
        self._due = escape_text(words["Due"])
        self._show = cell_text(column, words)
        tag, said = ("th", ' scope="row"') if heads_rows else ("td", f' data-label="{escape_text(label)}"')
        self._opening, self._closing = f"<{tag}{said}{_class(column)}>", f"</{tag}>"
        # Without a value, a cell needs no label: a telephone shows neither.
        self._blank = '<th scope="row"></th>' if heads_rows else "<td></td>"
        self._says_due = column.kind == "due"
        # Days and words recur from row to row, and say nothing of anybody: they are kept.
        self._write = lru_cache(maxsize=1024)(self._cell) if column.kind in _RECURRING else self._cell

    def cells(self, values: Sequence[Any]) -> list[str]:
        """The cells of these values, None for a blank."""
        return list(map(self._write, values))

    def button(self, name: str, value: str | None, answer: str | None) -> str:
        """A cell that explains itself: a button where something is Due; else its text, if there is any, and a button
        with the answer that was given."""
        said = escape_text(answer) if answer else ""
        if value == "Due":
            held = (
                f'<button class="due" name="row" value="{name}">{self._due}{said and f" · {said}"}</button>'
            )
        else:
            text = f"{escape_text(self._show(value))} " if value else ""
            held = f'{text}<button class="tag" name="row" value="{name}">{said}</button>'
        return f"{self._opening}{held}{self._closing}"

    def _cell(self, value: Any) -> str:
        if value is None:
            return self._blank
        if self._says_due and value == "Due":
            return f'{self._opening}<span class="due">{self._due}</span>{self._closing}'
        return f"{self._opening}{escape_text(self._show(value))}{self._closing}"


@texts.kept
def _columns(slug: str) -> list[_Column]:
    """The columns of a report's body."""
    words = cell_words(_)
    report = REPORTS[slug]
    tests = {test.due_key: test.key for test in report.tests}
    head = MEMBER_NAME if MEMBER_NAME in report.columns else report.columns[0]
    return [
        _Column(column, label, words, heads_rows=column == head, test=tests.get(key, ""))
        for column, (key, label) in zip(report.columns, heads(slug), strict=True)
    ]


def _class(column: Column) -> str:
    if column.kind in _NUMBERS:
        return ' class="num"'
    return ' class="long"' if column.key in _LONG else ""
