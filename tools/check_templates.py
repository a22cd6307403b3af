"""Template lint: what the strict policy, the phone without script and the second language forbid in a template.

Each rule stands in `RULES` with the sentence that is printed; tests/unit/test_checks_templates.py shows that each
can fail. The source is read twice: as Jinja (filters, calls, output) and, with the Jinja parts taken out, as HTML.
"""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("webapp/pages", "webapp/partials")

RULES = {
    "safe": "escaping is not switched off: no |safe, Markup() or autoescape block",
    "style": "no style attribute: a class of app.css",
    "handler": "no on… attribute: the policy blocks inline handlers",
    "script": "no script in the page: a file under static/",
    "hx-on": "no hx-on: the policy blocks what htmx would evaluate",
    "trigger-filter": "no [filter] in hx-trigger: the policy blocks its evaluation",
    "js-value": "no js: or javascript: value",
    "boost": "no hx-boost: a boosted page keeps the old lang and announces nothing",
    "native-form": "a form with hx-post has method=post and the same action, for people without script",
    "native-link": "a link with hx-get has the same address in href, for people without script",
    "text": "visible text goes through _()",
}
SHOWN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "placeholder", "title", "label", "data-label"}
# Arguments of macros that end up in front of people.
SHOWN_ARGUMENTS = {
    "alt",
    "caption",
    "heading",
    "hint",
    "label",
    "legend",
    "message",
    "placeholder",
    "text",
    "title",
}
# What stands where Jinja prints something: the number of its expression, between characters nobody types.
HOLE = re.compile("\ue000(\\d+)\ue001")
UNREAD = {"script", "style", "code"}
VOID = set("area base br col embed hr img input link meta source track wbr".split())
LETTERS = re.compile(r"[^\W\d_]{2,}")


class Fault(NamedTuple):
    """One finding: where, and the rule that it breaks."""

    path: str
    line: int
    rule: str
    excerpt: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {RULES[self.rule]} ({self.excerpt})"


def environment() -> Environment:
    """A Jinja that reads what the portal's reads."""
    return Environment(
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=True
    )


def check(source: str, path: str = "template") -> list[Fault]:
    """Every fault of one template, in the order of its lines."""
    jinja = environment()
    reader = _Reader(path, jinja)
    reader.feed(reader.take_out_jinja(source))
    reader.close()
    found = {*_jinja_faults(jinja.parse(source), path), *reader.faults}
    return sorted(found, key=lambda fault: (fault.line, fault.rule))


def _jinja_faults(tree: nodes.Template, path: str) -> Iterator[Fault]:
    for node in tree.find_all(nodes.Filter):
        if node.name == "safe":
            yield Fault(path, node.lineno, "safe", "|safe")
    for node in tree.find_all(nodes.ScopedEvalContextModifier):
        yield Fault(path, node.lineno, "safe", "autoescape")
    for node in tree.find_all(nodes.Call):
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        if name == "Markup":
            yield Fault(path, node.lineno, "safe", "Markup()")
        for keyword in node.kwargs:
            if keyword.key in SHOWN_ARGUMENTS and (text := _plain_text(keyword.value)):
                yield Fault(path, node.lineno, "text", f"{keyword.key}={text!r}")
    for node in tree.find_all(nodes.Assign):
        target = node.target.name if isinstance(node.target, nodes.Name) else ""
        if target in SHOWN_ARGUMENTS and (text := _plain_text(node.node)):
            yield Fault(path, node.lineno, "text", f"{target} = {text!r}")


def _plain_text(node: nodes.Node) -> str:
    """The words of a constant that people would read untranslated, or ''."""
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and LETTERS.search(node.value):
        return node.value
    if isinstance(node, nodes.CondExpr):
        return _plain_text(node.expr1) or (_plain_text(node.expr2) if node.expr2 else "")
    if isinstance(node, nodes.Concat):
        return next((text for part in node.nodes if (text := _plain_text(part))), "")
    return ""


