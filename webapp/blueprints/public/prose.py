"""What is written in the content files: pages, and the search of them and of the guides."""

from flask import Response, abort, request, url_for
from flask_babel import ngettext

from webapp import content
from webapp.blueprints.public import blueprint
from webapp.domain import site_search
from webapp.domain.site_search import Found, Section
from webapp.web import audience, language, render
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
    prose = content.read(name, language.current())
    return render.page(
        "public/page.html",
        "partials/public/prose.html",
        title=prose.title,
        prose=prose,
        notices=notices,
        paper=name in content.PAPER_FORMS,
    )


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
    if section.page.startswith(content.GUIDE):
        return url_for("public.guide", name=section.page.removeprefix(content.GUIDE), _anchor=anchor)
    return url_for("public.page", name=section.page, _anchor=anchor)
