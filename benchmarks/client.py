"""A client that costs next to nothing, so that what is timed is the server: one keep-alive connection, raw bytes."""

from __future__ import annotations

import http.cookiejar
import re
import socket
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from urllib.parse import urlsplit

#: What Chromium asks for.
ENCODINGS = "gzip, deflate, br, zstd"


class Connection:
    """One keep-alive connection on which GET requests follow one another."""

    def __init__(self, url: str, cookies: str = "", headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shared = {"Host": parts.netloc, "Accept-Encoding": ENCODINGS, "Accept-Language": "en-US,en"}
        if cookies:
            shared["Cookie"] = cookies
        self._head = "".join(f"{name}: {value}\r\n" for name, value in {**shared, **(headers or {})}.items())

    def request(self, path: str) -> bytes:
        """The request for `path`, ready to be sent many times."""
        return f"GET {path} HTTP/1.1\r\n{self._head}\r\n".encode()

    def get(self, request: bytes) -> tuple[float, int, bytes]:
        """Send a prepared request. Returns the seconds until its last byte, its status and its body as sent.

        Raises ConnectionError when the server hangs up, ValueError for an answer without Content-Length.
        """
        start = time.perf_counter()
        self.socket.sendall(request)
        received = self.socket.recv(262_144)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].lower()
        at = head.find(b"\r\ncontent-length:")
        if at < 0:
            raise ValueError("the answer has no Content-Length")
        wanted = end + 4 + int(head[at + 17 :].split(b"\r\n", 1)[0])
        while len(received) < wanted:
            received += self._more()
        return time.perf_counter() - start, int(head[9:12]), received[end + 4 :]

    def _more(self) -> bytes:
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server closed the connection")
        return part

    def close(self) -> None:
        """Hang up."""
        self.socket.close()


def sign_in(url: str, portal: str, username: str, password: str) -> str:
    """Sign in over HTTP as a browser does; the cookies, ready for a Cookie header. Raises RuntimeError if refused."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    login = f"{url}/{portal}s/login"
    page = browser.open(login, timeout=10).read().decode()
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    form = {"csrf_token": found[1] if found else "", "username": username, "password": password}
    browser.open(login, urllib.parse.urlencode(form).encode(), timeout=10)
    if not any(cookie.name.endswith(f"{portal}_session") for cookie in jar):
        raise RuntimeError(f"{username} could not sign in at {login}")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)
