"""What a walk through both portals leaves behind: nobody's name, number, date of birth or diagnosis in an address, in
the server's log, in a cookie or in what the browser keeps. Looked for after every page; with a proof that it is found.
"""

import json
import re
import sqlite3
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.harness import browser as browsers
from tests.e2e.harness.server import Portal
from tests.harness.options import Combination

HOUSEHOLD = "001234617"
#: Diagnoses and their codes; a report's name (Adult Diabetes) is nobody's diagnosis.
DIAGNOSIS = re.compile(r"\b(?:HIV|hiv|sud|substance[- ]abuse)\b|\b[A-TV-Z]\d\d\.\d")
KEPT = """async () => {
  const found = {localStorage: JSON.stringify(localStorage), sessionStorage: JSON.stringify(sessionStorage)};
  const bases = await indexedDB.databases();
  found.indexedDB = bases.map((one) => one.name).join(" ");
  const texts = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const asked of await cache.keys()) texts.push(name, asked.url, await (await cache.match(asked)).text());
  }
  found.caches = texts.join(" ");
  return found;
}"""


@dataclass
class Traces:
    """What was left, by where."""

    portal: Portal
    kept: dict[str, set[str]] = field(default_factory=dict)

    def add(self, place: str, text: str) -> None:
        if text and text != "{}":
            self.kept.setdefault(place, set()).add(text)

    def look(self, page: Page) -> None:
        """What the browser keeps now."""
        for place, text in page.evaluate(KEPT).items():
            self.add(place, text)
        for cookie in page.context.cookies():
            self.add("cookies", f"{cookie['name']}={opened(cookie['value'])}")

    def of_log(self) -> None:
        if self.portal.log:
            self.add("log", self.portal.log.read_text(encoding="utf-8"))


def opened(value: str) -> str:
    """A cookie's value with what is signed, not secret, made readable."""
    payload = value.split(".")[1 if value.startswith(".") else 0]
    try:
        plain = urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return (zlib.decompress(plain) if value.startswith(".") else plain).decode(errors="replace")
    except (ValueError, zlib.error):
        return value


@dataclass(frozen=True)
class People:
    """Every member of the demo plan, as one would be recognized."""

    numbers: frozenset[str]
    names: tuple[str, ...]
    births: tuple[str, ...]

    def in_text(self, text: str) -> Iterator[str]:
        """What of them, or of a diagnosis, stands in a text."""
        yield from self.numbers.intersection(re.findall(r"\d{9}", text))
        folded = text.casefold()
        yield from (name for name in self.names if name in folded)
        yield from (day for day in self.births if day in text)
        yield from DIAGNOSIS.findall(text)


@pytest.fixture(scope="module")
def people(portal_server: Portal) -> People:
    assert portal_server.template
    with sqlite3.connect(portal_server.template) as plan:
        rows = plan.execute(
            "SELECT client_id, first_name, last_name, birth_date, subscriber_id FROM member"
        ).fetchall()
    plan.close()
    names = {f"{a} {b}".casefold() for _, a, b, *_ in rows} | {f"{b}, {a}".casefold() for _, a, b, *_ in rows}
    own = [str(born)[:10] for *_, born, head in rows if head == HOUSEHOLD]
    births = [form for day in own for form in (day, f"{day[5:7]}/{day[8:]}/{day[:4]}")]
    return People(frozenset(str(row[0]) for row in rows), tuple(names), tuple(births))


def left(traces: Traces, people: People) -> list[str]:
    """Where something was left, and what."""
    return [
        f"{place}: {found} in {text[:120]}"
        for place, texts in traces.kept.items()
        for text in texts
        for found in people.in_text(unquote_plus(text))
    ]


@pytest.fixture
def traces(portal_server: Portal) -> Traces:
    portal_server.restore()
    return Traces(portal_server)


@pytest.fixture
def window(chromium: Browser, portal_server: Portal, traces: Traces) -> Iterator[BrowserContext]:
    context = browsers.new_context(chromium, Combination("htmx", "en", "desktop"), portal_server.url)
    context.on("request", lambda request: traces.add("address", request.url))
    context.on("request", lambda request: traces.add("address", request.headers.get("hx-current-url", "")))
    yield context
    context.close()


def sign_in(page: Page, account: dict[str, Any]) -> None:
    page.goto(f"/{account['portal']}s/login")
    page.get_by_label("Username").fill(account["username"])
    page.get_by_label("Password", exact=True).fill(account["password"])
    page.get_by_role("button", name="Login").click()
    page.wait_for_url("**/home")


