"""Flask, where it does the same anew for each request: a signed-in page is to cost little more than what it shows."""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any

from flask import Flask, request
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

from webapp.web.templates import PortalEnvironment


class KeptSerializer(SecureCookieSessionInterface):
    """Flask's own session cookie, read and written by one serializer for each set of keys."""

    def __init__(self) -> None:
        self._make = super().get_signing_serializer
        self._made: dict[tuple[object, ...], URLSafeTimedSerializer | None] = {}

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        keys = (app.secret_key, *(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if keys not in self._made:
            self._made[keys] = self._make(app)
        return self._made[keys]


class PortalFlask(Flask):
    """Flask with plain views only, and with addresses that are built once."""

    jinja_environment = PortalEnvironment
    session_interface = KeptSerializer()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """No view or hook of ours is a coroutine; Flask looks at each of them in each request."""
        return func

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        """The address of an endpoint. One without values is the same wherever the application is mounted alike."""
        given = list(values.values())  # Flask's own function gives several that are None
        if given.count(None) == len(given) and not endpoint.startswith("."):
            with suppress(RuntimeError):  # outside of a request
                return self._plain_url(endpoint, request.script_root)
        return super().url_for(endpoint, **values)

    @lru_cache(maxsize=1024)  # noqa: B019 - an application lives as long as its process
    def _plain_url(self, endpoint: str, _mounted_at: str) -> str:
        return super().url_for(endpoint)
