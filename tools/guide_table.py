"""The table of docs/guides.md: where each page and step of the seed documents went. `python -m tools.guide_table`."""

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.harness.guide_rules import walks_of
from webapp.guides import definition

ROOT = Path(__file__).resolve().parent.parent
SEEDS = Path(__file__).with_name("guide_seeds.toml")
DOCUMENT = ROOT / "docs" / "guides.md"
START, END = "<!-- table: make guides writes it -->", "<!-- end of table -->"


@dataclass(frozen=True)
class Heading:
    """Something that a seed document teaches. `begins`: how the guide steps that teach it name it."""

    document: str
    page: int
    words: str
    begins: str

    def is_named_by(self, seed: str) -> bool:
        """Whether a step's seed ("000 STEP 2 OF 4: VALIDATION") is this."""
        document, words = _split(seed)
        return document == self.document and words.startswith(_fold(self.begins))


@dataclass(frozen=True)
class Taught:
    """A step of a guide, with its test."""

    guide: str
    step: definition.Step
    test: str


def headings() -> list[Heading]:
    """All headings, in the order of the documents."""
    written = tomllib.loads(SEEDS.read_text(encoding="utf-8"))["headings"]
    return [
        Heading(document, page, words, begins)
        for document, rows in sorted(written.items())
        for page, words, begins in rows
    ]


def taught() -> list[Taught]:
    """All steps of all guides."""
    found = []
    for slug in definition.slugs():
        walks = walks_of(slug)
        for step in definition.read(slug).steps:
            found.append(Taught(slug, step, ", ".join(walks.get(step.slug, ["–"]))))
    return found


def by_heading(rows: list[Heading], steps: list[Taught]) -> dict[Heading, list[Taught]]:
    """The steps that teach each heading. A step's seed counts for the heading that fits it best."""
    teaching: dict[Heading, list[Taught]] = {row: [] for row in rows}
    for one in steps:
        for seed in one.step.seeds:
            fitting = [row for row in rows if row.is_named_by(seed)]
            if fitting:
                teaching[max(fitting, key=lambda row: len(row.begins))].append(one)
    return teaching


def faults(rows: list[Heading], steps: list[Taught]) -> Iterator[str]:
    """Headings that no guide teaches, and seeds that name no heading."""
    for row, found in by_heading(rows, steps).items():
        if not found:
            yield f"no guide step has the seed '{row.document} {row.begins}': page {row.page}, {row.words}"
    for one in steps:
        for seed in one.step.seeds:
            if not any(row.is_named_by(seed) for row in rows):
                yield f"{one.guide}, step {one.step.slug}: the seed {seed!r} names nothing of guide_seeds.toml"


def table() -> str:
    """The table as Markdown."""
    lines = ["| seed, page | what it teaches | step | test | guide |", "|---|---|---|---|---|"]
    for row, found in by_heading(headings(), taught()).items():
        for one in found:
            module = f"tests/e2e/guides/test_{one.guide.replace('-', '_')}.py"
            lines.append(
                f"| {row.document}, {row.page} | {row.words} | {one.step.heading['en']} "
                f"| [{one.test}](../{module}) | /guides/{one.guide} |"
            )
    return "\n".join(lines)


def written() -> str:
    """The table as it stands in docs/guides.md."""
    return DOCUMENT.read_text(encoding="utf-8").partition(START)[2].partition(END)[0].strip()


def _split(seed: str) -> tuple[str, str]:
    document, _, words = seed.partition(" ")
    return document.rstrip(","), _fold(words)


def _fold(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip().casefold()


def main() -> int:
    """Write the table into docs/guides.md."""
    if wrong := list(faults(headings(), taught())):
        print("\n".join(wrong), file=sys.stderr)
        return 1
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(START)
    after = rest.partition(END)[2]
    DOCUMENT.write_text(f"{before}{START}\n{table()}\n{END}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
