"""Texts in the language of the page. Flask-Babel finds the catalogue anew for each text; a page has a hundred."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

import flask_babel
from flask import Flask, g
from markupsafe import Markup


def _said_in() -> tuple[str, Any]:
    """The language code of the page and its catalogue."""
    found: tuple[str, Any] | None = g.get("said_in")
    if found is None:
        found = g.said_in = (str(flask_babel.get_locale()), flask_babel.get_translations())
    return found


def language() -> str:
    """The language code of the page."""
    return _said_in()[0]


def catalogue() -> Any:
    """The catalogue of the page's language."""
    return _said_in()[1]


def gettext(text: str, /, **values: object) -> str:
    """The text in the language of the page; values fill its %(placeholders)s."""
    found: str = _said_in()[1].ugettext(text)
    return found % values if values else found


def _markup(text: str, /, **values: object) -> Markup:
    """Of a text that is written out in a template; the values are escaped."""
    return _as_markup(_said_in()[1], text) % values


@lru_cache(maxsize=8192)
def _as_markup(catalogue: Any, text: str) -> Markup:
    return Markup(catalogue.ugettext(text))  # noqa: S704 - our own text; Markup escapes the values


@lru_cache(maxsize=256)
def _as_markup_in_context(catalogue: Any, context: str, text: str) -> Markup:
    return Markup(catalogue.upgettext(context, text))  # noqa: S704 - as above


#: What templates call with texts that are written out, and what that gives in the language of a catalogue. A text that
#: a template has from elsewhere may be data: it is `gettext` that is called, and what it says is escaped.
SAID_BY: dict[str, Callable[..., Markup]] = {
    "_": lambda catalogue, text: _as_markup(catalogue, text) % {},
    "pgettext": lambda catalogue, context, text: _as_markup_in_context(catalogue, context, text) % {},
}


def forget() -> None:
    """The language of the page has changed."""
    g.pop("said_in", None)


P = ParamSpec("P")
R = TypeVar("R")
_kept: list[dict[Any, Any]] = []


def kept(make: Callable[P, R]) -> Callable[P, R]:
    """Make something once for each language and arguments: menus and column heads are the same for everybody."""
    made: dict[Any, R] = {}
    _kept.append(made)

    @wraps(make)
    def get(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (_said_in()[0], args)
        if key not in made:
            made[key] = make(*args, **kwargs)
        return made[key]

    return get


def forget_kept() -> None:
    """Make everything anew: for another plan, and for tests whose language of brackets is none of those."""
    for made in _kept:
        made.clear()
    _as_markup.cache_clear()


def init_app(app: Flask) -> None:
    """Let templates call `_` without the two calls that Jinja puts around it. What was made for another application
    is forgotten: its plan may have had other names."""
    forget_kept()
    app.jinja_env.globals.update(_=_markup, gettext=gettext)
