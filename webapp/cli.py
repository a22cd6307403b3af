"""`portal`: the command line (contract.md). Exit 0: done; 2: the call or the input is wrong; 1: anything else."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
from peewee import OperationalError, ProgrammingError

from webapp import clock, words
from webapp.config import Settings, SettingsError, read_settings

if (
    TYPE_CHECKING
):  # commands import what they need when they run: `portal --help` should not wait for the database's
    from webapp.domain.reporting.report_pages import View


class InputError(click.ClickException):
    """What was asked cannot be done as asked; the message names what and where."""

    exit_code = 2


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


def _open() -> Settings:
    """Settings read and the database opened."""
    from webapp.domain.db import open_database

    try:
        settings = read_settings()
    except SettingsError as fault:
        raise InputError(str(fault)) from fault
    clock.install(clock.Clock(settings.today, settings.plan["plan"]["time_zone"]))
    words.install(settings.plan.names)
    open_database(settings.database)
    return settings


def _say(text: str) -> None:
    click.echo(text, err=True)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--threads", default=8, show_default=True, type=int)
def serve(host: str, port: int, threads: int) -> None:
    """The web server (one process) with its mail worker."""
    from webapp import serving

    settings = _open()
    if not os.environ.get("PORTAL_BASE_URL"):
        settings = replace(settings, base_url=f"http://{host}:{port}")
    try:
        serving.check_ready(settings)
    except serving.NotReady as fault:
        raise InputError(str(fault)) from fault
    serving.serve(settings, host, port, threads, _say)


@main.command()
def worker() -> None:
    """The mail worker alone, where another server runs the app."""
    from webapp import serving

    serving.work(_open())


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    from webapp.domain.db import connected
    from webapp.domain.find_a_doctor import directory_index
    from webapp.domain.migrate import migrate as run_migrations

    settings = _open()
    done = run_migrations()
    with connected():
        if directory_index.complete(settings.plan):
            _say("listed the providers for Find a Doctor")
    _say("\n".join(f"migrated {name}" for name in done) or "the database is up to date")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the demo for scripts.")
@click.option("--reset", is_flag=True, help="Put the demo back as it was.")
def demo(as_json: bool, reset: bool) -> None:
    """Load the demo plan: the same people on every machine."""
    from webapp.demo import DemoRefused, describe_demo, load_demo

    settings = _open()
    try:
        load_demo(settings, reset, _say)
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


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def load(folder: Path) -> None:
    """Load the plan's feeds in FOLDER; each row once, however often."""
    from reports.extract import ExtractRefused
    from webapp.domain import feeds
    from webapp.domain.db import connected
    from webapp.domain.existing import older_accounts
    from webapp.domain.support import data_runs

    settings = _open()
    _need_folder(folder)
    try:
        with connected():
            outcome = feeds.load(folder, settings.plan, _progress())
            opened = older_accounts.open_accounts(settings.plan)
            data_runs.note_load(outcome)
    except ExtractRefused as refusal:
        raise InputError(str(refusal)) from refusal
    for line in outcome.feeds:
        click.echo(str(line))
    for notice in outcome.notices:
        click.echo(f"{notice.table}: {notice.message}")
    if opened:
        click.echo(f"opened {opened} member accounts of the earlier portal")


@main.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the reports speak of; today if left out."
)
@click.option("--report", "slugs", multiple=True, help="Only this report; may be given more than once.")
@click.option("--engine", default="duckdb", type=click.Choice(["duckdb", "spark"]), show_default=True)
def refresh(folder: Path | None, as_of: Any, slugs: tuple[str, ...], engine: str) -> None:
    """Compute and publish the reports from the claims extract in FOLDER (PORTAL_CLAIMS if left out)."""
    from reports.extract import ExtractRefused
    from reports.refresh import RefreshRefused
    from reports.refresh import refresh as run_refresh
    from webapp.domain.db import connected
    from webapp.domain.reporting import report_mails
    from webapp.domain.reporting.report_inputs import note_refreshed, portal_data
    from webapp.domain.support import data_runs

    settings = _open()
    folder = folder or settings.claims
    if folder is None:
        raise InputError("give the extract's folder, or set PORTAL_CLAIMS")
    _need_folder(folder)
    day = as_of.date() if as_of else clock.today()
    try:
        with connected():
            told = portal_data(settings.plan)
            outcome = run_refresh(
                folder, day, slugs=list(slugs) or None, engine=engine, portal=told, progress=_progress()
            )
            data_runs.note_refresh(outcome.lines())
            if not slugs:
                note_refreshed(told)
                report_mails.queue_new_reports(settings)
    except (ExtractRefused, RefreshRefused) as refusal:
        raise InputError(str(refusal)) from refusal
    for line in outcome.lines():
        click.echo(line)


