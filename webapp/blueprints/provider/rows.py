"""The head and the body of the report table. In Jinja, fifty rows of fifteen cells take longer than all the rest."""

from html import escape as escape_text

from markupsafe import Markup, escape

from reports.catalog import REPORTS
from webapp.domain.report_pages import Page, cell_text, cell_words
from webapp.web import texts
from webapp.web.texts import gettext as _

#: The column that heads a row, whichever place the printed order gives it.
HEAD = "member_name"

_CLASSES = {"count": ' class="num"'}


@texts.kept
def heads(slug: str) -> list[tuple[str, str]]:
    """Key and label of each column of a report, in the language of the page."""
    return [(column.key, _(column.label)) for column in REPORTS[slug].columns]


def table_rows(page: Page) -> Markup:
    """One `<tr>` a row of the page, its cells in printed order as the download has them. Every value is escaped."""
    cells, due = _cells(page.view.report.slug)
    out: list[str] = []
    for row in page.rows:
        out.append("<tr>")
        for key, opening, closing, show, is_due in cells:
            value = row[key]
            if value is None:
                out.append(opening + closing)
            elif is_due and value == "Due":
                out.append(opening + due + closing)
            else:
                out.append(opening + escape_text(show(value)) + closing)
        out.append("</tr>\n")
    return Markup("".join(out))  # noqa: S704 - every value and label above is escaped


@texts.kept
def _cells(slug: str) -> tuple[list[tuple], str]:
    """Of each column its key, the tags around a cell, how a value is written, whether it says Due; and that word."""
    ours = cell_words(_)
    cells = []
    for column, (key, label) in zip(REPORTS[slug].columns, heads(slug), strict=True):
        if key == HEAD:
            opening, closing = '<th scope="row">', "</th>"
        else:
            opening = f'<td data-label="{escape(label)}"{_CLASSES.get(column.kind, "")}>'
            closing = "</td>"
        cells.append((key, opening, closing, cell_text(column, ours), column.kind == "due"))
    return cells, f'<span class="due">{escape(ours["Due"])}</span>'
