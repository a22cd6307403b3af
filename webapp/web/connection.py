"""A database connection for each request, and the demo's secret key, which lives in its database."""

import secrets

from flask import Flask

from webapp.domain import facts
from webapp.domain.db import connected, database, transaction


def init_app(app: Flask) -> None:
    """Connect before a request and give the connection back after it."""
    app.before_request(_open)
    app.teardown_request(_close)


def demo_key() -> str:
    """The demo brings no secret: one is made and kept in its database. `portal serve` insists on
    PORTAL_SECRET_KEY wherever the data are not the demo's."""
    with connected(), transaction():
        key = facts.fact("demo_secret_key")
        if key is None:
            key = secrets.token_urlsafe(32)
            facts.keep_fact("demo_secret_key", key)
    return key


def _open() -> None:
    database.connect(reuse_if_open=True)


def _close(_: BaseException | None) -> None:
    if not database.is_closed():
        database.close()
