"""The page-checking client: opens pages as a person would, and checks every response it gets.

    page = client.get("/members/register/validation")
    page = page.fill({"First Name": "Maria", "Date of Birth": "03/25/1990"}).submit("Next")
    assert page.heading == "STEP 3 OF 4: Account"

A link, a form or a button is found by the words that people see. `Client(app, htmx=True)` sends forms and links that
have hx-… as HTMX does, and gets the same steps as parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from flask import Flask
from lxml.html import HtmlElement
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests.harness import page_checks
from tests.harness.forms import Form
from tests.harness.page_checks import words

MOST_REDIRECTS = 8


class Client:
    """A browser without a window. `language` is asserted on every page; `?lang=` in an address changes it.

    `signed_in` is noticed by the logout form that signed-in pages carry; from then on, responses must not be stored.
    """

    def __init__(
        self, app: Flask, *, language: str = "en", htmx: bool = False, address: str = "127.0.0.1"
    ) -> None:
        self.app = app
        self.language = language
        self.htmx = htmx
        self.signed_in = False
        self.browser = app.test_client()
        self.address = address
        self._answered: dict[tuple[str, str], bool] = {}
        self._urls = app.url_map.bind("localhost")

    def get(self, url: str, *, status: int | None = 200, htmx: bool = False, **options: Any) -> Page:
        """Open `url`, following redirects; fails unless the last status is `status` (None: any)."""
        return self.open("GET", url, status=status, htmx=htmx, **options)

    def post(
        self, url: str, data: Mapping[str, Any] | None = None, *, status: int | None = None, **options: Any
    ) -> Page:
        """Send a form, with the csrf_token of the last page unless `data` brings one; follow where it leads."""
        sent = {"csrf_token": self.csrf_token(), **(data or {})}
        return self.open("POST", url, status=status, data=sent, **options)

    def csrf_token(self) -> str:
        """A token for this browser, taken from the login page's form when no page had one yet."""
        if not hasattr(self, "_token"):
            self.get("/members/login")
        return self._token

    def open(
        self,
        method: str,
        url: str,
        *,
        status: int | None = None,
        htmx: bool = False,
        target: str | None = None,
        follow: bool = True,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Page:
        """Send one request and follow where it leads, checking every response on the way.

        htmx: ask for a part, to be put into `target` ("div#step"). follow: whether redirects are followed.
        """
        for _hop in range(MOST_REDIRECTS):
            sent = {"Accept-Language": self.language, **(headers or {})}
            if htmx:
                sent |= {"HX-Request": "true", "HX-Request-Type": "partial"}
                sent |= {"HX-Target": target} if target else {}
            response = self._send(method, url, sent, **options)
            page = Page(self, response, url, fragment=htmx)
            page.check()
            elsewhere = response.headers.get("HX-Redirect") if htmx else None
            if follow and (elsewhere or response.status_code in {301, 302, 303, 307, 308}):
                url = urljoin(url, elsewhere or response.headers["Location"])
                if elsewhere:
                    htmx = False
                if response.status_code not in {307, 308}:
                    method, options = "GET", {}
                continue
            break
        else:
            pytest.fail(f"{url}: more than {MOST_REDIRECTS} redirects")
        if status is not None:
            assert page.status == status, (
                f"{method} {url} answered {page.status}, not {status}: {page.text[:300]}"
            )
        return page

    def _send(self, method: str, url: str, headers: Mapping[str, str], **options: Any) -> TestResponse:
        if asked := parse_qs(urlsplit(url).query).get("lang"):
            self.language = asked[0]
        with _own_connection():
            # Buffered, so that what a streamed answer reads is read while its connection is open.
            return self.browser.open(
                url, method=method, headers=dict(headers), buffered=True,
                environ_base={"REMOTE_ADDR": self.address}, **options,
            )  # fmt: skip

    def answers(self, url: str, method: str) -> bool:
        """Whether the portal has something at an address: a route, or a static file."""
        path = urlsplit(url).path
        if urlsplit(url).netloc or not path.startswith("/"):
            return not urlsplit(url).netloc  # "?page=2" and "" stay where the page is
        if (path, method) not in self._answered:
            static = path.startswith("/static/")
            self._answered[path, method] = (
                self.browser.get(path).status_code == 200 if static else self._routed(path, method)
            )
        return self._answered[path, method]

    def _routed(self, path: str, method: str) -> bool:
        try:
            self._urls.match(path, method=method)
        except (RequestRedirect, MethodNotAllowed, NotFound):
            return False
        except HTTPException:
            return False
        return True

    def keep_token(self, tree: HtmlElement) -> None:
        """Remember a page's token for `post`."""
        for token in tree.xpath("//input[@name='csrf_token']/@value"):
            self._token = token


def _own_connection() -> Any:
    """Let a request have its own database connection, as in life, and give the test's back afterwards."""
    from tests.harness.database import handed_over

    return handed_over()


class Page:
    """One response, read: by its words, its forms, links, tables and definitions."""

    def __init__(self, client: Client, response: TestResponse, url: str, *, fragment: bool = False) -> None:
        self.client = client
        self.response = response
        self.status = response.status_code
        self.url = url
        self.path = urlsplit(url).path
        self.fragment = fragment

    def __repr__(self) -> str:
        return f"<Page {self.url} {self.status}>"

    @cached_property
    def tree(self) -> HtmlElement:
        """The parsed HTML (a part stands in a <div>)."""
        assert self.is_html, f"{self.url} is {self.response.mimetype}, not HTML"
        return (page_checks.parse_fragment if self.fragment else page_checks.parse)(self.html)

    @property
    def is_html(self) -> bool:
        """Whether there is HTML to read."""
        return self.response.mimetype == "text/html" and bool(self.response.data)

    @property
    def html(self) -> str:
        """The source."""
        return self.response.get_data(as_text=True)

    def check(self) -> None:
        """Fail on the first response that breaks a rule, with all the rules it breaks."""
        redirects = 300 <= self.status < 400
        faults = []
        if self.is_html and not redirects:
            self.client.keep_token(self.tree)
            if self.tree.xpath("//form[@method='post' and contains(@action, '/logout')]"):
                self.client.signed_in = True
            if self.fragment:
                faults += page_checks.fragment_faults(self.tree)
            else:
                faults += page_checks.page_faults(self.tree, self.client.language)
                policy = self.response.headers.get("Content-Security-Policy", "")
                faults += page_checks.style_faults(self.tree, policy)
            faults += page_checks.link_faults(self.tree, self.client.answers)
        if not self.path.startswith("/static/"):
            faults += page_checks.header_faults(self.response.headers, self.client.signed_in)
        if self.path.endswith("/logout") and redirects:
            self.client.signed_in = False
        if faults:
            pytest.fail(
                f"{self.response.request.method} {self.url} ({self.status}):\n  " + "\n  ".join(faults)
            )

    # --- reading ---

    @cached_property
    def heading(self) -> str:
        """The words of the one h1 ('' for a part that has none)."""
        found = self.tree.find(".//h1")
        return words(found) if found is not None else ""

    @cached_property
    def title(self) -> str:
        """The document's title."""
        return " ".join((self.tree.findtext(".//title") or "").split())

    @cached_property
    def main(self) -> HtmlElement:
        """The page without its frame."""
        found = self.tree.find(".//main")
        return self.tree if found is None else found

    @cached_property
    def text(self) -> str:
        """Every word of the main part (of a part: all of it)."""
        return words(self.main)

    @property
    def errors(self) -> list[str]:
        """The lines of the error summary."""
        return [words(line) for line in self.tree.xpath("//*[@id='error-summary']//li")]

    @property
    def notices(self) -> list[str]:
        """The notices, in their order."""
        return [words(one) for one in self.tree.xpath("//*[contains(concat(' ', @class, ' '), ' notice ')]")]

    @property
    def buttons(self) -> list[str]:
        """The words of the main part's buttons."""
        return [words(button) for button in self.main.iter("button")]

    @property
    def facts(self) -> dict[str, str]:
        """The definition lists: label to value."""
        return {words(label): words(label.getnext()) for label in self.main.iter("dt")}

    def table(self, caption: str | None = None) -> list[dict[str, str]]:
        """The rows of the table with that caption (or the only one), by column heading."""
        found = [t for t in self.tree.iter("table") if caption is None or words(t.find("caption")) == caption]
        captions = [words(table.find("caption")) for table in self.tree.iter("table")]
        assert len(found) == 1, f"{len(found)} tables {caption or ''}; there are {captions}"
        heads = [words(head) for head in found[0].xpath("./thead/tr[1]/*")]
        return [
            dict(zip(heads, (words(cell) for cell in row.xpath("./td|./th")), strict=True))
            for row in found[0].xpath("./tbody/tr")
        ]

    def links(self) -> dict[str, str]:
        """Words to address, of every link."""
        return {
            words(a) or a.get("aria-label", ""): a.get("href") for a in self.tree.iter("a") if a.get("href")
        }

    # --- doing ---

    def click(self, text: str) -> Page:
        """Follow the link with these words."""
        found = [a for a in self.tree.iter("a") if text in (words(a), a.get("aria-label")) and a.get("href")]
        assert found, f"no link {text!r} on {self.url}; there are {sorted(self.links())}"
        link = found[0]
        if self.client.htmx and link.get("hx-get"):
            url = urljoin(self.url, link.get("hx-get"))
            return self.client.get(url, htmx=True, status=None, target=_target_header(self.tree, link))
        return self.client.get(urljoin(self.url, link.get("href")), status=None)

    def form(self, button: str | None = None) -> Form:
        """The form that has a button with these words; without words, the main part's first."""
        return Form.of(self, button)

    def fill(self, values: Mapping[str, str | bool | Iterable[str]]) -> Form:
        """The form that has all the controls named, filled in. Names are labels (or legends, for choices)."""
        return Form.with_controls(self, list(values)).fill(values)

    def submit(self, button: str | None = None) -> Page:
        """Press a button without filling anything in."""
        return self.form(button).submit(button)


def _target_header(tree: HtmlElement, element: HtmlElement) -> str:
    """HX-Target as HTMX 4 sends it: tag#id."""
    wanted = element.get("hx-target", "").removeprefix("#")
    found = tree.xpath("//*[@id=$id]", id=wanted)
    return f"{found[0].tag if found else 'div'}#{wanted}"
