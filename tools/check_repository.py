"""What no file of the repository may hold: paths of one machine, addresses of package indexes, trademarks."""

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Written in halves, so that this file does not hold what it looks for.
RULES = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:wo" r"rk|ro" r"ot|ho" r"me/\w+)/\w|/tm" r"p/\w"),
    "the address of a package index": re.compile(
        r"https?://[^\s/]*(?:py" r"pi|python" r"hosted|npm" r"js)\.(?:org|com)"
    ),
    "a trademark (say what is measured)": re.compile(r"\bHED" r"IS\b"),
}


def faults(files: Iterable[Path], root: Path = ROOT) -> Iterator[str]:
    """'path:line: what' for every line of `files` that holds what no file may."""
    for path in files:
        name = path.relative_to(root).as_posix()
        if ".min." in path.name:  # another's file keeps its own words
            continue
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue
        for number, line in enumerate(lines, start=1):
            for what, pattern in RULES.items():
                if pattern.search(line):
                    yield f"{name}:{number}: {what}"


def tracked_files() -> list[Path]:
    """The files that git holds, or would hold once added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def main() -> int:
    """Print what was found; 1 when anything was."""
    found = list(faults(tracked_files()))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
