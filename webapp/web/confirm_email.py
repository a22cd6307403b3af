"""Confirming an e-mail address by the link in a mail, the same way in every portal."""

from flask import Blueprint, Response, abort, flash, request, url_for

from webapp.domain.account import accounts
from webapp.domain.member.registration import LinkMaker
from webapp.web import audience, render
from webapp.web.signed_in import secret_key, settings
from webapp.web.texts import gettext as _


def link_maker(portal: str) -> LinkMaker:
    """Makes and reads a portal's links."""
    return LinkMaker(settings().base_url, secret_key(), portal)


def mount(blueprint: Blueprint) -> None:
    """Add `/confirm/<token>`. Opening the link changes nothing: mail scanners open links too."""
    portal = blueprint.name

    @audience.public
    def confirm(token: str) -> Response:
        named = link_maker(portal).read(token) or abort(404)
        if request.method == "POST" and accounts.confirm_email(*named):
            flash(_("Thank you. Your email address is confirmed."), "good")
            return render.leave_for(url_for(f"{portal}.home"))
        return render.page(
            "plain.html",
            "partials/confirm_email.html",
            title=_("Confirm your email address"),
            email=named[1],
        )

    blueprint.add_url_rule("/confirm/<token>", "confirm", confirm, methods=["GET", "POST"])
