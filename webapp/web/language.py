"""The language of a page: asked for in the address, else the cookie, else what the browser prefers."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import quote, urlencode

from babel import Locale
from babel.support import NullTranslations
from flask import Flask, Response, g, request
from flask_babel import Babel, Domain, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from webapp import words
from webapp.web import texts
from webapp.web.signed_in import settings

NAMES = {"en": "English", "es": "Español"}
_YEAR = 365 * 24 * 3600
#: More of an Accept-Language header than any browser sends.
_LONGEST = 400


class PlanDomain(Domain):
    """The catalogue of the page's language, with the names of the plan."""

    def get_translations(self) -> NullTranslations:
        return words.catalogue(str(get_locale()))


class PlanBabel(Babel):
    """Flask-Babel with that catalogue for everything that is translated."""

    @cached_property
    def domain_instance(self) -> PlanDomain:
        return PlanDomain(domain=self.domain)


babel = PlanBabel()


def init_app(app: Flask) -> None:
    """Wire Babel, and keep the choice in a cookie."""
    babel.init_app(
        app,
        locale_selector=lambda: _locale(select()),
        timezone_selector=lambda: settings().plan["plan"]["time_zone"],
    )
    texts.init_app(app)
    app.jinja_env.globals["hours_of"] = hours_of
    app.after_request(_remember)


#: Babel reads a code anew each time.
_locale = lru_cache(maxsize=8)(Locale.parse)


def select() -> str:
    """The language code for this request."""
    if "language" not in g:
        g.language = _chosen() or _preferred()
    return g.language


def current() -> str:
    """The language code that the page is rendered in."""
    return texts.language()


def choose(code: str) -> None:
    """Switch for this response and those after it (a wizard's language button)."""
    if code in settings().plan["plan"]["languages"]:
        g.language = g.new_language = code
        texts.forget()


def switched() -> bool:
    """Whether the request is a press of the language control inside a form: the form is then shown again in that
    language, with what was typed and unjudged."""
    code = request.form.get("lang")
    if code:
        choose(code)
    return bool(code)


class Link(NamedTuple):
    """The page in one language."""

    code: str
    label: str
    url: str
    current: bool


def links() -> list[Link]:
    """The language control: the same page in each language."""
    readable = request.url_rule is None or "GET" in (request.url_rule.methods or ())
    # Quoted: what no address of ours has may lead elsewhere, as browsers read a backslash as a slash.
    path = quote(request.path, safe="/:@") if readable else "/"
    rest = urlencode([(key, value) for key, value in request.args.items(multi=True) if key != "lang"])
    now = current()
    return [
        Link(code, NAMES.get(code, code), f"{path}?{rest}{'&' if rest else ''}lang={code}", code == now)
        for code in settings().plan["plan"]["languages"]
    ]


def list_of_programs(letters: Sequence[str]) -> str:
    """'HUSKY A, B, or D' in the language of the page; empty for none."""
    return words.list_of_programs(settings().plan, letters, current())


def hours_of(desk: str) -> str:
    """When a desk of [hours] answers, in the language of the page: '9:00 a.m. – 4:00 p.m.'."""
    return words.hours(settings().plan["hours"][desk], current())


def _chosen() -> str | None:
    offered = settings().plan["plan"]["languages"]
    asked = request.args.get("lang")
    if asked in offered:
        g.new_language = asked
        return asked
    kept = request.cookies.get("lang")
    return kept if kept in offered else None


def _preferred() -> str:
    plan = settings().plan["plan"]
    best = _best_match(request.headers.get("Accept-Language", "")[:_LONGEST], tuple(plan["languages"]))
    return best or plan["default_language"]


@lru_cache(maxsize=256)
def _best_match(header: str, offered: tuple[str, ...]) -> str | None:
    """What a browser that sends this prefers. Few browsers differ in it, and reading it takes long."""
    return parse_accept_header(header, LanguageAccept).best_match(offered)


def _remember(response: Response) -> Response:
    code = g.get("new_language")
    if code and code != request.cookies.get("lang"):
        response.set_cookie(
            "lang", code, max_age=_YEAR, secure=settings().secure, httponly=True, samesite="Lax"
        )
    return response
