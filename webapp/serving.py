"""Running the portal: the web server with its worker, and the worker alone."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import waitress

from webapp import clock, create_app
from webapp.config import Settings
from webapp.domain import (
    access_requests,
    attachments,
    codes,
    facts,
    kept_forms,
    outbox,
    password_age,
    pending_sign_ins,
    second_factor,
    sessions,
)
from webapp.domain.db import connected
from webapp.domain.eligibility import Member
from webapp.domain.migrate import pending
from webapp.flows import runs

log = logging.getLogger("portal.worker")
_PAUSE_SECONDS = 2.0
_REMIND_EVERY = timedelta(minutes=10)  # reminders are a matter of days


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
    app = create_app(settings)
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
            clear_untrusted_proxy_headers=True,
        )
    finally:
        stop.set()
        mail.join(timeout=5)


def work(settings: Settings) -> None:
    """Deliver mail until stopped."""
    _deliver_until(settings, threading.Event())


def _deliver_until(settings: Settings, stop: threading.Event) -> None:
    remind_at = clock.now()
    while not stop.is_set():
        try:
            with connected():
                demo = facts.is_demo()
                if settings.smtp or demo:
                    send = outbox.smtp_sender(settings.smtp) if settings.smtp else outbox.keep_in_mailbox
                    outbox.deliver_due(send)
                access_requests.expire_due(settings)
                runs.sweep()
                codes.sweep()
                pending_sign_ins.sweep()
                second_factor.sweep()
                sessions.sweep(settings.plan)
                if clock.now() >= remind_at:
                    password_age.queue_reminders(settings)
                    remind_at = clock.now() + _REMIND_EVERY
                kept_forms.sweep()
                attachments.sweep()
        except Exception:
            # A fault now, such as a database that restarts, must not end the worker.
            log.exception("the worker will try again")
        stop.wait(_PAUSE_SECONDS)
