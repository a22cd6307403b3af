"""A browser without a window for a real server: TLS, cookies, forms by their labels."""

from __future__ import annotations

import http.client
import ssl
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html


class Page:
    """What came back, and the form that its main part holds."""

    def __init__(self, url: str, status: int, headers: http.client.HTTPMessage, body: bytes) -> None:
        self.url, self.status, self.headers = url, status, headers
        self.text = body.decode()
        self.tree = html.fromstring(self.text or "<html></html>", base_url=url)

    @property
    def heading(self) -> str:
        """The h1's words."""
        return " ".join("".join(self.tree.xpath("//h1//text()")).split())


class Browser:
    """Keeps cookies; comes from an address of its own and says of itself what it likes."""

    def __init__(self, base: str, certificate: Path, address: str, **headers: str) -> None:
        self.base, self.address, self.headers = base, address, headers
        self.context = ssl.create_default_context(cafile=certificate)
        self.cookies: dict[str, str] = {}
        self.set: SimpleCookie = SimpleCookie()

    def get(self, path: str) -> Page:
        """Open a page, following where it leads."""
        return self._send("GET", urljoin(self.base, path))

    def submit(self, page: Page, button: str, **typed: str) -> Page:
        """Fill in fields by name and press a button of the main part."""
        (form,) = [
            one
            for one in page.tree.xpath("//main//form")
            if button in [" ".join(b.text_content().split()) for b in one.xpath(".//button")]
        ]
        (pressed,) = [b for b in form.xpath(".//button") if " ".join(b.text_content().split()) == button]
        values = {**dict(form.form_values()), **typed}
        if pressed.get("name"):
            values[pressed.get("name")] = pressed.get("value", "")
        return self._send("POST", urljoin(page.url, form.get("action") or page.url), values)

    def _send(self, method: str, url: str, values: dict[str, str] | None = None) -> Page:
        for _ in range(8):
            page = self._once(method, url, values)
            if page.status not in (301, 302, 303):
                return page
            method, url, values = "GET", urljoin(url, page.headers["Location"]), None
        raise AssertionError(f"{url} leads round and round")

    def _once(self, method: str, url: str, values: dict[str, str] | None) -> Page:
        parts = urlsplit(url)
        connection = http.client.HTTPSConnection(
            "localhost", parts.port, timeout=30, context=self.context, source_address=(self.address, 0)
        )
        headers = {"Accept-Language": "en", **self.headers}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if values is not None:
            body = urlencode(values)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.base}
        connection.request(method, f"{parts.path}{'?' + parts.query if parts.query else ''}", body, headers)
        response = connection.getresponse()
        page = Page(url, response.status, response.headers, response.read())
        for line in response.headers.get_all("Set-Cookie") or []:
            self.set.load(line)
        self.cookies |= {name: morsel.value for name, morsel in self.set.items()}
        connection.close()
        return page
