"""The checks of a page that need a browser: axe, no sideways scroll, focus."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROWEST = 320
RUN_AXE = """(tags) => axe.run(document, {runOnly: tags, resultTypes: ["violations"]}).then((results) =>
  results.violations.map((rule) => ({id: rule.id, help: rule.help, nodes: rule.nodes.map((node) => node.html)})))"""
WIDTHS = """() => ({page: document.documentElement.scrollWidth, widest: [...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(0, 3).map((element) => element.outerHTML.slice(0, 90))})"""


def axe_faults(page: Page) -> Iterator[str]:
    """What axe-core finds against WCAG 2.2 AA."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    for rule in page.evaluate(RUN_AXE, TAGS):
        shown = "; ".join(" ".join(html.split())[:120] for html in rule["nodes"][:3])
        yield f"axe {rule['id']}: {rule['help']} ({shown})"


def scroll_faults(page: Page) -> Iterator[str]:
    """Nothing sticks out sideways on the narrowest telephone."""
    size: Any = page.viewport_size
    page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
    try:
        widths = page.evaluate(WIDTHS)
    finally:
        page.set_viewport_size(size)
    if widths["page"] > NARROWEST:
        yield f"the page is {widths['page']} px wide on a screen of {NARROWEST}: {widths['widest']}"


def focus_faults(page: Page) -> Iterator[str]:
    """After a part was swapped in, the focus is somewhere: on the new heading, the errors or what was pressed."""
    if page.evaluate("() => document.activeElement === null || document.activeElement === document.body"):
        yield "the focus was lost in the swap (it is on the body)"


def fingerprint(html: str, *of: str) -> str:
    """The same for pages that differ only in tokens, names and numbers: looked at once is enough."""
    plain = re.sub(r'value="[^"]*"|content="[^"]*"|\d+', "", html)
    return hashlib.sha256("\0".join((plain, *of)).encode()).hexdigest()