@main.command()
@click.argument("slug")
@click.option("--tin", required=True)
@click.option(
    "--format", "form", default="json", type=click.Choice(["json", "csv", "xlsx"]), show_default=True
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
def report(slug: str, tin: str, form: str, output: Path | None) -> None:
    """Print one published report, the same rows as the page."""
    from webapp.domain.db import connected
    from webapp.domain.reporting import report_pages

    if form == "xlsx" and output is None and sys.stdout.isatty():
        raise InputError("a workbook cannot be shown on a terminal: name a file with -o FILE")
    _open()
    with connected():
        try:
            view = report_pages.whole_report(slug, tin)
        except report_pages.NoSuchReport as fault:
            raise InputError(str(fault)) from fault
        try:
            with output.open("wb") if output else nullcontext(sys.stdout.buffer) as target:
                _write_report(view, form, target)
        except OSError as fault:
            if output is None:
                raise
            raise InputError(f"{output} cannot be written: {fault.strerror}") from fault


def _write_report(view: View, form: str, target: IO[bytes]) -> None:
    """Write the report into a file or a pipe, as it comes from the database."""
    from webapp.domain.reporting import report_files, report_pages

    if form == "xlsx":
        with (
            tempfile.TemporaryFile() as made
        ):  # a workbook is put together out of order; a pipe takes it in order
            report_files.write_xlsx(view, made)
            target.writelines(report_files.in_pieces(made))
        return
    text = io.TextIOWrapper(target, encoding="utf-8", newline="")
    if form == "json":
        json.dump(report_pages.as_json(view), text, indent=2, ensure_ascii=False)
        text.write("\n")
    else:
        text.writelines(report_files.csv_text(view))
    text.flush()
    text.detach()


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--members", required=True, type=click.IntRange(min=1))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--seed", default=2015, show_default=True, type=int)
def synthesize(folder: Path, members: int, as_of: Any, seed: int) -> None:
    """Write a whole synthetic extract, feeds included, into FOLDER."""
    from reports.synthetic import synthesize as write_extract

    _open()
    folder.mkdir(parents=True, exist_ok=True)
    write_extract(
        folder,
        members=members,
        as_of=as_of.date() if as_of else clock.today(),
        seed=seed,
        progress=_progress(),
    )


@main.command()
@click.option("--to", help="Only mail to this address.")
@click.option("--json", "as_json", is_flag=True)
def mail(to: str | None, as_json: bool) -> None:
    """What the outbox sent (demo only), codes readable by scripts."""
    from webapp.domain import facts, mailbox
    from webapp.domain.db import connected

    _open()
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


@main.command()
def check() -> None:
    """Read settings and plan file and say what is wrong."""
    from webapp.domain.db import describe
    from webapp.domain.migrate import pending

    settings = _open()
    click.echo(f"database {describe(settings.database)}")
    waiting = pending()
    if waiting:
        raise InputError(f"{len(waiting)} migrations are waiting: run `portal migrate`")
    click.echo("settings and plan file are in order")


@main.group()
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

    settings = _open()
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


@main.group()
def audit() -> None:
    """The audit log."""


@audit.command()
def verify() -> None:
    """Check every entry of the audit log against its seal."""
    from webapp.domain import audit_seal
    from webapp.domain.db import connected
    from webapp.serving import secret_key

    settings = _open()
    with connected():
        found = audit_seal.verify(secret_key(settings))
    for broken in found.breaks:
        where = f"entry {broken.entry_id}" if broken.entry_id else "the end of the log"
        click.echo(f"{where}: {broken.what}")
    click.echo(f"{found.sealed:,} entries are sealed, {found.waiting:,} are too new")
    if found.breaks:
        raise click.ClickException(f"the audit log is broken in {len(found.breaks)} places")


def _need_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder")


def _progress() -> Callable[[str], None]:
    """Progress lines for people who watch; nothing where nobody does."""
    return _say if sys.stderr.isatty() else _keep_quiet


def _keep_quiet(_: str) -> None:
    """Progress that nobody watches."""


if __name__ == "__main__":
    main()
