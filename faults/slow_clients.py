"""200 slow clients against `portal serve`, which stands behind nothing: the others hardly notice.

Slow in three ways, in turn: heads that never end, bodies that trickle, and readers that take what they asked for a few
bytes at a time. Each keeps as many connections open as it can, and comes again when it is hung up on.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from benchmarks.figures import Figure
from faults.bed import Bed
from faults.browser import Browser, Seen, crowd

CLIENTS = 200
OTHERS = 4
SECONDS, SHORT_SECONDS = 15.0, 4.0
P99_SECONDS = 1.0
EVERY_SECONDS = 0.5
PAGES = ("/members/login", "/members/home", "/members/account")

Slow = Callable[[str, int, "Counted"], Awaitable[None]]


class Counted:
    """How many slow connections there are now, and were at most."""

    def __init__(self) -> None:
        self.now = self.most = 0

    def add(self, change: int) -> None:
        """One more, or one less."""
        self.now += change
        self.most = max(self.most, self.now)


def measure(bed: Bed, short: bool) -> Iterator[Figure]:
    """Open ordinary pages while all those connections trickle."""
    secret = {account["username"]: account["password"] for account in bed.demo["accounts"]}
    with bed.serve() as served:
        browser = Browser(served.url)
        browser.sign_in("member", "tvega88", secret["tvega88"])
        for what, slow in (("heads", _heads), ("bodies", _bodies), ("readers", _readers)):
            with trickling(served.url, slow) as counted:
                with crowd(served.url, [_reader(browser.cookies)] * OTHERS, timeout=30) as seen:
                    time.sleep(SHORT_SECONDS if short else SECONDS)
            note = f"{len(seen.seconds):,} pages, longest {max(seen.seconds, default=0):.2f} s, {counted.most} slow at once"
            yield Figure(f"slow {what}: a page for others, 99th percentile", seen.p99, "s", P99_SECONDS, gated=True, note=note)
            yield Figure(f"slow {what}: pages refused to others", len(seen.seconds) - seen.statuses[200] + seen.statuses[0], "", 0, gated=True)


def _reader(cookies: dict[str, str]) -> Callable[[Browser, Seen], None]:
    def read(browser: Browser, seen: Seen) -> None:
        browser.cookies = dict(cookies)
        seen.note(browser.get(PAGES[len(seen.seconds) % len(PAGES)]))
        time.sleep(0.02)  # as people do not click without end

    return read


@contextmanager
def trickling(url: str, slow: Slow) -> Iterator[Counted]:
    """All slow clients at work, until the block ends."""
    counted, loop = Counted(), asyncio.new_event_loop()
    parts = urlsplit(url)
    assert parts.hostname and parts.port

    async def all_of_them() -> None:
        await asyncio.gather(*(_again(slow, str(parts.hostname), int(parts.port or 0), counted) for _ in range(CLIENTS)))

    def work() -> None:
        task = loop.create_task(all_of_them())
        stops.append(lambda: loop.call_soon_threadsafe(task.cancel))
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            loop.close()

    stops: list[Callable[[], object]] = []
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(1.0)  # until they are connected
    try:
        yield counted
    finally:
        stops[0]()
        thread.join()


async def _again(slow: Slow, host: str, port: int, counted: Counted) -> None:
    while True:
        try:
            await slow(host, port, counted)
        except OSError:
            pass
        await asyncio.sleep(0.1)


@contextmanager
def _counting(counted: Counted, writer: asyncio.StreamWriter) -> Iterator[None]:
    counted.add(1)
    try:
        yield
    finally:
        counted.add(-1)
        writer.close()


async def _heads(host: str, port: int, counted: Counted) -> None:
    """A request whose head grows by a line now and then, and never ends."""
    _, writer = await asyncio.open_connection(host, port)
    with _counting(counted, writer):
        writer.write(b"GET /members/login HTTP/1.1\r\nHost: slow\r\n")
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            writer.write(b"X-Slow: 1\r\n")
            await writer.drain()


async def _bodies(host: str, port: int, counted: Counted) -> None:
    """A form that was announced as large and comes a byte at a time."""
    _, writer = await asyncio.open_connection(host, port)
    with _counting(counted, writer):
        head = b"POST /members/login HTTP/1.1\r\nHost: slow\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        writer.write(head + b"Content-Length: 100000\r\n\r\nusername=")
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            writer.write(b"a")
            await writer.drain()


async def _readers(host: str, port: int, counted: Counted) -> None:
    """Many pages asked for at once on one connection, and read a few bytes at a time."""
    reader, writer = await asyncio.open_connection(host, port, limit=256)
    with _counting(counted, writer):
        writer.write(b"GET /members/register/license-agreement HTTP/1.1\r\nHost: slow\r\n\r\n" * 4)
        while await reader.read(64):
            await asyncio.sleep(EVERY_SECONDS)
