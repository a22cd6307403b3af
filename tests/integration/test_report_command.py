"""`portal report` as a workbook: into a file, into a pipe, and never onto a terminal."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.harness import spreadsheet
from tests.harness.database import handed_over
from tests.harness.plan_rows import add_provider
from tests.harness.report_rows import diabetic, publish
from webapp.cli import main

TIN = "061110001"
CALL = ("report", "adult-diabetes", "--tin", TIN)


@pytest.fixture
def url(database: Any, database_url: str) -> str:
    """The address of a database with a report of three rows."""
    add_provider()
    publish("adult-diabetes", {TIN: [diabetic(number) for number in range(3)]})
    return database_url


def portal(url: str, *arguments: str) -> Result:
    with handed_over():
        return CliRunner().invoke(main, [*CALL, *arguments], env={"PORTAL_DATABASE": url})


def test_a_workbook_goes_into_a_file_and_into_a_pipe(url: str, tmp_path: Path) -> None:
    file = tmp_path / "report.xlsx"
    assert portal(url, "--format", "xlsx", "-o", str(file)).exit_code == 0
    piped = portal(url, "--format", "xlsx")
    assert piped.exit_code == 0
    for data in (file.read_bytes(), piped.stdout_bytes):
        assert [row[3] for row in spreadsheet.read(data).rows] == ["007000000", "007000001", "007000002"]


def test_a_file_holds_what_the_command_prints(url: str, tmp_path: Path) -> None:
    for form in ("json", "csv"):
        file = tmp_path / f"report.{form}"
        assert portal(url, "--format", form, "-o", str(file)).exit_code == 0
        assert file.read_bytes() == portal(url, "--format", form).stdout_bytes != b""


def test_a_file_is_for_its_owner_alone_whatever_new_files_are_otherwise(url: str, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        for form in ("csv", "json", "xlsx"):
            file = tmp_path / f"report.{form}"
            assert portal(url, "--format", form, "-o", str(file)).exit_code == 0
            assert file.stat().st_mode & 0o777 == 0o600, form
    finally:
        os.umask(before)


def test_a_file_that_cannot_be_written_is_the_callers_fault(url: str, tmp_path: Path) -> None:
    refused = portal(url, "--format", "xlsx", "-o", str(tmp_path / "nowhere" / "report.xlsx"))
    assert refused.exit_code == 2
    assert "report.xlsx cannot be written: No such file or directory" in refused.stderr


def test_a_workbook_is_not_printed_on_a_terminal() -> None:
    ours, theirs = os.openpty()
    call = [sys.executable, "-m", "webapp.cli", *CALL, "--format", "xlsx"]
    done = subprocess.run(call, stdout=theirs, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(theirs)
    os.close(ours)
    assert done.returncode == 2
    assert "name a file with -o FILE" in done.stderr
