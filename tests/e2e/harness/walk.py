"""A person at the portal: opens, reads, types, presses, in the language, mode and device of the walk.

Everything is named in English, as in the source; the walk looks it up in the catalogue. Every page that
is opened or swapped in is checked (page_checks, page_rules, traffic).
"""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.e2e.harness import looks, page_rules, rest, words
from tests.e2e.harness.rest import Seen
from tests.e2e.harness.server import ROOT, Portal
from tests.e2e.harness.traffic import FIRST_FORM, FIRST_PAGE, FORM_PATHS, NEXT_PAGE, SWAP, Traffic
from tests.harness import page_checks
from tests.harness.options import Combination

if TYPE_CHECKING:
    from tests.e2e.harness.camera import Camera

RESULTS = ROOT / "var" / "e2e"
PATIENCE = 10.0


class Walk:
    """One walk through the portal. `page` is Playwright's, for what this class has no word for."""

    def __init__(self, page: Page, portal: Portal, combination: Combination, name: str) -> None:
        self.page = page
        self.portal = portal
        self.demo: dict[str, Any] = portal.demo
        self.combination = combination
        self.mode, self.language, self.device = combination.mode, combination.language, combination.device
        self.name = name
        self.step = ""
        self.folder = RESULTS / f"{name}-{combination}"
        self.traffic = Traffic(page, portal.url, script_blocked=self.mode == "blocked")
        #: Takes the pictures of a guide, when guides are written.
        self.camera: Camera | None = None
        self._visited = False

    # --- words ---

    def t(self, text: str, **values: object) -> str:
        """A text of the portal in the walk's language; values fill its %(placeholders)s."""
        return words.translated(text, self.language, **values)

    # --- going and pressing ---

    def open(self, path: str, *, budget: bool = True) -> None:
        """Type an address. The language of the walk is asked for once, the cookie keeps it."""
        if not self._visited:
            path += ("&" if "?" in path else "?") + f"lang={self.language}"
        self._moving(lambda: self.page.goto(path), budget=budget)

    def click(
        self, name: str, *, budget: bool = True, within: Locator | None = None, **values: object
    ) -> None:
        """Press the link or button with this name, wait for what it brings, and check that."""
        pressed = self.pressable(name, within=within, **values)
        self._moving(pressed.click, budget=budget)

    def change(self, control: Locator, act: Callable[[], Any], *, budget: bool = True) -> None:
        """Change a control that asks the server at once, as a person would: the focus is on it. Wait, and check."""
        control.focus()
        self._moving(act, budget=budget)

    def press(self, name: str, *, within: Locator | None = None, **values: object) -> None:
        """Press something that asks the server for nothing (Show, a menu)."""
        self.pressable(name, within=within, **values).click()

    def pressable(self, name: str, *, within: Locator | None = None, **values: object) -> Locator:
        """The visible link or button with this name; a closed menu that hides it is opened."""
        wanted = self.t(name, **values)
        place = within if within is not None else self.page
        either = place.get_by_role("button", name=wanted, exact=True).or_(
            place.get_by_role("link", name=wanted, exact=True)
        )
        found = either.filter(visible=True)
        if not found.count():
            self._open_menus()
        if not found.count():
            seen = sorted(
                {" ".join(text.split()) for text in self.page.locator("a, button").all_inner_texts()}
            )
            raise AssertionError(f"nothing called {wanted!r} to press; there are {seen}")
        return found.first

    def _open_menus(self) -> None:
        for summary in self.page.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()

    def sign_in(self, account: dict[str, Any]) -> None:
        """Sign in with an account of the demo, by the code of its app too where it has one (each code works once)."""
        prefix = {"member": "/members", "provider": "/providers", "support": "/support"}[account["portal"]]
        self.open(f"{prefix}/login")
        self.fill("Username", account["username"])
        self.fill("Password", account["password"])
        self.click("Login", budget=False)  # brings the style sheet of signed-in pages, once
        if account["totp_secret"]:
            # Telephones keep the real time, whatever day it is in the portal.
            self.fill("Code", pyotp.TOTP(account["totp_secret"]).now())
            self.click("Login", budget=False)

    def account(self, username: str) -> dict[str, Any]:
        """An account of the demo."""
        found: dict[str, Any] = next(one for one in self.demo["accounts"] if one["username"] == username)
        return found

    def code(self, to: str) -> str:
        """The code in the newest mail to an address that has one."""
        codes: list[str] = [code for mail in self.portal.mail(to) for code in mail["codes"]]
        assert codes, f"no mail to {to} has a code"
        return codes[0]

    def download(self, name: str, *, within: Locator | None = None, **values: object) -> Path:
        """Press a download; the file."""
        with self.page.expect_download() as started:
            self.pressable(name, within=within, **values).click()
        self.folder.mkdir(parents=True, exist_ok=True)
        target = self.folder / started.value.suggested_filename
        started.value.save_as(target)
        return target

    # --- filling in ---

    def control(self, label: str, **values: object) -> Locator:
        """The control with this label, whether or not the label shows that it is required."""
        wanted = re.compile(rf"^\s*{re.escape(self.t(label, **values))}\s*\*?\s*$")
        return self.page.get_by_label(wanted).and_(self.page.locator("input, select, textarea"))

    def fill(self, label: str, value: str, **values: object) -> None:
        """Type into a field; what was there is replaced."""
        self.control(label, **values).fill(value)

    def choose(self, label: str, option: str, **values: object) -> None:
        """Choose from a list, or among radio buttons by their legend."""
        wanted = self.t(option)
        control = self.control(label, **values)
        if control.count() == 1 and control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(label=wanted)
            return
        group = self.page.get_by_role("group", name=self.t(label, **values))
        group.or_(self.page.get_by_role("radiogroup", name=self.t(label, **values))).first.get_by_label(
            wanted, exact=True
        ).check()

    def tick(self, label: str, on: bool = True, **values: object) -> None:
        """Tick a box, or clear it."""
        self.control(label, **values).set_checked(on)

    # --- seeing ---

    def heading(self) -> str:
        """The page's heading."""
        return " ".join(self.page.locator("h1").inner_text().split())

    def sees_heading(self, text: str, **values: object) -> None:
        """The heading is this, letters of either case."""
        expect(self.page.locator("h1")).to_have_text(
            re.compile(rf"^\s*{re.escape(self.t(text, **values))}\s*$", re.IGNORECASE)
        )

    def sees(self, text: str, *, within: Locator | None = None, **values: object) -> None:
        """The text can be read on the page, alone or among others."""
        place = within if within is not None else self.page
        expect(place.get_by_text(self.t(text, **values)).locator("visible=true").first).to_be_visible()

    def sees_not(self, text: str, **values: object) -> None:
        """The text cannot be read on the page."""
        expect(self.page.get_by_text(self.t(text, **values)).locator("visible=true")).to_have_count(0)

    def errors(self) -> list[str]:
        """The lines of the error summary."""
        return [" ".join(text.split()) for text in self.page.locator("#error-summary li").all_inner_texts()]

    def address(self) -> str:
        """The path of the page."""
        return urlsplit(self.page.url).path

    def shot(self, name: str, *, whole: bool = False) -> Path:
        """A screenshot under var/e2e/shots, for the guide or for looking at."""
        target = RESULTS / "shots" / self.name / str(self.combination) / f"{name}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        # Hiding the caret would leave a style attribute on each input, and HTMX carries those over into the next part.
        self.page.screenshot(path=target, full_page=whole, caret="initial")
        return target

    # --- waiting and checking ---

    def _moving(self, act: Callable[[], Any], *, budget: bool = True) -> None:
        first, self._visited = not self._visited, True
        if self.mode != "no-js":
            rest.set_out(self.page)
        self.traffic.start()
        loads = self.traffic.loads
        with self.page.expect_response(_is_final, timeout=PATIENCE * 1000) as waited:
            act()
        seen = self._brought(loads, page_comes=waited.value.request.resource_type == "document")
        self.traffic.catch_up()
        limit = (FIRST_FORM if FORM_PATHS.match(self.address()) else FIRST_PAGE) if first else NEXT_PAGE
        self._check(seen, limit=(limit if seen.new else SWAP) if budget else None)

    def _brought(self, loads: int, *, page_comes: bool) -> Seen:
        """What a press has brought, once it is at rest. loads: how many pages had loaded before it."""
        deadline = time.monotonic() + PATIENCE
        seen: Seen | None = None
        while time.monotonic() < deadline:
            loaded = self.traffic.loads > loads
            if self.mode != "no-js":
                seen = rest.look(self.page, page_comes=page_comes, htmx=self.mode == "htmx")
            elif loaded:
                seen = Seen(self.page.content())
            if seen and (loaded or not seen.new) and not self.traffic.in_flight:
                return seen
            # What the browser says is heard while something is asked of it.
            self.page.wait_for_timeout(10)
        raise AssertionError(f"{self.page.url} did not come to rest; waiting for {self.traffic.in_flight}")

    def check(self) -> None:
        """Fail on whatever is wrong with the page as it now stands."""
        self._check(Seen(self.page.content()))

    def _check(self, seen: Seen, *, limit: tuple[int, int] | None = None) -> None:
        """Not while pictures are taken."""
        faults = self.traffic.take_faults()
        if self.camera is not None:
            return
        tree = page_checks.parse(seen.html)
        faults += page_checks.page_faults(tree, self.language)
        if limit and (over := self.traffic.load.over(limit)):
            faults.append(over)
        if not seen.focus:
            faults.append("the focus was lost in the swap (it is on the body)")
        if looks.is_first("width", page_rules.words(seen.html)):
            faults += page_rules.scroll_faults(self.page)
        if self.mode != "no-js" and looks.is_first("axe", page_rules.shape(tree), self.device):
            faults += page_rules.axe_faults(self.page)
        faults += self.traffic.take_faults()
        if faults:
            pytest.fail(f"{self.page.url} ({self.combination}):\n  " + "\n  ".join(faults))

    @contextmanager
    def tolerating(self, *patterns: str) -> Iterator[None]:
        """For a passage in which something goes wrong on purpose (the network is cut): console messages that match."""
        yield
        self.traffic.faults = [
            fault
            for fault in self.traffic.faults
            if not any(re.search(pattern, fault) for pattern in patterns)
        ]


def _is_final(response: Response) -> bool:
    """Whether a response is what a press was for: not a redirect of either kind, not a file of the page."""
    if response.request.resource_type not in {"document", "fetch", "xhr"}:
        return False
    return not 300 <= response.status < 400 and "hx-redirect" not in response.headers
