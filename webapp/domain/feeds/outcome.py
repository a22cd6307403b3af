"""What a load did: counts for each feed, and the rows set aside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reports.extract import Notice, SetAside


class RowFault(Exception):
    """A row that cannot be taken in; the message is the reason, the same for all rows at fault alike."""


@dataclass(frozen=True)
class FeedOutcome:
    """One feed: `read` = `added` + `changed` + `unchanged` + the rows set aside. `removed` counts spans of
    members in the eligibility file that the file no longer holds."""

    feed: str
    read: int
    added: int
    changed: int
    unchanged: int
    removed: int
    set_aside: tuple[SetAside, ...]

    @property
    def set_aside_rows(self) -> int:
        """How many rows were set aside, for whatever reason."""
        return sum(aside.count for aside in self.set_aside)

    def __str__(self) -> str:
        """The counts on one line, then a line for each reason for which rows were set aside."""
        text = (
            f"{self.feed}: {self.read:,} rows, {self.added:,} added, {self.changed:,} changed, "
            f"{self.unchanged:,} unchanged"
        )
        if self.removed:
            text += f", {self.removed:,} removed"
        for aside in self.set_aside:
            first = ", ".join(f"{name} {value or '(blank)'}" for name, value in aside.first.items())
            text += f"\n  {aside.count:,} set aside: {aside.reason}; the first: {first}"
        return text


@dataclass(frozen=True)
class LoadOutcome:
    """What one call of `load` did."""

    feeds: tuple[FeedOutcome, ...]
    notices: tuple[Notice, ...]

    def feed(self, name: str) -> FeedOutcome:
        """The outcome of one feed. Raises KeyError for one that the folder did not hold."""
        for outcome in self.feeds:
            if outcome.feed == name:
                return outcome
        raise KeyError(name)


@dataclass
class Tally:
    """Counts kept while a feed is loaded."""

    feed: str
    key: tuple[str, ...]  # the columns shown of a row set aside
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    _aside: dict[str, tuple[int, dict[str, str]]] = field(default_factory=dict)

    def put_aside(self, reason: str, row: Mapping[str, Any], also: Sequence[str] = ()) -> None:
        """Count a row at fault; of the first for each reason the key columns and `also` are kept to be shown."""
        shown = {name: "" if row[name] is None else str(row[name]) for name in (*self.key, *also)}
        count, first = self._aside.get(reason, (0, shown))
        self._aside[reason] = (count + 1, first)

    def outcome(self, found_before: Iterable[SetAside]) -> FeedOutcome:
        """The counts so far, with what the extract had set aside already."""
        own = (SetAside(self.feed, reason, count, first) for reason, (count, first) in self._aside.items())
        aside = (*found_before, *own)
        taken = self.added + self.changed + self.unchanged
        return FeedOutcome(
            self.feed,
            taken + sum(a.count for a in aside),
            self.added,
            self.changed,
            self.unchanged,
            self.removed,
            aside,
        )
