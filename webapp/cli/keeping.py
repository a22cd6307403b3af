"""Backups, made and put back; a change of the secret key."""

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


@click.command()
def rekey() -> None:
    """Finish a change of PORTAL_SECRET_KEY: write anew with it what earlier keys had written."""
    from webapp.domain import audit_seal
    from webapp.domain.account import second_factor
    from webapp.domain.db import connected

    settings = open_portal()
    if settings.secret_key is None or not settings.secret_key.before:
        raise InputError(
            "set PORTAL_SECRET_KEY to the new key and PORTAL_SECRET_KEY_BEFORE to the one before it"
        )
    with connected():
        done, lost = second_factor.encrypt_anew(settings.secret_key)
        found = audit_seal.mark_key_change(settings.secret_key)
    say(f"{done:,} second factors are encrypted under the new key")
    if lost:
        say(f"{lost:,} second factors can be read with none of the keys: support resets them")
    if found.breaks:
        raise click.ClickException(
            "the audit log is broken: look at `portal audit verify`; earlier keys still count"
        )
    say("the audit log is sealed with the new key alone from here on")
