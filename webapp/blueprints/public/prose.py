"""What is written in the content files: pages, how-to guides, and the search of both."""

from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import ngettext

from webapp import content
from webapp.blueprints.public import blueprint
from webapp.domain import site_search
from webapp.domain.site_search import Found, Section
from webapp.web import audience, language, menus, render
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

#: Where most people want to go: offered while nothing was looked for, and when nothing was found.
_POPULAR = ("new-members", "frequently-asked-questions", "member-benefits", "language-help", "contact-us")


@blueprint.get("/members/pages/<name>")
@audience.public
def page(name: str) -> Response:
    """A content page."""
    if name not in content.PAGES:
        abort(404)
    notices = content.library().notices() if name == "language-help" else ()
    return _answer(name, notices=notices, paper=name in content.PAPER_FORMS)


@blueprint.get("/guides")
@audience.public
def guides() -> Response:
    """The how-to guides that there are."""
    groups = [
        {"portal": portal, "label": label, "guides": [_guide_link(name) for name in content.guides(portal)]}
        for portal, label in (("member", _("For Members")), ("provider", _("For Providers")))
    ]
    return render.page(
        "public/page.html", "partials/public/guides.html", title=_("How-to Guides"), groups=groups
    )


@blueprint.get("/guides/<name>")
@audience.public
def guide(name: str) -> Response:
    """A how-to guide."""
    frame = "public/office.html" if menus.is_for_offices() else "public/page.html"
    return _answer(f"guide-{name}", frame=frame)


@blueprint.get("/members/search")
@audience.public
def search() -> Response:
    """Look for words in the content pages, in the language shown."""
    found = content.library().search(language.current()).find(request.args.get("q", ""))
    return render.page(
        "public/page.html",
        "partials/public/search.html",
        title=_("Search"),
        found=found,
        longest=site_search.LONGEST,
        count=_count(found),
        results=[_shown(result) for result in found.results],
        popular=[
            {"url": url_for("public.page", name=name), "label": _(content.PAGES[name])} for name in _POPULAR
        ],
        telephone=settings().plan["telephones"]["member_engagement"],
    )


def _answer(name: str, *, frame: str = "public/page.html", **context: Any) -> Response:
    try:
        prose = content.read(name, language.current())
    except content.NoSuchPage:
        abort(404)
    return render.page(frame, "partials/public/prose.html", title=prose.title, prose=prose, **context)


def _guide_link(name: str) -> dict[str, str]:
    title = content.read(f"guide-{name}", language.current()).title
    return {"url": url_for("public.guide", name=name), "label": title}


def _count(found: Found) -> str:
    """How many sections were found; '' for none."""
    many = len(found.results)
    if not many:
        return ""
    return ngettext("%(num)s result for", "%(num)s results for", many)


def _shown(result: site_search.Result) -> dict[str, object]:
    section = result.section
    return {
        "url": _address(section),
        "heading": result.heading,
        "page": section.title if section.heading else "",
        "passage": result.passage,
    }


def _address(section: Section) -> str:
    anchor = section.anchor or None
    if section.page.startswith("guide-"):
        return url_for("public.guide", name=section.page.removeprefix("guide-"), _anchor=anchor)
    return url_for("public.page", name=section.page, _anchor=anchor)
