"""Prose: Markdown with values of the plan in it, its headings with addresses, and its parts as the search knows them.

HTML in the text is shown as text, never run. `{section.setting}` stands for a value of the plan file, so that a
telephone number is written once; the plan's names stand in place of Connecticut's (words.py). `[[Label]]` is a text of
the portal in English, shown in the language of the page (guides).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup

from webapp.config import Plan
from webapp.domain.site_search import Section
from webapp.domain.text import fold_words
from webapp.words import hours, list_of_programs, renaming

_VALUE = re.compile(r"\{(\w+)\.(\w+)\}(\.?)")  # with the full stop after it: "6:00 p.m." brings its own
_BLANK = re.compile(r"_{3,}")
_HOURS = {"en": "Monday through Friday, {0}", "es": "de lunes a viernes, de {0}"}


class ContentBroken(Exception):
    """A content file asks for what is not there; the message names both."""


def fill(text: str, plan: Plan, language: str, where: str) -> str:
    """The text with the names and values of the plan put in. Raises ContentBroken for a value that the plan file lacks;
    where: the file's name for that."""

    def value(match: re.Match[str]) -> str:
        try:
            written = _written(plan, match[1], match[2], language)
        except KeyError:
            raise ContentBroken(f"{where}: the plan file has no {match[1]}.{match[2]}") from None
        return written if written.endswith(".") and match[1] == "hours" else f"{written}{match[3]}"

    return _VALUE.sub(value, renaming(plan.names)(text))


def values(text: str, plan: Plan) -> list[str]:
    """The values of the plan that a text names."""
    return [str(plan[match[1]][match[2]]) for match in _VALUE.finditer(text)]


def parse(text: str, label: Callable[[str], str] = str) -> list[Token]:
    """The text as Markdown. label: what to show for each [[Label]]."""
    return _markdown().parse(text, {"label": label})


def render(tokens: list[Token]) -> Markup:
    """Safe HTML of parsed text: HTML that was in it is escaped."""
    return Markup(_markdown().renderer.render(tokens, _markdown().options, {}))  # noqa: S704 - our own files


def render_line(text: str) -> Markup:
    """Safe HTML of one line of Markdown, without a paragraph around it."""
    return Markup(_markdown().renderInline(text))  # noqa: S704 - as above


def _written(plan: Plan, section: str, key: str, language: str) -> str:
    """A value of the plan as it stands in a text: a telephone number can be pressed, hours and programs are a phrase.
    Raises KeyError for one that the plan file lacks."""
    value = plan[section][key]
    if key == "online_programs":
        return list_of_programs(plan, value, language)
    if section in ("telephones", "help_lines"):
        return f"[{value}](tel:{value})"
    if section == "hours":
        times = re.sub(" (?=[ap])", "\N{NO-BREAK SPACE}", hours(value, language))
        return _HOURS.get(language, _HOURS["en"]).format(times)
    return str(value)


@cache
def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.add_render_rule("text", _with_blanks)
    markdown.inline.ruler.before("link", "label", _label)
    return markdown


def _label(state: StateInline, silent: bool) -> bool:
    """[[Label]]: what the page in the reader's language says there, bold."""
    end = state.src.find("]]", state.pos)
    if not state.src.startswith("[[", state.pos) or end < 0:
        return False
    if not silent:
        state.push("strong_open", "strong", 1)
        state.push("text", "", 0).content = state.env["label"](state.src[state.pos + 2 : end])
        state.push("strong_close", "strong", -1)
    state.pos = end + 2
    return True


def _with_blanks(renderer: Any, tokens: list[Token], number: int, options: Any, env: Any) -> str:
    """Three or more underscores are a line to write on: drawn, so that a screen reader does not spell it out."""
    return _BLANK.sub('<span class="line"></span>', renderer.text(tokens, number, options, env))


def name_headings(tokens: list[Token], english: list[str]) -> None:
    """Give each heading an id: the words of the English heading at the same place; its own beyond those."""
    named: Counter[str] = Counter()
    for number, (token, own) in enumerate(headings(tokens)):
        words = english[number] if number < len(english) else own
        name = "-".join(fold_words(words)).lower() or "part"
        named[name] += 1
        token.attrSet("id", name if named[name] == 1 else f"{name}-{named[name]}")


def headings(tokens: list[Token]) -> list[tuple[Token, str]]:
    """The headings among the tokens, each with its words."""
    return [
        (token, _plain(tokens[place + 1]))
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]


def sections(name: str, title: str, tokens: list[Token]) -> Iterator[Section]:
    """The parts of a page under its headings, for the search."""
    heading, anchor, texts = "", "", list[str]()
    for place, token in enumerate(tokens):
        if token.type == "heading_open":
            if texts:
                yield Section(name, title, heading, anchor, _joined(texts))
            heading, anchor, texts = _plain(tokens[place + 1]), str(token.attrGet("id") or ""), []
        elif token.type == "inline" and tokens[place - 1].type != "heading_open":
            texts.append(_plain(token))
    if texts:
        yield Section(name, title, heading, anchor, _joined(texts))


def _joined(texts: list[str]) -> str:
    """Paragraphs and list items in one line; items that are no sentences stay apart."""
    return "".join(f"{text} " if text[-1:] in (*".?!:", "") else f"{text} · " for text in texts).rstrip(" ·")


def _plain(inline: Token) -> str:
    """The words of a piece of Markdown without its marks."""
    breaks = ("softbreak", "hardbreak")
    words = "".join(" " if part.type in breaks else part.content for part in inline.children or ())
    return _BLANK.sub("", words).strip()
