"""What every page of the portal keeps to, as functions from a parsed page to a list of faults.

The page-checking client (pages.py) and the browser walk-throughs (tests/e2e/harness) both ask them;
tests/unit/test_harness.py shows that each can find something.
"""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import lxml.html
from lxml.html import HtmlElement

LANGUAGES = ("en", "es")
UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
INLINE = {"a", "abbr", "b", "em", "i", "small", "span", "strong", "sub", "sup", "time", "u"}
REFERENCES = ("aria-describedby", "aria-labelledby", "aria-controls", "aria-errormessage")
# Traces of a page put together wrongly: escaped twice, a placeholder left open, an object's repr.
BROKEN_TEXT = re.compile(r"&(?:amp|lt|gt|quot|#\d+);|%\(\w+\)[sd]|\{\{|\{%|<[\w.]+ object at 0x|\bMarkup\(")
URL_ATTRIBUTES = {"href": "GET", "hx-get": "GET", "hx-post": "POST", "src": "GET"}


def words(element: HtmlElement) -> str:
    """The element's text as people read it: white space made single, blocks and cells apart."""
    parts: list[str] = []
    _read(element, parts)
    return " ".join("".join(parts).split())


def _read(element: HtmlElement, parts: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in {"script", "style", "template"}:
        return
    between = "" if element.tag in INLINE else " "
    parts += [between, element.text or ""]
    for child in element:
        _read(child, parts)
        parts.append(child.tail or "")
    parts.append(between)


def parse(html: str) -> HtmlElement:
    """A whole page."""
    return lxml.html.document_fromstring(html)


def parse_fragment(html: str) -> HtmlElement:
    """A part of a page, in a <div> of its own."""
    return lxml.html.fragment_fromstring(html, create_parent="div")


def page_faults(tree: HtmlElement, language: str | None = None) -> Iterator[str]:
    """The rules of a whole page; `language` is the one asked for, if any."""
    headings = [words(heading) for heading in tree.iter("h1")]
    if len(headings) != 1:
        yield f"{len(headings)} h1 instead of one: {headings}"
    title = " ".join((tree.findtext(".//title") or "").split())
    if headings and not (headings[0] and title.startswith(headings[0])):
        yield f"the title {title!r} does not begin with the heading {headings[0]!r}"
    lang = tree.get("lang")
    if lang not in LANGUAGES or (language and lang != language):
        yield f"lang is {lang!r}, not {language or ' or '.join(LANGUAGES)!r}"
    if len(tree.xpath("//main")) != 1:
        yield "not exactly one <main>"
    ids = {element.get("id") for element in tree.iter() if isinstance(element.tag, str) and element.get("id")}
    yield from _reference_faults(tree, ids)
    yield from shared_faults(tree)


def fragment_faults(tree: HtmlElement) -> Iterator[str]:
    """The rules of a part that HTMX swaps in."""
    headings = [words(heading) for heading in tree.iter("h1")]
    if len(headings) > 1:
        yield f"{len(headings)} h1 in one part: {headings}"
    title = tree.findtext(".//title")
    if headings and title is not None and not " ".join(title.split()).startswith(headings[0]):
        yield f"the title {title!r} does not begin with the heading {headings[0]!r}"
    if headings and title is None:
        yield f"the part brings a new heading {headings[0]!r} and no <title>"
    for tag in ("main", "header", "footer"):
        if tree.find(f".//{tag}") is not None:
            yield f"a whole page where a part was asked for (<{tag}>)"
            break
    yield from shared_faults(tree)


def shared_faults(tree: HtmlElement) -> Iterator[str]:
    """The rules of pages and parts alike."""
    elements = [element for element in tree.iter() if isinstance(element.tag, str)]
    for name, count in Counter(e.get("id") for e in elements if e.get("id") is not None).items():
        if count > 1 or not name:
            yield f"id {name!r} stands {count} times"
    for element in elements:
        yield from _policy_faults(element)
    yield from _label_faults(tree)
    yield from _form_faults(tree)
    yield from _table_faults(tree)
    for element in elements:
        # What somebody typed and reads again (data-value) may look like anything.
        if element.tag not in {"script", "style", "code"} and "data-value" not in element.attrib:
            for text in [element.text or "", *(child.tail or "" for child in element)]:
                if found := BROKEN_TEXT.search(text):
                    yield f"broken text {found[0]!r} in {' '.join(text.split())[:60]!r}"


def _policy_faults(element: HtmlElement) -> Iterator[str]:
    shown = f"<{element.tag}>"
    for name, value in element.attrib.items():
        if name == "style":
            yield f"{shown} has a style attribute"
        elif name.startswith(("on", "hx-on", "data-hx-on")):
            yield f"{shown} has the handler {name}"
        elif name.startswith("hx-trigger") and "[" in value:
            yield f"{shown} has a filter in hx-trigger"
        elif value.strip().lower().startswith(("js:", "javascript:")):
            yield f"{shown} has the script value {name}={value!r}"
    if element.tag == "script" and not element.get("src"):
        yield "a script stands in the page"
    if element.tag == "img" and element.get("alt") is None:
        yield f"an image has no alt: {element.get('src')}"


def _label_faults(tree: HtmlElement) -> Iterator[str]:
    labelled = {label.get("for") for label in tree.iter("label") if words(label)}
    for control in tree.iter("input", "select", "textarea"):
        if control.tag == "input" and control.get("type", "text") in UNLABELLED:
            continue
        inside = any(words(label) for label in control.iterancestors("label"))
        if not (inside or control.get("id") in labelled or _named(control)):
            yield f"the control {control.get('name')!r} has no label"
    for element in tree.iter("button", "a"):
        if element.tag == "a" and element.get("href") is None:
            continue
        if (
            element.get("aria-hidden") == "true"
            or words(element)
            or _named(element)
            or element.get("data-retry")
        ):
            continue
        if not element.xpath(".//img[@alt and @alt!='']|.//*[local-name()='svg']/*[local-name()='title']"):
            yield f"a <{element.tag}> without words: {lxml.html.tostring(element, encoding='unicode')[:80]}"


def _named(element: HtmlElement) -> bool:
    return bool((element.get("aria-label") or "").strip() or (element.get("aria-labelledby") or "").strip())


def _form_faults(tree: HtmlElement) -> Iterator[str]:
    for form in tree.iter("form"):
        if (form.get("method") or "get").lower() != "post":
            continue
        tokens = form.xpath(".//input[@name='csrf_token']/@value")
        if len(tokens) != 1 or not tokens[0]:
            yield f"the form to {form.get('action')!r} carries no csrf_token"
        if form.get("hx-post") and form.get("hx-post") != form.get("action"):
            yield f"the form to {form.get('action')!r} has another address in hx-post"


def _table_faults(tree: HtmlElement) -> Iterator[str]:
    for table in tree.iter("table"):
        caption = table.find("caption")
        if caption is None or not words(caption):
            yield f"the table {table.get('id')!r} has no caption"
        for head in table.iter("th"):
            if head.get("scope") not in {"col", "row", "colgroup", "rowgroup"}:
                yield f"the heading {words(head)!r} of a table has no scope"


def _reference_faults(tree: HtmlElement, ids: set[str | None]) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name in REFERENCES:
            for target in (element.get(name) or "").split():
                if target not in ids:
                    yield f"{name} names #{target}, which is not in the page"
        if element.tag == "label" and element.get("for") and element.get("for") not in ids:
            yield f"the label {words(element)!r} names #{element.get('for')}, which is not in the page"
        href = element.get("href") or ""
        if element.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"a link leads to {href}, which is not in the page"
        target = element.get("hx-target") or ""
        if target.startswith("#") and target[1:] not in ids:
            yield f"hx-target {target} is not in the page"


def link_faults(tree: HtmlElement, answers: Callable[[str, str], bool]) -> Iterator[str]:
    """Addresses in a page that nothing answers. `answers(path, method)` says whether something does."""
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name, method in URL_ATTRIBUTES.items():
            if (url := element.get(name)) and not _elsewhere(element, name, url) and not answers(url, method):
                yield f"nothing answers {method} {url} (<{element.tag} {name}>)"
        for name in ("action", "formaction"):
            if url := element.get(name):
                method = (element.get("formmethod") or element.get("method") or "get").upper()
                if element.tag != "form" and not element.get("formmethod"):
                    method = next(
                        (f.get("method") or "get" for f in element.iterancestors("form")), "get"
                    ).upper()
                if not answers(url, method):
                    yield f"nothing answers {method} {url} (<{element.tag} {name}>)"


def _elsewhere(element: HtmlElement, name: str, url: str) -> bool:
    """Links may lead to other sites, to a telephone or to a place in the page; files may not come from there."""
    if url.startswith(("#", "mailto:", "tel:", "data:")):
        return True
    return element.tag == "a" and name == "href" and url.startswith("https://")


def header_faults(headers: Mapping[str, str], signed_in: bool = False) -> Iterator[str]:
    """The header set that every response carries."""
    policy = headers.get("Content-Security-Policy", "")
    rules = {part.split()[0]: part.split()[1:] for part in policy.split(";") if part.strip()}
    if not rules.keys() >= {"default-src", "base-uri", "form-action"}:
        yield f"no strict Content-Security-Policy: {policy!r}"
    if "unsafe-" in policy:
        yield f"the policy allows what is unsafe: {policy!r}"
    if any("*" in source or source.startswith("http") for sources in rules.values() for source in sources):
        yield f"the policy allows other sites: {policy!r}"
    if rules.get("frame-ancestors") != ["'none'"]:
        yield "the page may be framed"
    if headers.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer", "strict-origin"}:
        yield f"Referrer-Policy is {headers.get('Referrer-Policy')!r}"
    if signed_in:
        if "no-store" not in headers.get("Cache-Control", ""):
            yield "what a signed-in person sees may be stored (no no-store)"
        vary = {part.strip().lower() for part in headers.get("Vary", "").split(",")}
        if missing := {"hx-request", "hx-request-type", "cookie"} - vary:
            yield f"Vary lacks {sorted(missing)}"


def style_faults(tree: HtmlElement, policy: str) -> Iterator[str]:
    """A <style> in the page must be one that the policy names by its hash."""
    for style in tree.iter("style"):
        digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
        if f"'sha256-{digest}'" not in policy:
            yield "a <style> stands in the page that the policy does not name by its hash"
