"""Each check of the page-checking client can fail, and what it reads is what a person would read."""

from collections.abc import Callable

import pytest
from flask import Flask, Response, redirect, request

from tests.harness import page_checks
from tests.harness.pages import Client
from tests.harness.visible import bypassing

POLICY = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "HX-Request, HX-Request-Type, Cookie",
}
SOUND = (
    '<!doctype html><html lang="en"><head><title>Home – Plan</title></head>'
    '<body><main id="main"><h1>Home</h1>{}</main></body></html>'
)
FORM = (
    '<form method="post" action="/save"><input type="hidden" name="csrf_token" value="t">'
    '<label for="name">Name *</label><input id="name" name="name" value="old">'
    "<fieldset><legend>Program</legend>"
    '<input type="radio" id="a" name="program" value="A"><label for="a">HUSKY A</label>'
    '<input type="radio" id="b" name="program" value="B"><label for="b">HUSKY B</label></fieldset>'
    '<label><input type="checkbox" name="agree"> I agree</label>'
    '<label for="q">Question</label><select id="q" name="q">'
    '<option value="">Please Select</option><option value="1">City</option></select>'
    '<button name="go" value="next">Next</button><button name="go" value="back">Previous</button></form>'
)


def faults_of(html: str) -> str:
    return "\n".join(page_checks.page_faults(page_checks.parse(html), "en"))


def test_a_sound_page_has_no_faults() -> None:
    assert faults_of(SOUND.format(FORM)) == ""


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<h1>Second</h1>", "2 h1 instead of one"),
        ('<p id="x"></p><p id="x"></p>', "id 'x' stands 2 times"),
        ('<p id="">.</p>', "id '' stands 1 times"),
        ('<input name="n">', "the control 'n' has no label"),
        ('<label for="n"></label><input id="n" name="n">', "the control 'n' has no label"),
        ("<button></button>", "a <button> without words"),
        ('<a href="/x"><svg></svg></a>', "a <a> without words"),
        ('<form method="post" action="/x"></form>', "carries no csrf_token"),
        (
            '<form method="post" action="/x" hx-post="/y"><input type="hidden" name="csrf_token" value="t"></form>',
            "another address in hx-post",
        ),
        ('<p style="color:red">.</p>', "has a style attribute"),
        ('<p onclick="x()">.</p>', "has the handler onclick"),
        ('<p hx-on:click="x()">.</p>', "has the handler hx-on:click"),
        ('<p hx-trigger="keyup[key]">.</p>', "has a filter in hx-trigger"),
        ('<a href="javascript:x()">x</a>', "has the script value"),
        ("<script>x()</script>", "a script stands in the page"),
        ('<img src="/x.png">', "an image has no alt"),
        ("<table><tr><td>1</td></tr></table>", "has no caption"),
        ("<table><caption>T</caption><tr><th>1</th></tr></table>", "has no scope"),
        ('<a href="#nowhere">x</a>', "leads to #nowhere"),
        ('<p aria-describedby="gone">.</p>', "names #gone"),
        ('<label for="gone">L</label>', "names #gone"),
        ('<div hx-target="#gone">.</div>', "hx-target #gone"),
        ("<p>Tom &amp;amp; Ana</p>", "broken text '&amp;'"),
        ("<p>Hello %(name)s</p>", "broken text '%(name)s'"),
        ("<p>&lt;Field object at 0x7f&gt;</p>", "broken text"),
        ("</main><main>", "not exactly one <main>"),
    ],
)
def test_a_page_that_breaks_a_rule_is_found(body: str, complaint: str) -> None:
    assert complaint in faults_of(SOUND.format(body))


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("<h1>Home</h1>", "", "0 h1 instead of one"),
        ("<title>Home", "<title>Other", "does not begin with the heading"),
        ('lang="en"', 'lang="es"', "lang is 'es'"),
        ('lang="en"', "", "lang is None"),
    ],
)
def test_a_page_with_a_broken_frame_is_found(old: str, new: str, complaint: str) -> None:
    assert complaint in faults_of(SOUND.format("").replace(old, new))


