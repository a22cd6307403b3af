"""The portal's web application."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from webapp.config import Settings

HERE = Path(__file__).parent


def create_app(settings: Settings | None = None) -> Flask:
    """Wire the application. The database is opened, not migrated (`portal migrate` does that).

    The imports stand here because everything below `webapp` imports this file: commands and rules
    need no web framework.
    """
    from jinja2 import ChoiceLoader, FileSystemLoader, PrefixLoader
    from whitenoise import WhiteNoise

    from webapp import assets, clock, content, words
    from webapp.blueprints import BLUEPRINTS
    from webapp.config import read_settings
    from webapp.domain.db import open_database
    from webapp.guides import pictures
    from webapp.proxies import TrustedProxies
    from webapp.web import (
        audience,
        compression,
        connection,
        errors,
        imitate,
        language,
        maintenance,
        menus,
        observed,
        security,
        session_end,
        signed_in,
    )
    from webapp.web.application import PortalFlask

    settings = settings or read_settings()
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    open_database(settings.database)
    words.install(settings.plan.names)
    content.install(settings.plan)
    assets.install(settings.plan)

    app = PortalFlask(__name__, static_folder=None)
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key or connection.demo_key(),
        SECRET_KEY_FALLBACKS=list(settings.secret_key.before) if settings.secret_key else None,
        SESSION_COOKIE_NAME="__Host-portal" if settings.secure else "portal",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # every unsafe request's Origin is checked instead
        BABEL_TRANSLATION_DIRECTORIES="translations",
        MAX_CONTENT_LENGTH=1_000_000,
    )
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(HERE / "pages"), PrefixLoader({"partials": FileSystemLoader(HERE / "partials")})]
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}

    for part in (
        observed, connection, maintenance, imitate, language, security, signed_in, audience, menus, session_end, errors,
    ):  # fmt: skip
        part.init_app(app)
    compression.init_app(app)
    assets.init_app(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    files = WhiteNoise(
        app.wsgi_app,
        root=str(assets.STATIC),
        prefix=assets.PREFIX,
        immutable_file_test=assets.is_immutable,
        allow_all_origins=False,
        add_headers_function=security.static_headers(settings.secure),
    )
    files.add_files(str(pictures.PICTURES), prefix=f"{assets.PREFIX}{assets.GUIDES}")
    if own := assets.own_folder(settings.plan):
        files.add_files(str(own), assets.OWN_PREFIX)
    app.wsgi_app = files  # type: ignore[method-assign]
    if settings.proxies:
        app.wsgi_app = TrustedProxies(app.wsgi_app, settings.proxies)  # type: ignore[method-assign]
    return app
