"""Serving, the worker, and the state of the installation."""

from __future__ import annotations

import os
import threading
from dataclasses import replace

import click

from webapp.cli.common import InputError, open_portal, say


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--threads", default=8, show_default=True, type=int)
def serve(host: str, port: int, threads: int) -> None:
    """The web server (one process) with its mail worker."""
    from webapp import serving

    settings = open_portal()
    if not os.environ.get("PORTAL_BASE_URL"):
        settings = replace(settings, base_url=f"http://{host}:{port}")
    try:
        serving.check_ready(settings)
    except serving.NotReady as fault:
        raise InputError(str(fault)) from fault
    serving.serve(settings, host, port, threads, say)


@click.command()
def worker() -> None:
    """The mail worker alone, where another server runs the app."""
    from webapp import serving

    serving.work(open_portal())


@click.command()
def metrics() -> None:
    """Serve the metrics of this machine on PORTAL_METRICS, where several processes answer requests."""
    from webapp import metrics as served

    settings = open_portal()
    if settings.metrics is None:
        raise InputError("set PORTAL_METRICS to an address like 127.0.0.1:9100")
    try:
        served.serve(settings)
    except OSError as fault:
        raise InputError(f"PORTAL_METRICS cannot be used: {fault.strerror}") from fault
    threading.Event().wait()


@click.command()
@click.argument("state", type=click.Choice(["on", "off"]))
@click.argument("message", default="")
@click.option("--es", "spanish", default="", help="The same message in Spanish.")
@click.option(
    "--minutes", default=30, show_default=True, type=click.IntRange(min=1), help="When to try again."
)
def maintenance(state: str, message: str, spanish: str, minutes: int) -> None:
    """Close the portal for members and practices with a page (503), or open it again. Support stays open."""
    from webapp.domain.db import connected
    from webapp.domain.operations import maintenance as closing

    open_portal()
    messages = {code: text for code, text in (("en", message), ("es", spanish)) if text}
    with connected():
        if state == "off":
            say("the portal is open" if closing.turn_off() else "the portal was open")
        else:
            closing.turn_on(closing.Notice(messages, minutes))
            say("the portal is closed for members and practices; `portal maintenance off` opens it")


@click.command()
def migrate() -> None:
    """Bring the database up to date."""
    from webapp.domain.db import connected
    from webapp.domain.find_a_doctor import directory_index
    from webapp.domain.migrate import migrate as run_migrations

    settings = open_portal()
    done = run_migrations()
    with connected():
        if directory_index.complete(settings.plan):
            say("listed the providers for Find a Doctor")
    say("\n".join(f"migrated {name}" for name in done) or "the database is up to date")


@click.command()
def check() -> None:
    """Read settings and plan file and say what is wrong."""
    from webapp.domain.db import describe
    from webapp.domain.migrate import pending

    settings = open_portal()
    click.echo(f"database {describe(settings.database)}")
    waiting = pending()
    if waiting:
        raise InputError(f"{len(waiting)} migrations are waiting: run `portal migrate`")
    click.echo("settings and plan file are in order")
