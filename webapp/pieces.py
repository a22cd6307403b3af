"""What a piece of the page needs done outside its template, because it is done a thousand times a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

#: What `escape` calls for plain text, without wrapping what it returns: a page prints a thousand of them.
escape_text: Callable[[str], str] = _escape_inner

# The class of a cell by its column's kind: figures stand right, dates and numbers of people never break.
CELL_CLASS = {"count": ' class="num"', "date": ' class="id"', "id": ' class="id"'}


def table_rows(columns: Iterable[Any], rows: Iterable[Mapping[str, object]], due: str) -> Markup:
    """The body of a data table: one `<tr>` a row, its first cell the row's heading.

    columns: dicts or objects with `key`, `label` and `kind`. rows: key -> what is printed, None prints nothing.
    due: the word *Due* in the page's language; where a due column says `Due`, that word is shown in its tint.
    Each value is escaped. In Jinja the same takes five times as long.
    """
    cells = [_cell(column) for column in columns]
    shown_due = f'<span class="due">{escape(due)}</span>'
    first, _, _, _ = cells[0]
    out: list[str] = []
    for row in rows:
        out.append(f'<tr><th scope="row">{_shown(row[first])}</th>')
        for key, opening, is_due, is_flag in cells[1:]:
            value = row[key]
            out.append(opening)
            if value is not None and value != "":
                if is_due and value == "Due":
                    out.append(shown_due)
                elif is_flag:
                    out.append(f'<span class="tag">{escape(value)}</span>')
                else:
                    out.append(_shown(value))
            out.append("</td>")
        out.append("</tr>\n")
    return Markup("".join(out))  # noqa: S704 - every value and label above is escaped


def options(entries: Iterable[Any], chosen: object = None, *, coded: bool = False) -> Markup:
    """The `<option>`s of a drop-down. entries: value and label, or a value that is its own label. chosen: the value
    that is selected. coded: the label is data, as a practice's name, and the value stands behind it. A report's
    drop-downs have a hundred of them."""
    out = []
    for entry in entries:
        value, label = entry if isinstance(entry, tuple) else (entry, entry)
        said = _shown(value)
        selected, marked = " selected" if value == chosen else "", " data-value" if coded else ""
        text = f"{_shown(label)} – {said}" if coded else _shown(label)
        out.append(f'<option value="{said}"{selected}{marked}>{text}</option>\n')
    return Markup("".join(out))  # noqa: S704 - every value and label above is escaped


def pages_shown(page: int, pages: int) -> list[int]:
    """The pages that a pager names: the first, the last, and those at most two from `page`. A search of the directory
    has thousands, at each of which the template would have to look."""
    beside = range(max(1, page - 2), min(pages, page + 2) + 1)
    return sorted({1, pages, *beside})


def _cell(column: Any) -> tuple[str, str, bool, bool]:
    """Of a column: its key, the opening tag of its cells, whether it is a due column, whether a flag."""
    key, label, kind = (
        column[name] if isinstance(column, Mapping) else getattr(column, name)
        for name in ("key", "label", "kind")
    )
    return key, f'<td data-label="{escape(label)}"{CELL_CLASS.get(kind, "")}>', kind == "due", kind == "flag"


def escaped(value: object) -> str:
    """What is printed of a value, escaped."""
    if type(value) is str:
        return escape_text(value)
    return value if type(value) is Markup else escape(value)


def _shown(value: object) -> str:
    return "" if value is None else escaped(value)
