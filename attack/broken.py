"""A server full of holes, on which the scanners show that they see: `python -m attack.broken PORT`."""

import sqlite3
import sys
from urllib.parse import parse_qs

import waitress

FORM = '<form action="/"><input name="name"><input name="to"><button>Go</button></form><a href="/?name=a&to=b">a</a>'


def app(environ: dict[str, str], start_response: object) -> list[bytes]:
    """Puts what was typed into the page and into a statement as it stands, and leads wherever it is told to."""
    typed = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"]).items()}
    name, to = typed.get("name", ""), typed.get("to", "")
    if to.startswith(("http", "//")):
        start_response("302 Found", [("Location", to)])  # type: ignore[operator]
        return [b""]
    people = sqlite3.connect(":memory:")
    people.execute("CREATE TABLE person (name TEXT)")
    try:
        found = people.execute(f"SELECT name FROM person WHERE name = '{name}'").fetchall()  # noqa: S608
    except sqlite3.Error as fault:
        found = [(f"sqlite3.OperationalError: {fault}",)]
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])  # type: ignore[operator]
    return [f"<html><body>{FORM}<p>{name}</p><p>{found}</p></body></html>".encode()]


if __name__ == "__main__":
    waitress.serve(app, host="127.0.0.1", port=int(sys.argv[1]))