class _Reader(HTMLParser):
    """Reads a template's HTML: what stands between the Jinja parts, on the same lines."""

    def __init__(self, path: str, jinja: Environment) -> None:
        super().__init__()
        self.path = path
        self.jinja = jinja
        self.faults: list[Fault] = []
        self.printed: list[str] = []
        self.unread: list[str] = []

    def take_out_jinja(self, source: str) -> str:
        """The HTML alone: what is printed becomes a numbered hole, statements and translated blocks go."""
        kept: list[str] = []
        state, translated = "", 0
        for _line, kind, value in self.jinja.lexer.tokeniter(source, None):
            if kind == "data":
                kept.append("\n" * value.count("\n") if translated else value)
                continue
            kept.append("\n" * value.count("\n"))
            if kind == "variable_begin":
                state = "variable"
                self.printed.append("")
            elif kind == "variable_end":
                state = ""
                kept.append(f"\ue000{len(self.printed) - 1}\ue001")
            elif kind == "block_begin":
                state = "block"
            elif state == "variable":
                self.printed[-1] += value
            elif state == "block" and kind == "name":
                state = ""
                translated += {"trans": 1, "endtrans": -1}.get(value, 0)
        return "".join(kept)

    def _fault(self, rule: str, excerpt: str, line: int | None = None) -> None:
        shown = " ".join(HOLE.sub("…", excerpt).split())[:60]
        self.faults.append(Fault(self.path, line or self.getpos()[0], rule, shown))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID and (self.unread or tag in UNREAD or values.get("translate") == "no"):
            self.unread.append(tag)
        if tag == "script" and "src" not in values:
            self._fault("script", "<script>")
        if tag == "form" and "hx-post" in values:
            same = self._source(values.get("action", "")) == self._source(values["hx-post"])
            if values.get("method", "").lower() != "post" or not same:
                self._fault("native-form", f"hx-post={values['hx-post']}")
        if (
            tag == "a"
            and "hx-get" in values
            and self._source(values.get("href", "")) != self._source(values["hx-get"])
        ):
            self._fault("native-link", f"hx-get={values['hx-get']}")
        for name, value in values.items():
            self._check_attribute(name, value)

    def _check_attribute(self, name: str, value: str) -> None:
        plain = name.removeprefix("data-")
        if name == "style":
            self._fault("style", f"style={value}")
        if name.startswith("on") and name.isalpha():
            self._fault("handler", name)
        if plain.startswith("hx-on"):
            self._fault("hx-on", name)
        if plain.startswith("hx-trigger") and "[" in value:
            self._fault("trigger-filter", value)
        if plain.startswith("hx-boost"):
            self._fault("boost", name)
        if value.strip().lower().startswith(("js:", "javascript:")):
            self._fault("js-value", f"{name}={value}")
        if name in SHOWN_ATTRIBUTES and (text := self._words(value)):
            self._fault("text", f"{name}={text}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unread:
            last = len(self.unread) - 1 - self.unread[::-1].index(tag)
            del self.unread[last:]

    def handle_data(self, data: str) -> None:
        if not self.unread and (text := self._words(data)):
            before = data[: len(data) - len(data.lstrip())].count("\n")
            self._fault("text", text, self.getpos()[0] + before)

    def _source(self, value: str) -> str:
        """An attribute's value as it was written, Jinja included."""
        return HOLE.sub(lambda hole: self.printed[int(hole[1])].strip(), value)

    def _words(self, data: str) -> str:
        """The words in `data` that bypass the catalogue, or ''."""
        if LETTERS.search(HOLE.sub(" ", data)):
            return data
        for number in HOLE.findall(data):
            for output in self.jinja.parse("{{" + self.printed[int(number)] + "}}").find_all(nodes.Output):
                if text := next(filter(None, map(_plain_text, output.nodes)), ""):
                    return text
        return ""


def main() -> int:
    """Check every template of the portal; print the faults; 1 when there is one."""
    templates = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.html"))
    found = [
        fault
        for path in templates
        for fault in check(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]
    print("\n".join(str(fault) for fault in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
