"""What the commands share: opening the portal, refusing a call, saying how far the work is."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from webapp import clock
from webapp.config import Settings, SettingsError, read_settings


class InputError(click.ClickException):
    """What was asked cannot be done as asked; the message names what and where."""

    exit_code = 2


def open_portal() -> Settings:
    """Settings read and the database opened."""
    from webapp import words
    from webapp.domain.db import open_database

    try:
        settings = read_settings()
    except SettingsError as fault:
        raise InputError(str(fault)) from fault
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    words.install(settings.plan.names)
    open_database(settings.database)
    return settings


def say(text: str) -> None:
    click.echo(text, err=True)


def need_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder")


def progress() -> Callable[[str], None]:
    """Progress lines for people who watch; nothing where nobody does."""
    return say if sys.stderr.isatty() else _keep_quiet


def _keep_quiet(_: str) -> None:
    """Progress that nobody watches."""
