"""What the pages of the profile have in common: how they look, and where they lead when something is done."""

from datetime import datetime
from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import format_datetime
from flask_login import current_user
from flask_wtf import FlaskForm

from webapp import clock
from webapp.web import render
from webapp.web.signed_in import duty, portal_of_request, renew_session


def portal() -> str:
    """The portal whose profile it is."""
    return portal_of_request() or "member"


def here(name: str) -> str:
    """The address of a page of this profile: 'password', 'email_code' …; '' is the profile itself."""
    return url_for(f"{portal()}.profile_{name}" if name else f"{portal()}.profile")


def page(name: str, title: str, form: FlaskForm | None = None, status: int = 200, **context: Any) -> Response:
    """Show partials/profile/<name>.html. While a duty keeps everything else closed, in a frame that leads nowhere."""
    bound = duty() is not None
    return render.page(
        "plain.html" if bound else f"{portal()}/page.html",
        f"partials/profile/{name}.html",
        title=title,
        status=status,
        form=form,
        action=request.path,
        here=here,
        bound=bound,
        swap="#step" if bound else "#content",
        logout_url=url_for(f"{portal()}.logout"),
        account=current_user.account,
        **context,
    )


def done(message: str, name: str = "") -> Response:
    """A change was made after the password was asked for: say so, at the profile or another page of it."""
    flash(message, "good")
    response = render.leave_for(here(name))
    renew_session(response)
    return response


def moment(at: datetime) -> str:
    """A stored moment on the plan's wall clock, as people write it."""
    return format_datetime(clock.current().local(at), "MM/dd/yyyy h:mm a", rebase=False)
