"""Who may open an address. Each view says so where it is defined; one that does not is refused."""

from collections.abc import Callable
from typing import Any

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    redirect,
    request,
    request_started,
    url_for,
)
from flask_login import current_user

from webapp.domain import audit
from webapp.domain.account import accounts
from webapp.domain.support import staff
from webapp.web import kept, render
from webapp.web.signed_in import actor, duty, ended_session, loaded_person
from webapp.web.texts import gettext as _

AUDIENCES = ("public", "member", "provider", "support")


def _declare(audience: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.audience = audience  # type: ignore[attr-defined]
        return view

    return mark


public = _declare("public")
member = _declare("member")
provider = _declare("provider")


def room(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Only staff, and of them those whose role opens the room (staff.ROOMS, the one place that says so)."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.room = name  # type: ignore[attr-defined]
        return _declare("support")(view)

    return mark


def room_of_request() -> str | None:
    """The room of the console that the request is for; None outside of it."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "room", None)


def of_request() -> str | None:
    """The audience of the view that answers the request; None where there is no such view."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "audience", None)


def init_app(app: Flask) -> None:
    """Check every request before its view runs, and see that every refusal is in the audit log."""
    request_started.connect(_begin_counting, app)
    app.before_request(_check)
    app.after_request(_note_refusal)


def _begin_counting(_: Flask) -> None:
    g.refusals_before = audit.refusals_recorded()


def _note_refusal(response: Response) -> Response:
    """Somebody signed in asked for what is not theirs, or is not there. Most views say more of it themselves; what they
    leave out is written here, so that none can forget it. (Who is not signed in is noted on the way to the login.)"""
    if (
        response.status_code in (403, 404)
        and of_request() in accounts.PORTALS
        and loaded_person()
        and g.refusals_before == audit.refusals_recorded()
    ):
        audit.record(actor(), "open", "refused", subject=f"endpoint:{request.endpoint}")
    return response


def _check() -> Response | None:
    if request.endpoint is None:
        return None  # there is no such address: the 404 page answers
    audience = of_request()
    if audience not in AUDIENCES:
        abort(500, f"{request.endpoint} declares no audience")
    if audience == "public":
        return None
    if current_user.is_authenticated:
        if first := _duty_first(audience):
            return first
        if audience == "support":
            _may_enter()
        return None
    audit.record(actor(audience), "open", "refused", subject=f"endpoint:{request.endpoint}")
    return to_sign_in(audience)


def _duty_first(portal: str) -> Response | None:
    """Nothing else opens until it is done; None when there is no duty."""
    first = duty()
    if first is None or (request.endpoint or "").rpartition(".")[2] in first.opens:
        return None
    return render.leave_for(url_for(f"{portal}.{first.start}"))


def _may_enter() -> None:
    """Refuse staff a room that their role does not open."""
    if not staff.may_enter(staff.role_of(current_user.account), room_of_request()):
        audit.record(actor("support"), "open", "refused", subject=f"endpoint:{request.endpoint}")
        abort(403)


def to_sign_in(portal: str) -> Response:
    """Send the person to the portal's login page, and back here afterwards. What was sent after the session had ended
    is kept until then."""
    ended = ended_session(portal)
    keep = ended is not None and kept.can_be_kept()
    back = kept.address() if keep else request.full_path.rstrip("?") if request.method == "GET" else None
    login = url_for(f"{portal}.login", next=back)
    if request.headers.get("HX-Request") == "true":
        # A redirect would put the login page into the part that is being swapped.
        response = Response(status=401, headers={"HX-Redirect": login})
    else:
        response = redirect(login, 303)  # type: ignore[assignment]
    if ended is None:
        return response
    # Pages that the browser still holds in memory go too: without script nothing else takes them away.
    response.headers["Clear-Site-Data"] = '"cache"'
    if keep:
        kept.keep(response, ended.account)
        flash(
            _(
                "You were signed out to keep your information private. Sign in again: what you typed is still here."
            )
        )
    elif request.method == "GET":
        flash(_("You were signed out to keep your information private. Please sign in again."))
    return response


def safe_next(target: str | None, portal: str) -> str:
    """Where to go after signing in: the page asked for when it is one of this portal's, else its home."""
    start = {"member": "/members/", "provider": "/providers/", "support": "/support"}[portal]
    if target and target.startswith(start) and "//" not in target and "\\" not in target:
        return target
    return url_for(f"{portal}.home")