def account_of(portal: Portal, username: str) -> dict[str, Any]:
    return next(one for one in portal.demo["accounts"] if one["username"] == username)


def open_all(page: Page, traces: Traces, start: str) -> int:
    """Every page of the portal that links lead to, one of each kind."""
    host, seen, waiting = urlsplit(page.url).netloc, set(), [page.url]
    while waiting:
        url = waiting.pop(0)
        kind = re.sub(r"[0-9a-f]{16}|[\w-]{22}", "*", urlsplit(url).path)
        if kind in seen:
            continue
        seen.add(kind)
        page.goto(url)
        traces.look(page)
        for link in page.locator("a[href]:not([download])").evaluate_all("all => all.map((a) => a.href)"):
            parts = urlsplit(urljoin(url, link))
            if parts.netloc == host and parts.path.startswith(start) and "/pages/" not in parts.path:
                waiting.append(parts._replace(fragment="").geturl())
    return len(seen)


def send(page: Page, name: str) -> None:
    """Press a button and wait for what it brings."""
    page.wait_for_selector("[data-htmx-powered]", state="attached")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name=name).first.click()
    page.wait_for_load_state("networkidle")


def test_a_member_leaves_nothing_behind(window: BrowserContext, traces: Traces, people: People) -> None:
    page = window.new_page()
    sign_in(page, account_of(traces.portal, "tvega88"))
    page.goto("/members/home?lang=en")
    assert HOUSEHOLD in page.content()
    assert open_all(page, traces, "/members/") > 20
    page.goto("/members/account")
    page.get_by_label("For:").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    page.goto("/members/consents")
    page.get_by_role("link", name="Share: HIV").click()
    page.get_by_label("Every practice that treats me").check()
    page.get_by_label("Yes, I want this shared.").check()
    send(page, "Share")
    page.goto("/members/messages/new")
    page.get_by_label("What is it about?").select_option(index=1)
    page.get_by_label("Subject").fill(f"My number is {HOUSEHOLD}")
    page.get_by_label("Message", exact=True).fill("I have HIV.")
    send(page, "Send")
    traces.look(page)
    page.get_by_role("button", name="LOGOUT").click()
    traces.look(page)
    traces.of_log()
    assert left(traces, people) == []


def test_an_office_leaves_nothing_behind(window: BrowserContext, traces: Traces, people: People) -> None:
    page = window.new_page()
    sign_in(page, account_of(traces.portal, "elm.manager"))
    assert open_all(page, traces, "/providers/") > 20
    page.goto("/providers/reports?report=patient-panel")
    name = page.locator('tbody td[data-label="Member Name"], tbody th').first.inner_text().strip()
    assert name.casefold() in people.names
    page.goto("/providers/patients")
    page.get_by_label("Member name or Client ID Number").fill(name)
    send(page, "Search")
    page.locator("tbody").get_by_role("link").first.click()
    page.wait_for_selector("h1")
    assert name in page.content()
    traces.look(page)
    page.goto("/providers/reports?report=adult-diabetes&due=1")
    page.wait_for_selector("[data-htmx-powered]", state="attached")
    page.locator("tbody button").first.click()
    page.wait_for_selector("#why h2")
    traces.look(page)
    page.goto("/providers/reports?report=patient-panel")
    with page.expect_download():
        page.locator("a[download]").first.click()
    page.get_by_role("button", name="LOGOUT").click()
    traces.look(page)
    traces.of_log()
    assert left(traces, people) == []


def test_that_look_finds_what_is_left(window: BrowserContext, traces: Traces, people: People) -> None:
    page = window.new_page()
    page.goto(f"/members?number={HOUSEHOLD}")
    person = next(iter(people.names))
    page.evaluate(
        """async ([person, number]) => {
          localStorage.setItem("seen", person);
          sessionStorage.setItem("code", "B20.1");
          document.cookie = "number=" + number;
          indexedDB.open(person);
          await (await caches.open("pages")).put("/x", new Response(person));
        }""",
        [person, HOUSEHOLD],
    )
    traces.look(page)
    traces.add("log", f"GET /members {people.births[0]}")
    assert {line.partition(":")[0] for line in left(traces, people)} == {
        "address", "localStorage", "sessionStorage", "cookies", "indexedDB", "caches", "log",
    }  # fmt: skip
    assert json.loads(opened("eyJudW1iZXIiOiIxIn0.x.y")) == {"number": "1"}
