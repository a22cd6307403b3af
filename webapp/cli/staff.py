"""The plan's staff, the audit log, sessions, and what a breach asks for."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from webapp.cli.common import InputError, open_portal


@click.group()
def staff() -> None:
    """The plan's staff."""


@staff.command()
@click.argument("email")
@click.option("--role", required=True, help="member-services, provider-services, eligibility or supervisor.")
def add(email: str, role: str) -> None:
    """Print the one-time address at which a new member of staff enrolls."""
    from webapp.domain.audit import Actor
    from webapp.domain.db import connected
    from webapp.domain.support import staff as people

    settings = open_portal()
    try:
        with connected():
            token = people.invite(email, role, Actor("command", ""))
    except people.NoSuchRole as fault:
        raise InputError(f"there is no role {role!r}: choose {', '.join(people.ROLES)}") from fault
    except people.NotAnAddress as fault:
        raise InputError(f"{email!r} is not an email address like name@example.com") from fault
    except people.AlreadyStaff as fault:
        raise InputError(f"{email} is a member of staff already") from fault
    click.echo(f"{settings.base_url}/support/enroll/{token}")


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Check every entry of the audit log against its seal."""
    from webapp.domain import audit_seal
    from webapp.domain.db import connected
    from webapp.serving import secret_key

    settings = open_portal()
    with connected():
        found = audit_seal.verify(secret_key(settings))
    for broken in found.breaks:
        where = f"entry {broken.entry_id}" if broken.entry_id else "the end of the log"
        click.echo(f"{where}: {broken.what}")
    click.echo(f"{found.sealed:,} entries are sealed, {found.waiting:,} are too new")
    if found.archived:
        click.echo(f"{found.archived:,} entries of before were put into an archive")
    if found.unchecked:
        click.echo(
            f"{found.unchecked:,} entries were sealed with an earlier key: give it in PORTAL_SECRET_KEY_BEFORE"
        )
    if found.breaks:
        raise click.ClickException(f"the audit log is broken in {len(found.breaks)} places")


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--before", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Entries of earlier days (UTC)."
)
def archive(file: Path, before: datetime) -> None:
    """Move the oldest entries into FILE (CSV with their seals), which must not be there yet."""
    from webapp.domain.db import connected
    from webapp.domain.operations import retention
    from webapp.serving import secret_key

    settings = open_portal()
    try:
        with connected(), file.open("x", encoding="utf-8", newline="") as target:
            os.chmod(target.fileno(), 0o600)
            count = retention.archive_audit(target, before.date(), settings.plan, secret_key(settings))
            target.flush()
            os.fsync(target.fileno())  # only what is safe in the file is removed
            retention.remove_archived(count, secret_key(settings))
    except retention.TooYoung as fault:
        file.unlink()
        raise InputError(f"{fault} ([retention] audit_days of the plan)") from fault
    except retention.LogBroken as fault:
        file.unlink()
        raise InputError("the audit log is not whole: look at `portal audit verify` first") from fault
    except OSError as fault:
        raise InputError(f"{file} cannot be written: {fault.strerror}") from fault
    click.echo(f"{count:,} entries were moved into {file}")


@click.group()
def sessions() -> None:
    """Who is signed in."""


@sessions.command()
@click.option("--all", "everybody", is_flag=True, required=True, help="Everybody, staff too.")
def end(everybody: bool) -> None:
    """Sign everybody out at once; codes that were sent die."""
    from webapp.domain.db import connected
    from webapp.domain.operations import breach

    open_portal()
    with connected():
        click.echo(f"{breach.end_all_sessions():,} sessions were ended" if everybody else "")


_MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command("breach-report")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--since", required=True, type=_MOMENT, help="UTC, like 2026-03-25 or 2026-03-25T14:30.")
@click.option("--until", required=True, type=_MOMENT, help="UTC; this moment is not in it any more.")
@click.option("--username", default="", help="Only what this account did.")
@click.option("--address", default="", help="Only what came from this network address.")
@click.option("--subject", default="", help="Only what was done to this one, as member:001234567.")
def breach_report(
    file: Path, since: datetime, until: datetime, username: str, address: str, subject: str
) -> None:
    """Write who looked at whom, when and from where, into FILE (CSV, from the audit log)."""
    from webapp.domain.db import connected
    from webapp.domain.operations import breach

    open_portal()
    window = breach.Window(since, until, username, address, subject)
    try:
        with connected(), file.open("w", encoding="utf-8", newline="") as target:
            os.chmod(target.fileno(), 0o600)
            entries, members = breach.export(window, target)
    except breach.NoSuchAccount as fault:
        raise InputError(f"there is no account {username!r}") from fault
    except OSError as fault:
        raise InputError(f"{file} cannot be written: {fault.strerror}") from fault
    click.echo(f"{entries:,} entries about {members:,} members are in {file}")
