"""Waiting until a press has brought what it brings: a page, or a part put in place by HTMX."""

from dataclasses import dataclass

from playwright.sync_api import Error, Page

# One question in place of many: null, or what stands there. Before HTMX has taken a form or link over, a press would go
# the native way.
AT_REST = """([page, htmx]) => {
  const fresh = !window.walkSetOut;
  const swapped = window.walkSwaps > 0 && !document.querySelector(".htmx-request");
  const asking = document.querySelector("[hx-get], [hx-post]");
  const taken = !htmx || !asking || document.querySelector("[data-htmx-powered]");
  if (document.readyState !== "complete" || !taken || !(fresh || (swapped && !page))) return null;
  const focus = document.activeElement !== null && document.activeElement !== document.body;
  return {html: "<!doctype html>" + document.documentElement.outerHTML, new: fresh, focus: fresh || focus};
}"""


@dataclass(frozen=True)
class Seen:
    """What stands in the window. new: whether it is a page of its own; focus: whether something has it after a swap."""

    html: str
    new: bool = True
    focus: bool = True


def set_out(page: Page) -> None:
    """Mark the page that a press is made on, so that the next one is told from it. Not where scripts are off."""
    page.evaluate("() => { window.walkSetOut = true; window.walkSwaps = 0; }")


def look(page: Page, *, page_comes: bool, htmx: bool) -> Seen | None:
    """What a press has brought; None until it is there. Not where scripts are off: there every press brings a page.

    page_comes: it is a page, as the answer says, and nothing but a page will do; else it is a part, or the page that
    a press led to just after what was typed had asked for a part.
    """
    try:
        seen = page.evaluate(AT_REST, [page_comes, htmx])
    except Error as fault:
        # It was asked of the page before, which went away meanwhile.
        if "context was destroyed" not in fault.message:
            raise
        return None
    return Seen(**seen) if seen else None
