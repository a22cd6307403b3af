"""`make check`: every check of the source, side by side, one line each; a failing one shows what it found."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent

# Longest first, so that two processors end together.
CHECKS: dict[str, tuple[str, ...]] = {
    "types (mypy)": (str(BIN / "mypy"),),
    "migration drift": (sys.executable, "-m", "tools.check_migrations"),
    "translations": (sys.executable, "-m", "tools.check_translations"),
    "HTML form (djlint)": (str(BIN / "djlint"), "--lint", "--quiet", "webapp/pages", "webapp/partials"),
    "import contracts": (str(BIN / "lint-imports"), "--no-logo"),
    "templates": (sys.executable, "-m", "tools.check_templates"),
    "repository": (sys.executable, "-m", "tools.check_repository"),
    "lint (ruff)": (str(BIN / "ruff"), "check", "--quiet", "--output-format=concise", "."),
    "form (ruff)": (str(BIN / "ruff"), "format", "--check", "--quiet", "--output-format=concise", "."),
}


@dataclass(frozen=True)
class Result:
    """How one check ended: its exit code, what it printed, and its seconds."""

    name: str
    code: int
    output: str
    seconds: float


def run(name: str, command: Sequence[str]) -> Result:
    """Run one check from the root of the repository."""
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"}, check=False
    )
    return Result(name, done.returncode, done.stdout + done.stderr, time.perf_counter() - start)


def main() -> int:
    """Run all; 0 when every one passed."""
    start = time.perf_counter()
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        results = list(pool.map(lambda check: run(*check), CHECKS.items()))
    for result in results:
        print(f"{'ok  ' if result.code == 0 else 'FAIL'} {result.name:<20} {result.seconds:5.1f} s")
    failed = [result for result in results if result.code]
    for result in failed:
        print(f"\n--- {result.name}\n{result.output.strip()}")
    print(
        f"\n{len(results) - len(failed)} of {len(results)} checks passed in {time.perf_counter() - start:.1f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
