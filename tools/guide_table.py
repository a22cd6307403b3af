"""The table of docs/guides.md: where each page and step of the seed documents went. `python -m tools.guide_table`."""

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
    """Something that a page of a seed document teaches. `by`: the steps that do, where the page teaches more."""

    document: str
    page: int
    words: str
    by: tuple[str, ...] = ()

    @property
    def seed(self) -> str:
        """As steps name it."""
        return f"{self.document} p. {self.page}"


@dataclass(frozen=True)
class Taught:
    """A step of a guide, with its test."""

    guide: str
    step: definition.Step
    test: str

    @property
    def name(self) -> str:
        """As guide_seeds.toml names it."""
        return f"{self.guide}/{self.step.slug}"


def headings() -> list[Heading]:
    """All headings, in the order of the documents."""
    written = tomllib.loads(SEEDS.read_text(encoding="utf-8"))["headings"]
    return [
        Heading(document, page, words, *map(tuple, by))
        for document, rows in sorted(written.items())
        for page, words, *by in rows
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
    """The steps that teach each heading."""
    return {
        row: [one for one in steps if row.seed in one.step.seeds and (not row.by or one.name in row.by)]
        for row in rows
    }


def faults(rows: list[Heading], steps: list[Taught]) -> Iterator[str]:
    """Headings that no guide teaches, steps that do not teach what is said of them, and seeds without a page."""
    pages = {row.seed for row in rows}
    for row, found in by_heading(rows, steps).items():
        if not found:
            yield f"no guide step has the seed {row.seed!r}: {row.words}"
        for name in set(row.by) - {one.name for one in found}:
            yield f"{row.seed}, {row.words}: there is no step {name} with that seed"
    for one in steps:
        for seed in one.step.seeds:
            if seed not in pages:
                yield f"{one.name}: the seed {seed!r} is no page of guide_seeds.toml"


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
