"""The application for another web server (gunicorn): `webapp.wsgi:app`. It refuses an old database, as `portal serve`
does, and writes the log."""

from webapp import create_app, logs, serving
from webapp.config import read_settings
from webapp.domain.db import close_pool

settings = read_settings()
logs.install(settings.log)
app = create_app(settings)
serving.check_ready(settings)
close_pool()  # a connection must not be shared by the processes that fork from this one