@pytest.mark.parametrize(
    ("html", "complaint"),
    [
        ("<main><p>.</p></main>", "a whole page where a part was asked for"),
        ("<h1>New</h1>", "no <title>"),
        ("<title>Other</title><h1>New</h1>", "does not begin with the heading"),
        ("<h1>A</h1><h1>B</h1>", "2 h1 in one part"),
        ('<input name="n">', "has no label"),
    ],
)
def test_a_part_that_breaks_a_rule_is_found(html: str, complaint: str) -> None:
    assert complaint in "\n".join(page_checks.fragment_faults(page_checks.parse_fragment(html)))


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"Content-Security-Policy": ""}, "no strict Content-Security-Policy"),
        ({"Content-Security-Policy": POLICY + "; style-src 'unsafe-inline'"}, "allows what is unsafe"),
        ({"Content-Security-Policy": POLICY + "; img-src https://cdn.example"}, "allows other sites"),
        ({"Content-Security-Policy": POLICY.replace("frame-ancestors 'none'", "")}, "may be framed"),
        ({"X-Content-Type-Options": ""}, "no nosniff"),
        ({"Referrer-Policy": "unsafe-url"}, "Referrer-Policy is"),
        ({"Cache-Control": "private"}, "may be stored"),
        ({"Vary": "Cookie"}, "Vary lacks"),
    ],
)
def test_a_missing_header_is_found(changed: dict[str, str], complaint: str) -> None:
    assert not list(page_checks.header_faults(HEADERS, signed_in=True))
    assert complaint in "\n".join(page_checks.header_faults(HEADERS | changed, signed_in=True))


def test_a_style_that_the_policy_does_not_name_is_found() -> None:
    tree = page_checks.parse("<style>p{}</style>")
    assert list(page_checks.style_faults(tree, POLICY))


@pytest.fixture
def small_app() -> Flask:
    """Three addresses, the header set, and a form."""
    small = Flask("small")
    small.testing = True

    @small.get("/")
    def home() -> str:
        return SOUND.format('<a href="/save">Save</a>')

    @small.route("/save", methods=["GET", "POST"])
    def save() -> str | Response:
        if request.method == "POST" and request.form.get("name") == "again":
            return redirect("/save", 303)  # type: ignore[return-value]
        sent = " ".join(f"{key}={value}" for key, value in request.form.items(multi=True))
        return SOUND.format(f"<p>Sent: {sent}.</p>{FORM}")

    @small.after_request
    def add(response: Response) -> Response:
        response.headers.update(HEADERS)
        return response

    return small


def test_a_form_is_filled_in_by_its_labels_and_sent_with_the_button(small_app: Flask) -> None:
    page = Client(small_app).get("/").click("Save")
    filled = page.fill({"Name": "Ana", "Program": "HUSKY B", "I agree": True, "Question": "City"})
    sent = filled.submit("Previous").text.partition("Sent: ")[2].partition(".")[0]
    assert set(sent.split()) == {"csrf_token=t", "name=Ana", "program=B", "agree=on", "q=1", "go=back"}


def test_what_nobody_changed_is_sent_as_it_was_served(small_app: Flask) -> None:
    assert "Sent: csrf_token=t name=old q= go=next." in Client(small_app).get("/save").submit("Next").text


def test_a_redirect_is_followed_as_a_browser_does(small_app: Flask) -> None:
    page = Client(small_app).get("/save").fill({"Name": "again"}).submit()
    assert page.response.request.method == "GET"


@pytest.mark.parametrize(
    "act",
    [
        lambda client: client.get("/save").fill({"Surname": "x"}),
        lambda client: client.get("/save").submit("Finish"),
        lambda client: client.get("/save").fill({"Program": "HUSKY X"}),
        lambda client: client.get("/save").fill({"Question": "Country"}),
        lambda client: client.get("/").click("Missing"),
        lambda client: client.get("/nowhere"),
    ],
)
def test_what_is_not_on_the_page_cannot_be_used(small_app: Flask, act: Callable[[Client], object]) -> None:
    small_app.register_error_handler(404, lambda _: (SOUND.format(""), 404))
    with pytest.raises(AssertionError):
        act(Client(small_app))


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/gone">x</a>',
        '<script src="/static/gone.js"></script>',
        '<form action="/gone"></form>',
        '<p hx-get="/gone">.</p>',
    ],
)
def test_a_link_that_leads_nowhere_is_found(small_app: Flask, body: str) -> None:
    small_app.add_url_rule("/broken", view_func=lambda: SOUND.format(body), endpoint="broken")
    with pytest.raises(pytest.fail.Exception, match="nothing answers GET /"):
        Client(small_app).get("/broken")


def test_text_outside_the_catalogue_is_found_and_data_are_not() -> None:
    page = (
        '<main lang="en"><h1>⟦Home⟧</h1><p>⟦Hello <b>Ana</b>, welcome⟧</p><p>Bypassed</p><p translate="no">Ana</p>'
        '<p>⟦Born⟧ <span data-value>March</span></p><img alt="Loose">'
        '<a lang="es" href="/">Español</a><p>Plan A</p></main>'
    )
    assert bypassing(page_checks.parse_fragment(page)[0], names=("Plan A",)) == ["Bypassed", "Loose"]
