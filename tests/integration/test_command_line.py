"""`portal …` as a script calls it: exit codes, messages, the same rows as the page."""

import json
from datetime import date
from pathlib import Path

import pytest
from peewee import fn

from reports.tables import Attribution
from tests.harness.command_line import Portal
from tests.harness.plan_rows import add_member, add_provider
from webapp.domain import outbox
from webapp.domain.facts import keep_fact
from webapp.domain.outbox import OutboxMessage


def test_a_setting_that_cannot_be_used_is_named_and_exits_2(portal: Portal) -> None:
    result = portal("check", PORTAL_TODAY="tomorrow")
    assert result.exit_code == 2
    assert "PORTAL_TODAY must be a date like 2026-03-25" in result.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[plan]\nname = 3\nnmae = 'x'", "[plan] has no setting 'nmae'"),
        ("[planet]\nname = 'x'", "there is no section [planet]"),
        ("[plan", "cannot be read"),
        ("[plan]\ntime_zone = 'Mars/Base'", "time_zone"),
        ("[plan]\nfolder = 'nowhere'", "there is no folder"),
        ("[plan]\nstate = 'Meridia'", "must say [plan] 'name' itself"),
        ("[names]\nHUSKY = '<b>'", "'HUSKY': a name is a text without"),
        ("[programs]\nA = ['HUSKY A']\n[update_sites]\nZ = ''", "there is no program 'B'"),
        ("[plan]\nonline_programs = ['A']\n[programs]\nA = 'HUSKY A'", "needs a list of its spellings"),
        ("[programs]\nExtraordinary = ['E']", "longer than 8 letters"),
    ],
)
def test_a_plan_file_with_a_fault_says_where(portal: Portal, tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(text)
    result = portal("check", PORTAL_PLAN=str(file))
    assert result.exit_code == 2
    assert message in result.output


def test_a_folder_that_is_not_there_exits_2(portal: Portal, tmp_path: Path) -> None:
    for command in ("load", "refresh"):
        result = portal(command, str(tmp_path / "nowhere"))
        assert result.exit_code == 2
        assert "is not a folder" in result.output


def test_refresh_without_a_folder_says_what_to_set(portal: Portal) -> None:
    result = portal("refresh")
    assert result.exit_code == 2
    assert "PORTAL_CLAIMS" in result.output


def test_a_database_that_was_never_migrated_is_said_in_a_sentence(portal: Portal, tmp_path: Path) -> None:
    result = portal(
        "report", "adult-diabetes", "--tin", "061110001", PORTAL_DATABASE=f"sqlite:///{tmp_path}/new.db"
    )
    assert result.exit_code == 1
    assert "portal migrate" in result.output


def test_serve_refuses_real_people_without_a_secret_key(portal: Portal) -> None:
    add_member("001234567")
    result = portal("serve")
    assert result.exit_code == 2
    assert "PORTAL_SECRET_KEY" in result.output


def test_the_demo_is_not_put_beside_real_people(portal: Portal) -> None:
    add_member("001234567")
    result = portal("demo")
    assert result.exit_code == 2
    assert "not the demo's" in result.output


def test_an_unknown_report_or_practice_exits_2(portal: Portal) -> None:
    add_provider()
    assert portal("report", "no-such", "--tin", "061110001").exit_code == 2
    assert portal("report", "adult-diabetes", "--tin", "000000000").exit_code == 2


def test_mail_is_readable_in_the_demo_only(portal: Portal) -> None:
    outbox.queue(
        sender="a@b.example", recipient="x@y.example", subject="Code", body="Your code: 123456", language="en"
    )
    assert portal("mail").exit_code == 2
    keep_fact("demo", "1")
    result = portal("mail", "--json", "--to", "x@y.example")
    assert result.exit_code == 0
    (letter,) = json.loads(result.output)
    assert letter["codes"] == ["123456"]
    assert OutboxMessage.select().count() == 1


@pytest.mark.long
def test_synthesize_load_refresh_and_report_work_one_after_the_other(portal: Portal, tmp_path: Path) -> None:
    as_of = date(2026, 3, 25)
    assert (
        portal("synthesize", str(tmp_path), "--members", "400", "--as-of", as_of.isoformat()).exit_code == 0
    )
    first = portal("load", str(tmp_path))
    assert first.exit_code == 0, first.output
    second = portal("load", str(tmp_path))
    assert " 0 added, 0 changed" in second.output.splitlines()[0], "a second load changes nothing"
    result = portal("refresh", str(tmp_path), "--as-of", as_of.isoformat())
    assert result.exit_code == 0, result.output
    tin = _largest_practice()
    printed = json.loads(portal("report", "patient-panel", "--tin", tin).output)
    assert printed["as_of"] == as_of.isoformat()
    assert printed["excluded"] is None
    assert printed["rows"]
    assert set(printed) == {
        "report",
        "title",
        "as_of",
        "complete_through",
        "tin",
        "practice",
        "excluded",
        "rows",
    }


def _largest_practice() -> str:
    rows = (
        Attribution.select(Attribution.tin, fn.COUNT(Attribution.client_id))
        .group_by(Attribution.tin)
        .tuples()
    )
    return max(rows, key=lambda row: row[1])[0]
