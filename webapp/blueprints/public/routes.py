"""Addresses that need no account: the gateway, the home pages, and what machines ask for."""

from flask import Response, abort, render_template

from webapp.blueprints.provider import contacts as key_contacts
from webapp.blueprints.public import blueprint, freezing, guides, prose
from webapp.domain import facts, mailbox
from webapp.domain.db import database
from webapp.patterns import pattern_context
from webapp.web import audience, language, render
from webapp.web.information_center import information_center
from webapp.web.signed_in import settings
from webapp.web.texts import gettext as _

__all__ = ["blueprint", "freezing", "guides", "prose"]


@blueprint.get("/")
@audience.public
def gateway() -> Response:
    """The state's page, from which members and providers find their own."""
    return render.page(
        "public/page.html",
        "partials/public/gateway.html",
        title=_("HUSKY Health for Connecticut"),
        online_programs=language.list_of_programs(settings().plan["plan"]["online_programs"]),
    )


@blueprint.get("/members")
@audience.public
def members_home() -> Response:
    """HUSKY Health Home Page (guide 000)."""
    return render.page(
        "public/page.html",
        "partials/public/members_home.html",
        title=_("HUSKY Health Home Page"),
        center=information_center(),
    )


@blueprint.get("/providers")
@audience.public
def providers_home() -> Response:
    """Provider Home Page (guide 003)."""
    return render.page(
        "public/office.html",
        "partials/public/providers_home.html",
        title=_("Provider Home Page"),
        groups=key_contacts.groups(settings().plan),
    )


@blueprint.get("/patterns")
@audience.public
def patterns() -> str:
    """Every piece of the house in every state."""
    return render_template("patterns.html", **pattern_context(settings().plan))


@blueprint.get("/demo/mail")
@audience.public
def demo_mail() -> Response:
    """What the demo's outbox sent. Elsewhere there is no such page."""
    if not facts.is_demo():
        abort(404)
    return render.page(
        "public/page.html",
        "partials/public/mailbox.html",
        title=_("Mail of the demo"),
        messages=mailbox.latest(),
    )


@blueprint.get("/health")
@audience.public
def health() -> tuple[dict[str, str], int]:
    """200 when the portal can serve: the database answers."""
    database.execute_sql("SELECT 1")
    return {"status": "ok"}, 200
