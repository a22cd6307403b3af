"""What a benchmark hands back, and the table it becomes."""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

#: A figure is the median of so many measurements, unless the command line asks for another number.
RUNS = 5


class NotMeasured(Exception):
    """A figure cannot be had here; the message says what is missing."""


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    value, limit: in `unit`; no limit: printed for its own sake. gated: whether being over the limit fails the run.
    Bytes, requests, memory and ratios gate; milliseconds and seconds depend on the machine and are only reported.
    """

    what: str
    value: float
    unit: str
    limit: float | None = None
    gated: bool = False
    spread: tuple[float, float] | None = None
    note: str = ""

    @property
    def is_over(self) -> bool:
        """Whether the limit is broken."""
        return self.limit is not None and self.value > self.limit

    @property
    def verdict(self) -> str:
        """'ok', 'over', or '' where there is no limit; 'over, not gated' where that fails nothing."""
        if self.limit is None:
            return ""
        if not self.is_over:
            return "ok"
        return "OVER" if self.gated else "over, not gated"


@dataclass
class Section:
    """The figures of one benchmark, or why there are none."""

    name: str
    title: str
    figures: list[Figure] = field(default_factory=list)
    missing: str = ""
    seconds: float = 0.0

    @property
    def is_broken(self) -> bool:
        """Whether a gated limit is broken, or nothing could be measured."""
        return bool(self.missing) or any(figure.gated and figure.is_over for figure in self.figures)

    def as_json(self) -> dict[str, Any]:
        """The section as `--json` writes it."""
        figures = [{**asdict(figure), "verdict": figure.verdict} for figure in self.figures]
        return {"name": self.name, "title": self.title, "missing": self.missing, "figures": figures}


def median(what: str, values: Sequence[float], unit: str, **rest: Any) -> Figure:
    """The figure of several measurements of one thing: their median, with the smallest and the largest beside it."""
    return Figure(what, statistics.median(values), unit, spread=(min(values), max(values)), **rest)


def show(value: float, unit: str) -> str:
    """A value for people: '21.4 KB', '1.83 ms', '3.1 ×', '2'."""
    if unit == "KB":
        return f"{value / 1024:.1f} KB"
    if unit in ("", "requests", "rows", "origins"):
        return f"{value:,.0f}"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


def table(section: Section) -> Iterable[str]:
    """The lines that a section prints."""
    yield f"\n{section.title} ({section.seconds:.0f} s, load {os.getloadavg()[0]:.1f})"
    if section.missing:
        yield f"  not measured: {section.missing}"
    for figure in section.figures:
        limit = "" if figure.limit is None else f"≤ {show(figure.limit, figure.unit)}"
        spread = ""
        if figure.spread and figure.spread[0] != figure.spread[1]:
            spread = f"{show(figure.spread[0], figure.unit)} to {show(figure.spread[1], figure.unit)}"
        extra = ", ".join(text for text in (spread, figure.note) if text)
        line = f"  {figure.what:<56} {show(figure.value, figure.unit):>11} {limit:>12}  {figure.verdict:<16}"
        yield f"{line} {f'({extra})' if extra else ''}".rstrip()
