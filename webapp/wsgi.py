"""The application for another web server (gunicorn): `webapp.wsgi:app`. It refuses an old database, as `portal serve`
does, and writes the log."""

import logging

from peewee import OperationalError

from webapp import create_app, logs, serving
from webapp.config import read_settings
from webapp.domain.db import close_pool

settings = read_settings()
logs.install(settings.log)
app = create_app(settings)
try:
    serving.check_ready(settings)
except OperationalError:
    # gunicorn would end altogether with a process that does not start. This one answers 503 until the database is back.
    logging.getLogger("portal").warning("the database is away: whether it is up to date is not known")
close_pool()  # a connection must not be shared by the processes that fork from this one
