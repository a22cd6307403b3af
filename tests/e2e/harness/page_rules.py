"""The checks of a page that need a browser: axe, no sideways scroll, focus."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
from lxml.html import HtmlElement
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
NARROWEST = 320
# Attributes of which axe asks only whether they say anything.
SAID = {
    "action",
    "alt",
    "aria-label",
    "content",
    "d",
    "datetime",
    "height",
    "href",
    "placeholder",
    "points",
    "src",
}
SAID |= {"title", "value", "viewbox", "width", "x", "x1", "x2", "y", "y1", "y2"}
# References are checked without a browser (page_checks).
SAID |= {"aria-controls", "aria-describedby", "aria-labelledby", "for", "id", "name"}
# Rows and list items in which only words, numbers and addresses are new are put away while axe looks: a table of fifty
# rows would take it two seconds. No page has frames, and their style sheets are not asked for again.
RUN_AXE = """async (tags) => {
  const drawn = (part) => part.outerHTML
    .replace(/>[^<]*[^<\\s][^<]*(?=<)/g, ">text")
    .replace(/ (?:id|for|href|value|hx-[a-z-]+|data-[a-z-]+|aria-(?:label|labelledby|describedby))="[^"]+"/g, "");
  const seen = new Map();
  const shows = (row) => {
    const before = seen.get(row.parentNode) ?? new Set();
    seen.set(row.parentNode, before);
    const parts = row.tagName === "TR" ? [...row.cells].map((cell, column) => column + drawn(cell)) : [drawn(row)];
    return parts.filter((part) => before.size !== before.add(part).size).length > 0;
  };
  const rows = [...document.querySelectorAll("tbody > tr, ul > li, ol > li")];
  const again = rows.filter((row) => !row.hidden && !shows(row));
  again.forEach((row) => { row.hidden = true; });
  const options = {runOnly: tags, resultTypes: ["violations"], preload: false, iframes: false};
  const results = await axe.run(document, options);
  again.forEach((row) => { row.hidden = false; });
  return results.violations.map((rule) => ({id: rule.id, help: rule.help, nodes: rule.nodes.map((node) => node.html)}));
}"""
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


def words(html: str) -> str:
    """The same for pages that differ only in tokens, numbers and what scripts leave behind: how wide they are is
    measured once."""
    return re.sub(
        r' (?:action|content|for|href|id|name|src|value|(?:aria|data|hx)-[a-z-]+)="[^"]*"| class="js"|\d+',
        "",
        html,
    )


def shape(element: HtmlElement) -> str:
    """The same for pages that axe judges alike: the same elements, classes, roles and references; what texts say, where
    links lead, and how many alike stand in a row do not matter to it."""
    attributes = sorted(
        _kept(name, value) for name, value in element.attrib.items() if not _of_script(name, value)
    )
    inside: list[str] = ["text"] if (element.text or "").strip() else []
    for child in element:
        drawn = shape(child) if isinstance(child.tag, str) else ""
        inside += [
            part for part in (drawn, "text" if (child.tail or "").strip() else "") if part not in inside
        ]
    return f"<{element.tag} {' '.join(attributes)}>{''.join(inside)}</>"


def _of_script(name: str, value: str) -> bool:
    return name.startswith("data-htmx") or (name, value) == ("class", "js")


def _kept(name: str, value: str) -> str:
    if name in SAID or name.startswith(("hx-", "data-")):
        return f"{name}={bool(value.strip())}"
    return f"{name}={re.sub(r'[0-9]+', '', value)}"
