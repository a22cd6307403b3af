"""Texts in the language of the page. Flask-Babel finds the catalogue anew for each text; a page has a hundred."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import flask_babel
from flask import Flask, g
from markupsafe import Markup


def _catalogue() -> Any:
    found = g.get("catalogue")
    if found is None:
        found = g.catalogue = flask_babel.get_translations()
    return found


def gettext(text: str, /, **values: object) -> str:
    """The text in the language of the page; values fill its %(placeholders)s."""
    found: str = _catalogue().ugettext(text)
    return found % values if values else found


def _markup(text: str, /, **values: object) -> Markup:
    found = Markup(_catalogue().ugettext(text))  # noqa: S704 - our own text; Markup escapes the values
    return found % values if values or "%" in found else found


def forget() -> None:
    """The language of the page has changed."""
    g.pop("catalogue", None)


P = ParamSpec("P")
R = TypeVar("R")
_kept: list[dict[Any, Any]] = []


def kept(make: Callable[P, R]) -> Callable[P, R]:
    """Make something once for each language and arguments: menus and column heads are the same for everybody."""
    made: dict[Any, R] = {}
    _kept.append(made)

    @wraps(make)
    def get(*args: P.args, **kwargs: P.kwargs) -> R:
        key = (str(flask_babel.get_locale()), args)
        if key not in made:
            made[key] = make(*args, **kwargs)
        return made[key]

    return get


def forget_kept() -> None:
    """Make everything anew: for another plan, and for tests whose language of brackets is none of those."""
    for made in _kept:
        made.clear()


def init_app(app: Flask) -> None:
    """Let templates call `_` without the two calls that Jinja puts around it. What was made for another application
    is forgotten: its plan may have had other names."""
    forget_kept()
    app.jinja_env.globals.update(_=_markup, gettext=_markup)
