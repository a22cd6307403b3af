"""Errors: a plain page with a reference number, nothing of the inside; details go to the log."""

import logging

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from webapp import logs
from webapp.domain.account import accounts
from webapp.web import audience, kept, render, security
from webapp.web.render import is_htmx
from webapp.web.signed_in import ended_session
from webapp.web.texts import gettext as _

log = logging.getLogger("portal")


def init_app(app: Flask) -> None:
    """Wire the handlers."""
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    for away in (OperationalError, InterfaceError, MaxConnectionsExceeded):
        app.register_error_handler(away, _database_error)
    app.register_error_handler(Exception, _unexpected)


def _stale_form(error: CSRFError) -> Response:
    """The form's token is gone, as after a sign-out in another tab. Nothing was done. A view may say in
    `when_stale` how to keep what was typed."""
    when_stale = getattr(current_app.view_functions.get(request.endpoint or ""), "when_stale", None)
    if when_stale:
        try:
            return when_stale(**(request.view_args or {}))
        except HTTPException as fault:
            return _http_error(fault)
    if again := _typed_again():
        return again
    message = _(
        "This page was open too long, so nothing was sent. Go back, load the page again and send it again."
    )
    if is_htmx():
        response = make_response(render_template("partials/pieces/flash.html", message=message), 400)
        response.headers["HX-Retarget"] = "#flash"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return page(400, message)


def _typed_again() -> Response | None:
    """The page with what was typed, where it is one of a signed-in person's: somebody who signed in again, perhaps in
    another tab, loses nothing. Whoever is not signed in any more is led there by the login page."""
    portal = audience.of_request()
    if portal not in accounts.PORTALS or not kept.can_be_kept():
        return None
    try:
        security.same_origin_only()
    except HTTPException as fault:
        return _http_error(fault)
    if not current_user.is_authenticated:
        return audience.to_sign_in(portal) if ended_session(portal) else None
    response = render.leave_for(kept.address())
    kept.keep(response, current_user.account)
    return response


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    too_large = _("Go back and send fewer or smaller files.") if error.code == 413 else None
    return page(error.code or 500, too_large)


def _database_error(error: Exception) -> Response:
    """The database is busy, full or away, or its connection broke on the way: nothing was done."""
    log.error("database: %s", error.__class__.__name__, exc_info=error)
    response = page(ServiceUnavailable.code)
    response.headers["Retry-After"] = "30"
    return response


def _unexpected(error: Exception) -> Response:
    log.error("unexpected", exc_info=error)
    return page(500)


def page(status: int, message: str | None = None, *, title: str | None = None) -> Response:
    """The one error page. message, title: in place of the words that go with the status."""
    reference = logs.reference.get()
    log.info("error page %s %s", status, request.endpoint)
    words = {
        400: _("We could not read what was sent"),
        403: _("You cannot open this page"),
        404: _("Page not found"),
        405: _("This page cannot be used that way"),
        413: _("That is too large to send"),
        429: _("Too many tries"),
        503: _("We are busy right now"),
    }
    title = title or words.get(status, _("Something went wrong"))
    return make_response(
        render_template(
            "errors/error.html", status=status, title=title, message=message, reference=reference
        ),
        status,
    )
