"""The demo plan and its mail."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import click

from webapp.cli.common import InputError, open_portal, say


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the demo for scripts.")
@click.option("--reset", is_flag=True, help="Put the demo back as it was.")
def demo(as_json: bool, reset: bool) -> None:
    """Load the demo plan: the same people on every machine."""
    from webapp.demo import DemoRefused, describe_demo, load_demo

    settings = open_portal()
    try:
        load_demo(settings, reset, say)
    except DemoRefused as fault:
        raise InputError(str(fault)) from fault
    described = describe_demo(settings.plan)
    if as_json:
        click.echo(json.dumps(described, indent=2, ensure_ascii=False))
        return
    _print_demo(described)


def _print_demo(described: dict[str, Any]) -> None:
    click.echo("\nWho can register at /members/register/license-agreement:")
    for member in [m for m in described["members"] if not m["registered"]][:3]:
        born = date.fromisoformat(member["birth_date"])
        click.echo(
            f"  {member['first_name']} {member['last_name']}, born {born:%m/%d/%Y}, "
            f"Client ID Number {member['client_id']}"
        )
    click.echo("Who can sign in:")
    for account in described["accounts"]:
        click.echo(
            f"  {_login(account['portal'])}  {account['username']}  {account['password']}  ({account['note']})"
        )
    for code in described["registration_codes"]:
        if code["state"] == "open":
            click.echo(f"A registration code for a new {code['role']}: {code['code']}")
    click.echo("")


def _login(portal: str) -> str:
    return "/support/login" if portal == "support" else f"/{portal}s/login"


@click.command()
@click.option("--to", help="Only mail to this address.")
@click.option("--json", "as_json", is_flag=True)
def mail(to: str | None, as_json: bool) -> None:
    """What the outbox sent (demo only), codes readable by scripts."""
    from webapp.domain import facts, mailbox
    from webapp.domain.db import connected

    open_portal()
    with connected():
        if not facts.is_demo():
            raise InputError("mail can be read here only in the demo")
        letters = mailbox.latest(to)
    if as_json:
        click.echo(
            json.dumps([asdict(letter) for letter in letters], indent=2, default=str, ensure_ascii=False)
        )
        return
    for letter in letters:
        click.echo(f"To: {letter.to}\nSubject: {letter.subject}\n\n{letter.body}\n")
