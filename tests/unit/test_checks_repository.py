"""Each rule about the repository's files can fail, and so can the import contracts."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.check_repository import ROOT, faults


@pytest.mark.parametrize(
    "line",
    [
        ("cd /ho" "me/ana/portal"),
        ("open('/wo" "rk/portal.db')"),
        ("log=/tm" "p/portal.log"),
        ("pip install -i https://py" "pi.org/simple x"),
        ("https://files.python" "hosted.org/packages/x"),
        ("as HE" "DIS defines it"),
    ],
)  # fmt: skip
def test_what_no_file_may_hold_is_found(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"first\n{line}\n", encoding="utf-8")
    assert [fault.partition(": ")[0] for fault in faults([tmp_path / "a.py"], tmp_path)] == ["a.py:2"]


@pytest.mark.parametrize(
    "line", ["/members/home/account", "from homework/x", "https://example.org/", "network/ok"]
)
def test_addresses_of_the_portal_are_no_paths_of_a_machine(line: str, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(line, encoding="utf-8")
    assert list(faults([tmp_path / "a.py"], tmp_path)) == []


@pytest.mark.parametrize(
    ("module", "statement", "contract"),
    [
        ("reports/a.py", "import webapp.domain", "The reports know neither"),
        ("reports/a.py", "import flask", "The reports know neither"),
        ("webapp/web/a.py", "import reports.a", "What serves pages holds no engine"),
        ("webapp/domain/a.py", "import flask", "Rules and wizards know no request"),
        ("webapp/flows/a.py", "import flask_babel", "Rules and wizards know no request"),
        ("webapp/domain/a.py", "import webapp.blueprints", "Arrows run one way"),
        ("webapp/flows/a.py", "import webapp.blueprints.member", "Arrows run one way"),
        ("webapp/domain/a.py", "import webapp.flows", "Arrows run one way"),
        ("webapp/blueprints/member/a.py", "import webapp.blueprints.provider", "The parts of the portal"),
        ("webapp/blueprints/support/a.py", "import webapp.blueprints.member", "The parts of the portal"),
    ],
)
def test_an_import_against_the_arrows_is_found(
    module: str, statement: str, contract: str, tmp_path: Path
) -> None:
    portals = ("webapp/blueprints/member", "webapp/blueprints/provider", "webapp/blueprints/support")
    parts = ("webapp/domain", "webapp/flows", "webapp/web", "webapp/blueprints")
    for package in ("reports", "webapp", *parts, *portals):
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").touch()
    for name in ("clock", "config", "serving", "wsgi"):
        (tmp_path / "webapp" / f"{name}.py").touch()
    (tmp_path / "reports" / "a.py").write_text("import duckdb", encoding="utf-8")
    (tmp_path / module).write_text(statement, encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--no-cache"],
        cwd=tmp_path, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(tmp_path), "NO_COLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 1
    assert any(line.startswith(contract) and line.endswith("BROKEN") for line in done.stdout.splitlines())
