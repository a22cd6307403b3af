"""What the documentation names is there: files, and the tests of each rule of docs/security.md."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
#: Made by commands, or on the machine of whoever runs the portal.
ELSEWHERE = ("var/", "/", "~", "portal-", ".venv", "name.")
FILE = re.compile(r"`([\w./-]+\.(?:py|toml|html|css|js|md|txt|csv|po))`")


def missing(text: str) -> Iterator[str]:
    """Files that are named in `text` and not there. A bare name stands in the folder of the path before it, or is found
    anywhere; a path may begin below one of the packages."""
    folder = ROOT
    for name in FILE.findall(text):
        if name.startswith(ELSEWHERE):
            continue
        if "/" in name:
            folder = (ROOT / name).parent
        places = [ROOT / name, folder / name, *ROOT.glob(f"[!.]*/**/{name}")]
        if not any(place.exists() for place in places):
            yield name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    assert list(missing(page.read_text(encoding="utf-8"))) == []


def test_that_look_finds_a_file_that_is_gone() -> None:
    assert list(missing("| x | `tests/integration/test_gone.py`, `test_guards.py` |")) == [
        "tests/integration/test_gone.py"
    ]
