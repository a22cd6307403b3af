"""The plan's data: its feeds, and the reports computed from its claims."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from webapp import clock
from webapp.cli.common import InputError, need_folder, open_portal, progress

if TYPE_CHECKING:
    from webapp.domain.reporting.report_pages import View


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def load(folder: Path) -> None:
    """Load the plan's feeds in FOLDER; each row once, however often."""
    from reports.extract import ExtractRefused
    from webapp.domain import feeds
    from webapp.domain.db import connected
    from webapp.domain.existing import older_accounts
    from webapp.domain.support import data_runs

    settings = open_portal()
    need_folder(folder)
    try:
        with connected():
            outcome = feeds.load(folder, settings.plan, progress())
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


@click.command()
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

    settings = open_portal()
    folder = folder or settings.claims
    if folder is None:
        raise InputError("give the extract's folder, or set PORTAL_CLAIMS")
    need_folder(folder)
    day = as_of.date() if as_of else clock.today()
    try:
        with connected():
            told = portal_data(settings.plan)
            outcome = run_refresh(
                folder, day, slugs=list(slugs) or None, engine=engine, portal=told, progress=progress()
            )
            data_runs.note_refresh(outcome.lines())
            if not slugs:
                note_refreshed(told)
                report_mails.queue_new_reports(settings)
    except (ExtractRefused, RefreshRefused) as refusal:
        raise InputError(str(refusal)) from refusal
    for line in outcome.lines():
        click.echo(line)


@click.command()
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
    open_portal()
    with connected():
        try:
            view = report_pages.whole_report(slug, tin)
        except report_pages.NoSuchReport as fault:
            raise InputError(str(fault)) from fault
        try:
            with (
                open(output, "wb", opener=_for_its_owner)
                if output
                else nullcontext(sys.stdout.buffer) as target
            ):
                _write_report(view, form, target)
        except OSError as fault:
            if output is None:
                raise
            raise InputError(f"{output} cannot be written: {fault.strerror}") from fault


def _for_its_owner(path: str, flags: int) -> int:
    """Opens a file that its owner alone can read, where it is made anew: it holds patients."""
    return os.open(path, flags, 0o600)


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


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--members", required=True, type=click.IntRange(min=1))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]))
@click.option("--seed", default=2015, show_default=True, type=int)
def synthesize(folder: Path, members: int, as_of: Any, seed: int) -> None:
    """Write a whole synthetic extract, feeds included, into FOLDER."""
    from reports.synthetic import synthesize as write_extract

    open_portal()
    folder.mkdir(parents=True, exist_ok=True)
    write_extract(
        folder,
        members=members,
        as_of=as_of.date() if as_of else clock.today(),
        seed=seed,
        progress=progress(),
    )
