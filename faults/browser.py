"""A browser without a window, and crowds of them that note what they were promised."""

from __future__ import annotations

import hashlib
import http.client
import re
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
BROKEN = (OSError, http.client.HTTPException)


@dataclass(frozen=True)
class Answer:
    """One response, and how long it took."""

    status: int
    headers: Mapping[str, str]
    body: str
    seconds: float


class Browser:
    """Cookies and one keep-alive connection. A broken connection raises one of BROKEN; the next request opens anew."""

    def __init__(self, url: str, timeout: float = 30, language: str = "en") -> None:
        self.url, self.timeout, self.language = url, timeout, language
        self.cookies: dict[str, str] = {}
        self.form_token = ""
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Answer:
        """Open a page; redirects are not followed."""
        return self._send("GET", path, None)

    def post(self, path: str, form: Mapping[str, str]) -> Answer:
        """Send a form."""
        return self._send("POST", path, urlencode(form))

    def token(self, path: str) -> str:
        """The token of the form on a page."""
        return self.token_of(self.get(path))

    @staticmethod
    def token_of(page: Answer) -> str:
        """The token of the form on a page that was opened. Raises RuntimeError where there is none."""
        found = _TOKEN.search(page.body)
        if found is None:
            raise RuntimeError(f"there is no form on a page with status {page.status}")
        return found[1]

    def sign_in(self, portal: str, username: str, password: str) -> Answer:
        """Sign in on a login page; 303 when it was right."""
        path = f"/{portal}s/login"
        form = {"csrf_token": self.token(path), "username": username, "password": password}
        return self.post(path, form)

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _send(self, method: str, path: str, body: str | None) -> Answer:
        started = time.perf_counter()
        headers = {"Accept-Language": self.language, "Origin": self.url}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self._connection is None:
                netloc = urlsplit(self.url).netloc
                self._connection = http.client.HTTPConnection(netloc, timeout=self.timeout)
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            text = response.read().decode("utf-8", "replace")
        except BROKEN:
            self.close()
            raise
        for cookie in response.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return Answer(response.status, dict(response.headers), text, time.perf_counter() - started)


@dataclass
class Seen:
    """What a crowd met: statuses (0: no answer), seconds of what was answered, and what was acknowledged."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    last: dict[int, Answer] = field(default_factory=dict)

    def note(self, answer: Answer) -> None:
        """Count an answer."""
        self.statuses[answer.status] += 1
        self.seconds.append(answer.seconds)
        self.last[answer.status] = answer

    @property
    def failed(self) -> int:
        """Requests that got no answer, or one that says the server cannot."""
        return sum(count for status, count in self.statuses.items() if status == 0 or status >= 500)

    @property
    def p99(self) -> float:
        """The 99th percentile of the seconds; 0 when nothing was answered."""
        return percentile(self.seconds, 99)


def percentile(values: Sequence[float], which: int) -> float:
    """The value below which `which` of a hundred lie."""
    if len(values) < 2:
        return max(values, default=0.0)
    return statistics.quantiles(values, n=100, method="inclusive")[which - 1]


#: What one visitor does, again and again, in a browser of its own.
Visit = Callable[[Browser, Seen], None]


@contextmanager
def crowd(url: str, visits: Sequence[Visit], timeout: float = 30) -> Iterator[Seen]:
    """So many visitors, each in a thread, until the block ends. They go on when the server hangs up on them."""
    seen, stop = Seen(), threading.Event()

    def visit(what: Visit) -> None:
        browser = Browser(url, timeout)
        while not stop.is_set():
            try:
                what(browser, seen)
            except BROKEN:
                seen.statuses[0] += 1
                stop.wait(0.02)
        browser.close()

    threads = [threading.Thread(target=visit, args=(what,), daemon=True) for what in visits]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout + 5)


def agree(browser: Browser, seen: Seen) -> None:
    """Begin a registration: a write that is acknowledged by the token of the stored run."""
    path = "/members/register/license-agreement"
    if not browser.form_token:
        page = browser.get(path)
        found = _TOKEN.search(page.body)
        if found is None:
            seen.note(page)
            time.sleep(0.02)
            return
        browser.form_token = found[1]
    browser.cookies.pop("register_run", None)
    answer = browser.post(path, {"csrf_token": browser.form_token, "go": "next"})
    seen.note(answer)
    if answer.status == 303 and "register_run" in browser.cookies:
        seen.acknowledged.append(browser.cookies["register_run"])


def lost(stored: set[str], seen: Seen) -> int:
    """How many acknowledged registrations are not among the `stored` hashes of runs."""
    return sum(hashlib.sha256(token.encode()).hexdigest() not in stored for token in seen.acknowledged)


STORED = "SELECT token_hash FROM flow_run WHERE completed <> '[]'"
