"""The how-to guides: their list, each as a page with its pictures, and as a PDF."""

from dataclasses import dataclass
from pathlib import Path

from flask import Response, abort, send_file, url_for

from webapp import content
from webapp.assets import GUIDES, asset_url
from webapp.blueprints.public import blueprint
from webapp.guides import definition, pictures
from webapp.guides.page import StepPart
from webapp.guides.pictures import Picture
from webapp.web import audience, language, menus, render
from webapp.web.signed_in import has_session, settings
from webapp.web.texts import gettext as _

#: From so many steps on, a guide begins with a list of them.
LONG = 5
#: A telephone's pictures are taken at twice its resolution or nearly: shown at this share of their pixels.
SHARE = {"phone": 2 / 3, "desktop": 1}


@dataclass(frozen=True)
class Shown:
    """A picture as the page has it."""

    url: str
    width: int
    height: int
    alt: str


@blueprint.get("/guides")
@audience.public
def guides() -> Response:
    """The how-to guides that there are."""
    groups = [
        {"portal": portal, "label": label, "guides": [_link(name) for name in content.guides(portal)]}
        for portal, label in (("member", _("For Members")), ("provider", _("For Providers")))
    ]
    return render.page(
        "public/page.html", "partials/public/guides.html", title=_("How-to Guides"), groups=groups
    )


@blueprint.get("/guides/<name>")
@audience.public
def guide(name: str) -> Response:
    """A how-to guide."""
    try:
        page = content.library().guide(name, language.current())
    except content.NoSuchPage:
        abort(404)
    about = definition.read(name)
    return render.page(
        "public/office.html" if menus.is_for_offices() else "public/page.html",
        "partials/public/guide.html",
        title=page.title,
        guide=page,
        device=about.device,
        steps=[(step, _shown(about, step)) for step in page.steps],
        contents=page.steps if len(page.steps) >= LONG else (),
    )


@blueprint.get("/guides/<name>.pdf")
@audience.public
def guide_pdf(name: str) -> Response:
    """The same to print or keep, in the language of the page."""
    path = _file(name) or abort(404)
    sent = send_file(
        path, "application/pdf", download_name=f"{name}-{_language()}.pdf", etag=pictures.version(path)
    )
    if any(
        has_session(portal) for portal in ("member", "provider", "support")
    ):  # nothing that they open is stored
        sent.cache_control.no_store = True
    return sent


@blueprint.app_template_global()
def guide_file(name: str) -> dict[str, object] | None:
    """The address of a guide's PDF and its size in KB, for links; None where there is none."""
    path = _file(name)
    if path is None:
        return None
    return {"url": url_for("public.guide_pdf", name=name), "size": round(path.stat().st_size / 1024)}


def _file(name: str) -> Path | None:
    try:
        page = content.library().guide(name, _language())
    except content.NoSuchPage:
        return None
    return pictures.pdf(name, _language(), page.values)


def _language() -> str:
    """The language of the page, or the one that stands in for it."""
    return language.current() if language.current() in definition.LANGUAGES else definition.LANGUAGES[0]


def _link(name: str) -> dict[str, str]:
    title = content.read(f"{content.GUIDE}{name}", language.current()).title
    return {"url": url_for("public.guide", name=name), "label": title}


def _shown(about: definition.Guide, step: StepPart) -> list[Shown]:
    if not pictures.show(settings().plan):
        return []
    steps = tuple(each.slug for each in about.steps)
    share = SHARE[about.device]
    return [
        Shown(
            asset_url(f"{GUIDES}{picture.file}"),
            round(picture.width * share),
            round(picture.height * share),
            _alt(picture),
        )
        for picture in pictures.of_step(about.slug, _language(), step.slug, steps)
    ]


def _alt(picture: Picture) -> str:
    """What the picture shows, for those who do not see it."""
    if picture.kind == "button":
        return _(
            "The page “%(page)s”, with the button “%(thing)s” marked", page=picture.page, thing=picture.marked
        )
    if picture.kind == "link":
        return _(
            "The page “%(page)s”, with the link “%(thing)s” marked", page=picture.page, thing=picture.marked
        )
    if picture.kind == "field":
        return _(
            "The page “%(page)s”, with the field “%(thing)s” marked", page=picture.page, thing=picture.marked
        )
    return _("The page “%(page)s”", page=picture.page)
