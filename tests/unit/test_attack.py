"""`make attack` without its scanners: how their reports are read, and what is accepted."""

import json
from pathlib import Path

import pytest

from attack import findings, scanners
from attack.findings import Acceptance, Finding
from tests.e2e.harness.server import ROOT

XSS = Finding("wapiti", "Reflected Cross Site Scripting", "member POST /members/messages/new subject")
FLAG = Finding("wapiti", "Secure Flag cookie", "public GET /")
WHY = "a reason that says something"


def test_what_nobody_accepted_is_left_and_each_is_named_once() -> None:
    accepted = [Acceptance("wapiti", "Secure Flag*", "*", WHY)]
    assert findings.unaccepted([XSS, FLAG, XSS], accepted) == [XSS]


def test_an_acceptance_of_another_tool_or_place_covers_nothing() -> None:
    others = [Acceptance("sqlmap", "*", "*", WHY), Acceptance("wapiti", "Secure*", "member *", WHY)]
    assert findings.unaccepted([FLAG], others) == [FLAG]


def test_acceptances_that_nothing_was_found_for_are_named_for_the_tools_that_ran() -> None:
    used, unused = Acceptance("wapiti", "Secure*", "*", WHY), Acceptance("wapiti", "Backup file", "*", WHY)
    other = Acceptance("bandit", "B101 *", "*", WHY)
    assert findings.stale([FLAG], [used, unused, other], ["wapiti"]) == [unused]


def test_every_acceptance_of_ours_has_a_reason() -> None:
    assert findings.read_accepted()


def test_the_search_that_is_accepted_reaches_no_database() -> None:
    source = (ROOT / "webapp/domain/site_search.py").read_text(encoding="utf-8")
    assert "peewee" not in source
    assert "webapp.domain.db" not in source


def test_one_without_a_reason_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text('[[accepted]]\ntool = "wapiti"\nwhat = "*"\nwhere = "*"\nwhy = "ok"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="without a reason"):
        findings.read_accepted(file)


def test_the_reports_of_the_scanners_are_read(tmp_path: Path) -> None:
    entry = {"method": "GET", "path": "/a", "parameter": "q", "info": "XSS  via\ninjection"}
    report = {
        "vulnerabilities": {"Reflected Cross Site Scripting": [entry], "Backup file": []},
        "anomalies": {},
    }
    (tmp_path / "report.json").write_text(json.dumps(report), encoding="utf-8")
    (read,) = scanners.read_wapiti(tmp_path / "report.json", "member")
    assert str(read) == "wapiti: Reflected Cross Site Scripting at member GET /a q: XSS via injection"
    (read,) = scanners.read_sqlmap("it is\nParameter: q (GET)\n  Type: boolean", "public GET /a")
    assert (read.what, read.where) == ("injection", "public GET /a q")
    head = "filename,test_name,test_id,issue_severity,issue_confidence,issue_cwe,issue_text,line_number\n"
    (read,) = scanners.read_bandit(f"{head}./webapp/a.py,assert_used,B101,LOW,HIGH,x,Use of assert,7\n")
    assert (read.what, read.where) == ("B101 assert_used", "webapp/a.py:7")
