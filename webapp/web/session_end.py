"""The end of a session: a warning before it and one control to stay.

The warning stands closed in every signed-in page. Script opens it two and a half minutes before the end, counts down
and keeps it to the truth: another tab may have been used, so the server is asked first, which extends nothing.
Without script the style sheet shows it at the same time. WCAG 2.2.1 asks for a warning and a simple way to have more
time; a page that goes elsewhere by itself (`Refresh`) is a known failure of it (F40, F41) and would lose what is being
typed, so no page of ours does. The control opens a page of its own in another tab and leaves the one in use as it is.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, redirect, request, url_for
from flask_login import current_user

from webapp import clock
from webapp.domain.account import sessions
from webapp.web import audience, kept, render
from webapp.web.dates import time_of_day
from webapp.web.signed_in import loaded_person, portal_of_request, settings
from webapp.web.texts import gettext as _

#: Says in every signed-in response how many seconds the session lives on; the script reads it.
HEADER = "Session-Left"


def extends_nothing(view: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a view whose requests do not count as the person being there."""
    view.extends_session = False  # type: ignore[attr-defined]
    return view


def init_app(app: Flask) -> None:
    """Say in each response how long there is, and give templates what the warning needs."""
    app.after_request(_say_what_is_left)
    app.after_request(kept.forget_if_sent)
    app.context_processor(_warning)


def answer_stay() -> Response:
    """POST: the session's time begins anew. GET: a page that says until when it lasts and offers to stay; it extends
    nothing, so the script asks it (HEAD) how long there is."""
    portal = portal_of_request()
    if request.method == "POST":
        sessions.extend(current_user.session)
        if not render.is_htmx():
            return redirect(url_for(f"{portal}.stay", stayed=1), 303)  # type: ignore[return-value]
    if render.is_htmx():
        return Response(status=204)
    ends = clock.now() + timedelta(seconds=sessions.seconds_left(current_user.session, settings().plan))
    return render.page(
        "plain.html",
        "partials/stay.html",
        title=_("You are still signed in") if request.args.get("stayed") else _("Do you need more time?"),
        until=time_of_day(ends),
        home=url_for(f"{portal}.home"),
        action=url_for(f"{portal}.stay"),
        stayed=bool(request.args.get("stayed")),
    )


def _say_what_is_left(response: Response) -> Response:
    person = loaded_person()
    if person and not person.imitation:
        response.headers[HEADER] = str(sessions.seconds_left(person.session, settings().plan))
    return response


def _warning() -> dict[str, object]:
    person = loaded_person()
    if person is None or person.imitation or render.wants_partial():
        return {}
    plan = settings().plan
    return {
        "ending": {
            "left": sessions.seconds_left(person.session, plan),
            "minutes": plan["session"]["idle_minutes"],
            "url": url_for(f"{person.account.portal}.stay"),
            # A page that is open to everybody would take what is typed in it at once, session or none.
            "keeps": audience.of_request() == person.account.portal,
        }
    }
