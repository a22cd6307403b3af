"""The plan's staff, and the audit log."""

from __future__ import annotations

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
    if found.breaks:
        raise click.ClickException(f"the audit log is broken in {len(found.breaks)} places")
