"""Running the portal: the web server with its worker, and the worker alone."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import waitress

from webapp import clock, create_app, logs, metrics
from webapp.config import Settings
from webapp.domain import audit_seal, facts, outbox
from webapp.domain.account import codes, kept_forms, password_age, pending_sign_ins, second_factor, sessions
from webapp.domain.db import connected
from webapp.domain.member.eligibility import Member
from webapp.domain.messaging import attachments
from webapp.domain.migrate import pending
from webapp.domain.operations import freshness, retention, waiting
from webapp.domain.practice import access_requests
from webapp.domain.support import imitations
from webapp.flows import runs
from webapp.web.connection import demo_key

log = logging.getLogger("portal.worker")
_PAUSE_SECONDS = 2.0


class NotReady(Exception):
    """The portal must not serve as things stand; the message says how to mend it."""


def check_ready(settings: Settings) -> None:
    """Refuse to serve an old database, or real people without a secret key. Raises NotReady."""
    if pending():
        raise NotReady("the database is not up to date: run `portal migrate` first")
    if settings.secret_key:
        return
    with connected():
        if not facts.is_demo() and Member.select().exists():
            raise NotReady(
                "set PORTAL_SECRET_KEY to a random text of 32 characters or more: this is not the demo"
            )


def serve(settings: Settings, host: str, port: int, threads: int, say: Callable[[str], None]) -> None:
    """Serve until stopped. The limits make slow clients wait in line without holding up the others."""
    logs.install(settings.log)
    app = create_app(settings)
    metrics.serve(settings)
    stop = threading.Event()
    mail = threading.Thread(target=_deliver_until, args=(settings, stop), name="mail", daemon=True)
    mail.start()
    say(f"serving on http://{host}:{port}")
    try:
        waitress.serve(
            app,
            host=host,
            port=port,
            threads=threads,
            connection_limit=2000,
            asyncore_use_poll=True,
            channel_timeout=20,
            ident=None,
            clear_untrusted_proxy_headers=not settings.proxies,  # else webapp/proxies.py judges them
        )
    finally:
        stop.set()
        mail.join(timeout=5)


def work(settings: Settings) -> None:
    """Deliver mail until stopped."""
    logs.install(settings.log)
    _deliver_until(settings, threading.Event())


def secret_key(settings: Settings) -> str:
    """The key that the web server signs with."""
    return settings.secret_key or demo_key()


def _deliver_until(settings: Settings, stop: threading.Event) -> None:
    """Mail every other second; what can wait a minute, every minute; reminders every hour."""
    last: dict[timedelta, datetime] = {}
    while not stop.is_set():
        try:
            with connected():
                _deliver(settings)
                for every, chore in _CHORES.items():
                    if every not in last or clock.now() - last[every] >= every:
                        last[every] = clock.now()
                        chore(settings)
        except Exception:
            # A fault now, such as a database that restarts, must not end the worker.
            log.exception("the worker will try again")
        stop.wait(_PAUSE_SECONDS)


def _deliver(settings: Settings) -> None:
    if settings.smtp or facts.is_demo():
        outbox.deliver_due(outbox.smtp_sender(settings.smtp) if settings.smtp else outbox.keep_in_mailbox)


def _each_minute(settings: Settings) -> None:
    """Seal what was logged, and remove what can no longer be used."""
    audit_seal.seal(secret_key(settings))
    for stored in (runs, codes, pending_sign_ins, second_factor, kept_forms, attachments, imitations):
        stored.sweep()
    sessions.sweep(settings.plan)
    waiting.note_worker()


def _each_hour(settings: Settings) -> None:
    """End what has run out, and remind of what soon will."""
    access_requests.expire_due(settings)
    password_age.queue_reminders(settings)
    freshness.tell_operator(settings)
    retention.purge(settings.plan)


_CHORES: dict[timedelta, Callable[[Settings], None]] = {
    timedelta(minutes=1): _each_minute,
    timedelta(hours=1): _each_hour,
}
