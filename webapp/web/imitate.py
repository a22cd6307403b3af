"""Imitate Mode, in front of every view of both portals: support looks as somebody, and nothing is written.

Three locks, so that no view need know of it: whatever is sent is refused before any other check (a stale form would be
kept, for one); a page that is opened runs in a transaction that is undone, so that one which writes by being opened
(a message becomes read) leaves no trace; and an answer that is no page, a file, does not go out. What the page wrote to
the audit log is kept, with the member of staff as who acted.
"""

from contextlib import ExitStack
from typing import Any

from flask import (
    Flask,
    Response,
    after_this_request,
    flash,
    g,
    make_response,
    render_template,
    request,
    url_for,
)

from webapp.domain import audit
from webapp.domain.account import accounts, sessions
from webapp.domain.db import undone
from webapp.domain.support import imitations
from webapp.domain.support.imitations import Imitation
from webapp.web import render
from webapp.web.dates import time_of_day
from webapp.web.signed_in import cookie_name, drop_cookie, portal_of_request, set_cookie, settings
from webapp.web.texts import gettext as _

_COOKIE = "imitation"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Pages that show a secret of the person, or count a session that is not there.
_CLOSED = ("profile_second_factor", "profile_second_factor_code", "profile_recovery_codes", "stay")


def init_app(app: Flask) -> None:
    """Guard every request. To be called before whatever else checks requests, but for the connection."""
    app.before_request(_guard)
    app.teardown_request(_let_go)
    app.context_processor(_banner)


def hand_over(response: Response, token: str) -> None:
    """Give the browser an imitation. The cookie has no age: an old page must not send its form as somebody else."""
    set_cookie(response, _COOKIE, token)


def take_back(response: Response) -> None:
    """The end: the cookie goes, and the pages that the browser kept."""
    drop_cookie(response, _COOKIE)
    response.headers["Clear-Site-Data"] = '"cache"'


def _guard() -> Response | None:
    token = request.cookies.get(cookie_name(_COOKIE))
    portal = portal_of_request()
    if not token or portal not in accounts.PORTALS or portal == "support":
        return None
    found = _find(token)
    if found is None:
        return _over()
    if found.account.portal != portal:
        return None
    g.imitation = found
    refused = request.method not in _SAFE or (request.endpoint or "").rpartition(".")[2] in _CLOSED
    actor = found.actor(request.remote_addr or "")
    imitations.note_page(found, actor, request.endpoint or "", "refused" if refused else "done")
    _write_nothing(found)
    return _refusal() if refused else None


def _find(token: str) -> Imitation | None:
    """The imitation, where staff is signed in in this browser; being here counts as being there."""
    own = request.cookies.get(cookie_name("support_session"))
    session = sessions.find(own, "support", settings().plan) if own else None
    found = imitations.find(token, session)
    if found and session:
        sessions.touch(session)
    return found


def _over() -> Response:
    flash(_("Imitate Mode has ended."))
    response = render.leave_for(url_for("support.home"))
    take_back(response)
    return response


def _write_nothing(found: Imitation) -> None:
    g.imitated = stack = ExitStack()
    stack.enter_context(undone())
    entries = stack.enter_context(audit.set_aside())

    @after_this_request
    def finish(response: Response) -> Response:
        is_file = response.status_code in (200, 206) and (
            response.mimetype != "text/html" or "Content-Disposition" in response.headers
        )
        if is_file:
            entries.clear()
            _instead(response, _refusal())
        _let_go()
        actor = found.actor(request.remote_addr or "")
        imitations.write_down(entries, actor)
        if is_file:
            imitations.note_page(found, actor, request.endpoint or "", "refused")
        response.headers.remove("Set-Cookie")  # the runs and kept forms of one's own stay
        return response


def _instead(response: Response, other: Response) -> None:
    response.response.close() if hasattr(response.response, "close") else None
    response.headers.clear()
    response.headers.extend(other.headers)
    response.set_data(other.get_data())
    response.status = other.status


def _let_go(_fault: Any = None) -> None:
    """Undo what was written; after the response, or when it came to none."""
    stack: ExitStack | None = g.pop("imitated", None)
    if stack:
        stack.close()


def _refusal() -> Response:
    title = _("Imitate Mode cannot do this")
    if render.is_htmx():
        response = make_response(render_template("partials/pieces/flash.html", message=title), 400)
        response.headers["HX-Retarget"] = "#flash"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    home = url_for(f"{portal_of_request()}.home")
    return render.page(
        "plain.html", "partials/support/imitate_refused.html", title=title, status=403, home=home
    )


def _banner() -> dict[str, object]:
    found: Imitation | None = g.get("imitation")
    if found is None or render.wants_partial():
        return {}
    return {
        "imitating": {
            "name": f"{found.account.first_name} {found.account.last_name}".strip(),
            "until": time_of_day(found.ends_at),
            "url": url_for("support.leave_imitation"),
        }
    }
