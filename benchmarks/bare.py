"""The yardstick: a bare Flask route behind the same web server that renders as many bytes with one SQLite read.

`python -m benchmarks.bare DATABASE PORT`. It signs nobody in, keeps no log, compresses nothing, has no layout: what a
page of the portal takes beyond this route is what the portal costs.
"""

import csv
import io
import sqlite3
import sys
import threading
from collections.abc import Iterator

import waitress
from flask import Flask, Response, request

COLUMNS = "client_id, npi, tin, icm, name_key, c00, c01, c02, c03, c04, c05, c06, c07, c08, c09"
#: By primary key, as fast as SQLite reads anything.
READ = f"SELECT {COLUMNS} FROM report_row WHERE snapshot_id = ? AND tin = ? LIMIT ?"  # noqa: S608 - our own columns
PAGE = """<!doctype html><html lang="en"><head><title>{{ title }}</title></head><body><h1>{{ title }}</h1>
<table>{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table></body></html>"""
_kept = threading.local()


def create_app(database: str) -> Flask:
    """`/page?snapshot=&tin=&rows=&bytes=`: so many rows as a table, filled up to so many bytes.
    `/csv?snapshot=&tin=`: every row of the practice, streamed."""
    app = Flask("bare", static_folder=None)
    template = app.jinja_env.from_string(PAGE)  # compiled once, as a template in a file is

    def connection() -> sqlite3.Connection:
        if not hasattr(_kept, "connection"):
            _kept.connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        opened: sqlite3.Connection = _kept.connection
        return opened

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/page")
    def page() -> str:
        wanted, key = int(request.args["bytes"]), (int(request.args["snapshot"]), request.args["tin"])
        rows = connection().execute(READ, (*key, int(request.args["rows"]))).fetchall()
        html = template.render(title="Report", rows=rows)
        return html + " " * (wanted - len(html.encode()))

    @app.get("/csv")
    def download() -> Response:
        key = (int(request.args["snapshot"]), request.args["tin"])

        def lines() -> Iterator[str]:
            cursor = connection().execute(READ, (*key, -1))
            while rows := cursor.fetchmany(500):
                text = io.StringIO()
                csv.writer(text).writerows(rows)
                yield text.getvalue()

        return Response(lines(), mimetype="text/csv")

    return app


if __name__ == "__main__":
    waitress.serve(create_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=8, ident=None)
