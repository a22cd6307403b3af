"""What the console's lists have in common: pages, sorting, and the same list as a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, stream_with_context, url_for
from flask_babel import format_time

from webapp import clock
from webapp.domain.db import connected
from webapp.domain.reporting.report_files import safe_cell
from webapp.web import render

_BATCH = 500


def page(name: str, title: str, status: int = 200, /, **context: Any) -> Response:
    """A page of a room: partials/support/<name>.html in the console's frame."""
    return render.page(
        "support/page.html", f"partials/support/{name}.html", title=title, status=status, **context
    )


def number(text: str | None) -> int:
    """A page's number from an address; 1 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 and int(text) else 1


def chosen(name: str, offered: Iterable[str]) -> str:
    """What an address asks for under a name, where it is offered; '' for anything else."""
    asked = request.args.get(name, "")
    return asked if asked in set(offered) else ""


def is_down() -> bool:
    """Whether an address asks for the list from its end."""
    return request.args.get("dir") == "desc"


def address(endpoint: str, state: Mapping[str, object], **changed: object) -> str:
    """The address of a list as it is shown, some of it changed; what is empty is left out."""
    kept = {key: value for key, value in {**state, **changed}.items() if value not in ("", None, False)}
    query = urlencode({key: "1" if value is True else value for key, value in kept.items()})
    return f"{url_for(endpoint)}{'?' if query else ''}{query}"


def columns(
    heads: Sequence[tuple[str, str]], sortable: Sequence[str], sort: str, down: bool, link: Any
) -> list[dict[str, str]]:
    """The columns of pieces/table.html. heads: key and label; link(sort=…, dir=…) gives the address that sorts."""
    made = []
    for key, label in heads:
        column = {"key": key, "label": label, "kind": "text"}
        if key in sortable:
            turned = "desc" if sort == key and not down else ""
            column["url"] = link(sort=key, dir=turned)
            column["sort"] = ("descending" if down else "ascending") if sort == key else "none"
        made.append(column)
    return made


def moment(at: datetime | None) -> str:
    """A stored moment on the plan's wall clock, as people write it."""
    if at is None:
        return ""
    local = clock.current().local(at)
    return f"{local:%m/%d/%Y} {format_time(local, 'short', rebase=False)}"


def csv_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """Rows as a CSV file, streamed; nothing in it acts as a formula."""
    response = Response(stream_with_context(_lines(heads, rows)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


def _lines(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file in pieces. The mark at its beginning tells spreadsheets that it is UTF-8. By the time it is sent, the
    request's own connection has been given back."""
    with connected():
        yield "\ufeff"
        yield from _written(heads, rows)


def _written(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([safe_cell(str(head)) for head in heads])
    for count, row in enumerate(rows, start=1):
        writer.writerow([safe_cell("" if cell is None else str(cell)) for cell in row])
        if count % _BATCH == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()
