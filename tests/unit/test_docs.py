"""What the documents name is there: files, `make` targets, commands of `portal`, settings of the environment. So is a
document that a comment sends its reader to."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tools.check_repository import ROOT, tracked_files
from webapp.cli import main

DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
#: Folders that a path may be told from: the root, and where most of what is named lies.
BASES = (
    "",
    "webapp",
    "webapp/domain",
    "webapp/static",
    "reports",
    "docs",
    "tests/integration",
    "tests/unit/webapp",
)
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_PATH = re.compile(
    r"(?<![\w/.<{~:-])((?:[\w-]+/)+[\w.-]*|[\w-]+\.(?:py|md|toml|html|css|js|csv))(?![\w/*<{:…-])"
)
_LINK = re.compile(r"\]\((?!https?:|mailto:|/|#|\{)([^)#\s]+)")
_MAKE = re.compile(r"\bmake ([a-z][a-z0-9-]*)")
_PORTAL = re.compile(r"(?:^|`|bin/|=\S+ )portal ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", re.MULTILINE)
_SETTING = re.compile(r"\bPORTAL_[A-Z_]+\b")
#: A document as a comment names it: after a blank or a parenthesis. A file that code names stands in quotation marks.
_DOCUMENT = re.compile(r"(?<=[\s(])[\w/-]+\.md\b")


def missing(text: str, folder: Path = ROOT) -> Iterator[str]:
    """What a document names that is not there."""
    code = "\n".join(_CODE.findall(text))
    for path in _PATH.findall(code):
        if re.fullmatch(r"test_\w+\.py", path):
            if not list((ROOT / "tests").rglob(path)):  # beside another test, in a table of rules
                yield path
        elif path.split("/")[0] in TOP and not any((ROOT / base / path).exists() for base in BASES):
            yield path
    for target in _LINK.findall(text):
        if not (folder / target).exists():
            yield target
    targets = re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    yield from (f"make {name}" for name in _MAKE.findall(code) if name not in targets)
    for name, further in _PORTAL.findall(code):
        command = main.commands.get(name)
        if command is None or (
            isinstance(command, click.Group) and further and further not in command.commands
        ):
            yield f"portal {name} {further}".strip()
    known = "".join(path.read_text(encoding="utf-8") for path in _sources())
    yield from (name for name in _SETTING.findall(text) if name not in known)


def astray(text: str, documents: set[str]) -> list[str]:
    """The documents that a text names and that are not there."""
    return [name for name in _DOCUMENT.findall(text) if name.split("/")[-1] not in documents]


def _sources() -> Iterator[Path]:
    for folder in ("webapp", "tests", "benchmarks", "tools"):
        yield from (ROOT / folder).rglob("*.py")


TOP = {path.name for base in BASES for path in (ROOT / base).iterdir()}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    assert list(missing(document.read_text(encoding="utf-8"), document.parent)) == []


@pytest.mark.parametrize(
    "text",
    [
        "see `webapp/nowhere.py`",
        "`docs/nothing.md`",
        "`tests/integration/test_guards.py`, `test_gone.py`",
        "run `make miracles`",
        "run `portal fly`",
        "```\nportal audit invent\n```",
        "[there](nowhere.md)",
        "set `PORTAL_" + "NOTHING`",
    ],
)
def test_what_is_not_there_is_found(text: str) -> None:
    assert list(missing(text))


def test_what_is_there_is_not_complained_of() -> None:
    text = "`webapp/words.py`, `make run`, `portal audit verify`, `PORTAL_PLAN`, [plan](docs/second-state.md)"
    assert list(missing(text)) == []


def test_the_document_that_a_comment_names_is_there() -> None:
    files = tracked_files()
    documents = {path.name for path in files if path.suffix == ".md"}
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in files
        if path.suffix in {".py", ".html", ".css", ".js", ".toml"} and path != Path(__file__)
        if (names := astray(path.read_text(encoding="utf-8"), documents))
    }
    assert found == {}


def test_a_document_that_is_not_there_is_found() -> None:
    text = "What is asked (gone.md, Recovery), see docs/lost.md; `there.md` and docs/there.md are"
    assert astray(text, {"there.md"}) == ["gone.md", "docs/lost.md"]
