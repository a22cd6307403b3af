"""Backups: made, and put back."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from webapp.cli.common import InputError, open_portal, say

_FILE = click.Path(path_type=Path, dir_okay=False, allow_dash=True)


@click.command()
@click.argument("file", type=_FILE)
def backup(file: Path) -> None:
    """Write the whole database into FILE, as it is at one moment; `-` writes it to a pipe, as for encryption."""
    from webapp.domain.operations import backup as backups
    from webapp.domain.operations.backup_errors import BackupRefused
    from webapp.serving import secret_key

    settings = open_portal()
    if str(file) == "-" and sys.stdout.isatty():
        raise InputError("a backup cannot be shown on a terminal: name a file, or pipe it on")
    try:
        target = sys.stdout.buffer if str(file) == "-" else file
        made = backups.make(settings.database, target, secret_key(settings))
    except BackupRefused as refusal:
        raise InputError(str(refusal)) from refusal
    except OSError as fault:
        raise InputError(f"{file} cannot be written: {fault.strerror}") from fault
    say(
        f"{made.rows:,} rows of {len(made.tables)} tables, migration {made.schema}, {made.size / 1e6:,.1f} MB"
    )


@click.command()
@click.argument("file", type=_FILE)
@click.option("--replace", is_flag=True, help="Lose what the database holds now.")
def restore(file: Path, replace: bool) -> None:
    """Put the backup in FILE (`-`: from a pipe) into the database: all of it, or nothing."""
    from webapp.domain.migrate import pending
    from webapp.domain.operations import backup as backups
    from webapp.domain.operations.backup_errors import BackupRefused

    settings = open_portal()
    try:
        source = sys.stdin.buffer if str(file) == "-" else file
        found, right_key = backups.restore(
            settings.database, source, replace=replace, secret_key=settings.secret_key
        )
    except BackupRefused as refusal:
        raise InputError(str(refusal)) from refusal
    except OSError as fault:
        raise InputError(f"{file} cannot be read: {fault.strerror}") from fault
    say(
        f"restored {found.rows:,} rows of {len(found.tables)} tables as of {found.made_at} UTC; nobody is signed in"
    )
    if not right_key:
        say(
            "PORTAL_SECRET_KEY is not the one that this backup was written with: second factors cannot be read"
        )
    if pending():
        say("the backup is of an earlier version: run `portal migrate`")
