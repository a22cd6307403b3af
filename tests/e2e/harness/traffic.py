"""What the browser loads: counted on the wire, and kept to the portal itself."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

KB = 1024
# (bytes, requests): the limits of a first visit, of the next page and of a swap.
FIRST_FORM = (25 * KB, 4)
FIRST_PAGE = (35 * KB, 5)
NEXT_PAGE = (8 * KB, 5)
# A swap's 4 KB are its body: the widest page of 50 rows comes to 4.0 KB, and its headers to 0.4 KB more.
SWAP = (4 * KB + 512, 2)
FORM_PATHS = re.compile(r"^/(?:members|providers|support)/(?:login|register|signup|recover)(?:/|$)")
# Pictures of the guides come one by one as a reader gets to them; their own limit is in the tests of guides.
LAZY_PATH = "/static/guides/"
# A status of 4xx is an answer (422: the form comes back); the console notes each as an error.
EXPECTED_ERRORS = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@dataclass
class Load:
    """What came over the wire for one page or one part: bytes by address."""

    bytes_by_url: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """Bytes, headers included."""
        return sum(self.bytes_by_url.values())

    def over(self, limit: tuple[int, int]) -> str:
        """'' when under the limit, else what is over it."""
        listing = ", ".join(f"{urlsplit(url).path} {size}" for url, size in self.bytes_by_url.items())
        if self.total > limit[0]:
            return f"{self.total} bytes, {limit[0]} allowed ({listing})"
        if len(self.bytes_by_url) > limit[1]:
            return f"{len(self.bytes_by_url)} requests, {limit[1]} allowed ({listing})"
        return ""


class Traffic:
    """Listens to one page."""

    def __init__(self, page: Page, base_url: str, *, script_blocked: bool) -> None:
        self.page = page
        self.host = urlsplit(base_url).netloc
        self.script_blocked = script_blocked
        self.faults: list[str] = []
        self.loads = 0
        self.in_flight: set[Request] = set()
        self.load = Load()
        self._urls: dict[str, str] = {}
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))
        page.on("load", self._loaded)
        page.on("request", self._request)
        page.on("requestfinished", self._ended)
        page.on("requestfailed", self._ended)
        self._wire = wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        if script_blocked:
            # Not by Playwright's own routes: those turn the browser's cache off, and bytes are counted here.
            wire.send("Network.setBlockedURLs", {"urls": ["*htmx*.js"]})
        wire.on("Network.responseReceived", self._received)
        wire.on("Network.loadingFinished", self._finished)

    def start(self) -> None:
        """Count anew from here."""
        self.load = Load()

    def catch_up(self) -> None:
        """Wait for what the browser has said already: its answer to this comes after all of it.

        Playwright's own events come by another line, so that a request may have ended there whose bytes are still to
        be counted here; they would be taken for the next page's.
        """
        self._wire.send("Network.enable")

    def take_faults(self) -> list[str]:
        """What went wrong since this was last asked."""
        taken, self.faults = self.faults, []
        return taken

    def _request(self, request: Request) -> None:
        self.in_flight.add(request)
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.faults.append(f"a request to elsewhere: {request.url}")

    def _ended(self, request: Request) -> None:
        self.in_flight.discard(request)

    def _loaded(self, _: Page) -> None:
        self.loads += 1

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or EXPECTED_ERRORS.search(message.text):
            return
        if self.script_blocked and "htmx" in (message.location or {}).get("url", ""):
            return
        self.faults.append(f"console: {message.text}")

    def _received(self, event: dict[str, Any]) -> None:
        url = event["response"]["url"]
        if urlsplit(url).path.startswith(LAZY_PATH):
            return
        if not url.startswith("data:") and not event["response"].get("fromDiskCache"):
            self._urls[event["requestId"]] = url

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._urls.pop(event["requestId"], None)
        size = int(event["encodedDataLength"])
        if url is not None and size:
            self.load.bytes_by_url[url] = self.load.bytes_by_url.get(url, 0) + size
