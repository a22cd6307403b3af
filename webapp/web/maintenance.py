"""The maintenance page: 503 in the person's language, until `portal maintenance off` (docs/operations.md)."""

from flask import Flask, Response, request

from webapp.domain.operations import maintenance
from webapp.web import errors, language
from webapp.web.texts import gettext as _

#: The console is where staff look when something has happened; machines ask for the health.
_OPEN_BLUEPRINT, _OPEN_ENDPOINT = "support", "public.health"


def init_app(app: Flask) -> None:
    """Wire it before everything that writes."""
    app.before_request(_check)


def _check() -> Response | None:
    if request.blueprint == _OPEN_BLUEPRINT or request.endpoint == _OPEN_ENDPOINT:
        return None
    notice = maintenance.present()
    if notice is None:
        return None
    said = notice.messages.get(language.current())
    response = errors.page(503, said, title=_("The portal is closed for a while"))
    response.headers["Retry-After"] = str(notice.minutes * 60)
    return response
