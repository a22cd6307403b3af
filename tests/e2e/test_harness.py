"""Each check of a walk can fail, and a walk over sound pages passes, with and without HTMX."""

import gzip
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, Response, redirect, request
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.e2e.harness import browser as browsers
from tests.e2e.harness import looks, page_rules
from tests.e2e.harness.server import ROOT, Portal
from tests.e2e.harness.walk import Walk
from tests.harness import page_checks
from tests.harness.options import MODES, Combination

HTMX = next((ROOT / "webapp" / "static").glob("htmx-*.min.js"))
POLICY = (
    "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
FRAME = (
    '<!doctype html><html lang="{lang}"><head><title>{title} – Plan</title><link rel="icon" href="data:,">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="htmx-config" content=\'{{"history":"reload","includeIndicatorCSS":false}}\'>'
    '<script defer src="/htmx.js"></script></head>'
    '<body><main><div id="step">{part}</div></main></body></html>'
)
STEP = (
    '<h1 tabindex="-1" autofocus>{title}</h1><form method="post" action="/step" hx-post="/step" hx-target="#step"'
    ' hx-push-url="true" hx-sync="this:drop" novalidate><input type="hidden" name="csrf_token" value="t">'
    '<label for="name">First Name *</label><input id="name" name="name"><button>Next</button></form>'
    '<p><a href="/other">Other</a></p>'
)

# A table whose second row is yet to be written.
ROWS = (
    '<table><caption>Two rows</caption><tr><th scope="col">A</th><th scope="col">B</th></tr>'
    "<tr><td>1</td><td>2</td></tr><tr>"
)


def page(body: str, title: str = "Start") -> str:
    return FRAME.format(title=title, part=body, lang="es" if request.cookies.get("lang") == "es" else "en")


def small_portal(broken: str = "") -> Flask:
    """A step that leads to a second one; `broken` stands on the page /broken."""
    app = Flask("small", static_folder=None)

    def step_named(title: str) -> str:
        part = STEP.format(title=title)
        partial = request.headers.get("HX-Request-Type") == "partial"
        return f"<title>{title} – Plan</title>{part}" if partial else page(part, title)

    def script(content: bytes, encoding: str = "identity") -> Response:
        return Response(
            content,
            mimetype="text/javascript",
            headers={"Content-Encoding": encoding, "Cache-Control": "max-age=9"},
        )

    for path, view in {
        "/start": lambda: step_named("Start"),
        "/second": lambda: step_named("Second"),
        "/other": lambda: page("<h1>Other</h1>", "Other"),
        "/broken": lambda: page(f"<h1>Start</h1>{broken}"),
        "/lost": lambda: "<p>Nothing has the focus</p>",
        "/htmx.js": lambda: script(gzip.compress(HTMX.read_bytes()), "gzip"),
        "/small.js": lambda: script(b"1"),
        "/big.js": lambda: script(os.urandom(40_000)),
    }.items():
        app.add_url_rule(path, path, view, methods=["GET", "POST"])

    @app.post("/step")
    def step() -> Response:
        return redirect("/second" if request.form["name"] == "Ana" else "/start", 303)  # type: ignore[return-value]

    @app.after_request
    def add(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    return app


@pytest.fixture
def walk_over(chromium: Browser) -> Iterator[Callable[..., Walk]]:
    """Starts a walk over an application."""
    opened = []

    def start(app: Flask, mode: str = "htmx", device: str = "phone") -> Walk:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        combination = Combination(mode, "en", device)
        context = browsers.new_context(chromium, combination, url)
        opened.append((context, server))
        return Walk(context.new_page(), Portal(url, {}), combination, "harness")

    yield start
    for context, server in opened:
        context.close()
        server.shutdown()


@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("mode", MODES)
def test_a_step_is_walked_alike_in_every_mode(walk_over: Callable[..., Walk], mode: str, device: str) -> None:
    walk = walk_over(small_portal(), mode, device)
    walk.open("/start")
    walk.fill("First Name", "Ana")
    walk.click("Next", budget=False)
    walk.sees_heading("Second")
    assert walk.address() == "/second"
    walk.click("Other")
    walk.sees_heading("Other")


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        ("<h1>Second</h1>", "2 h1 instead of one"),
        ('<p><input name="n"></p>', "has no label"),
        ('<p class="x" style="color:red">.</p>', "policy violation: style-src"),
        ('<script src="/gone.js"></script><script>x()</script>', "policy violation: script-src"),
        ('<p><img src="https://elsewhere.example/x.png" alt="x"></p>', "a request to elsewhere"),
        ('<div class="x"><svg width="700" height="9"></svg></div>', "px wide on a screen of 320"),
        ("<ul><p>Not an item</p></ul>", "axe list"),
        ('<ul><li>1</li><li>2</li><li>3 <i role="img"></i></li></ul>', "axe role-img-alt"),
        (ROWS + '<td>2</td><td>3 <i role="img"></i></td></tr></table>', "axe role-img-alt"),
        ('<script src="/big.js"></script>', "bytes, 35840 allowed"),
        ('<script src="/big.js"></script>', "script error"),
        ("".join(f'<script src="/small.js?{n}"></script>' for n in range(6)), "requests, 5 allowed"),
    ],
)
def test_a_page_that_breaks_a_rule_stops_the_walk(
    walk_over: Callable[..., Walk], broken: str, complaint: str
) -> None:
    with pytest.raises(pytest.fail.Exception, match=complaint):
        walk_over(small_portal(broken)).open("/broken")


