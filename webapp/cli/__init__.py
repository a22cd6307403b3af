"""`portal`: the command line. Exit 0: done; 2: the call or the input is wrong; 1: anything else.

A file for each area. Commands import what they need when they run: `portal --help` should not wait for the database's
libraries.
"""

from __future__ import annotations

from typing import Any

import click
from peewee import OperationalError, ProgrammingError

from webapp.cli import demo, keeping, plan_data, server, staff


class Portal(click.Group):
    """Says in a sentence what a database fault means."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as fault:
            raise click.ClickException(
                f"the database cannot be used: {str(fault).strip()}. Is it there, and has `portal migrate` run?"
            ) from fault


@click.group(cls=Portal, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """The health plan portal."""


for command in (
    server.serve,
    server.worker,
    server.migrate,
    server.check,
    server.metrics,
    server.maintenance,
    demo.demo,
    demo.mail,
    plan_data.load,
    plan_data.refresh,
    plan_data.report,
    plan_data.synthesize,
    staff.staff,
    staff.audit,
    staff.sessions,
    staff.breach_report,
    keeping.backup,
    keeping.restore,
    keeping.rekey,
):
    main.add_command(command)