def test_a_swap_that_loses_the_focus_stops_the_walk(walk_over: Callable[..., Walk]) -> None:
    form = (
        '<div id="x"><form method="post" action="/lost" hx-post="/lost" hx-target="#x">'
        '<input type="hidden" name="csrf_token" value="t"><button>Next</button></form></div>'
    )
    walk = walk_over(small_portal(form))
    walk.open("/broken")
    with pytest.raises(pytest.fail.Exception, match="the focus was lost"):
        walk.click("Next")


def test_a_part_that_was_asked_for_by_typing_is_not_taken_for_the_page_that_was_pressed_for(
    walk_over: Callable[..., Walk],
) -> None:
    typed = '<button id="typed" hx-get="/second" hx-target="#x">Typed</button><div id="x"></div>'
    walk = walk_over(small_portal(f'{typed}<p><a href="/other">Other</a></p>'))
    walk.open("/broken")
    press = "() => { document.getElementById('typed').click(); document.querySelector('a').click(); }"
    walk._moving(lambda: walk.page.evaluate(press))
    walk.sees_heading("Other")


def test_pages_of_one_shape_need_axe_once_and_what_differs_is_looked_at() -> None:
    def shape(body: str) -> str:
        return page_rules.shape(page_checks.parse(f"<body>{body}</body>"))

    row = '<tr><td>{}</td><td class="due"><a href="/why/{}">Due</a></td></tr>'
    table = "<table>{}</table>"
    short, long = (table.format("".join(row.format(n, n) for n in range(rows))) for rows in (2, 30))
    assert shape(short) == shape(long)
    assert shape('<form data-htmx-powered="true"></form>') == shape("<form></form>")
    for other in ("<td></td>", '<td class="done">1</td>', "<td><button></button></td>"):
        assert shape(short) != shape(short.replace("<td>1</td>", other))


def test_what_is_slow_is_done_once_in_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_folder", tmp_path)
    assert [looks.is_first("axe", "home"), looks.is_first("axe", "home"), looks.is_first("axe", "inbox")] == [
        True,
        False,
        True,
    ]
    assert [looks.once(lambda: "found", "report"), looks.once(lambda: "again", "report")] == ["found"] * 2


def test_what_is_not_on_the_page_cannot_be_pressed(walk_over: Callable[..., Walk]) -> None:
    walk = walk_over(small_portal())
    walk.open("/start")
    with pytest.raises(AssertionError, match="nothing called 'Finish' to press"):
        walk.click("Finish")


def test_a_screenshot_is_kept_under_the_walks_name(walk_over: Callable[..., Walk]) -> None:
    walk = walk_over(small_portal())
    walk.open("/start")
    shot: Path = walk.shot("start")
    assert shot.read_bytes().startswith(b"\x89PNG")


def test_the_blocked_file_is_not_loaded(walk_over: Callable[..., Walk]) -> None:
    walk = walk_over(small_portal(), "blocked")
    walk.open("/start")
    assert walk.page.evaluate("() => typeof window.htmx") == "undefined"
