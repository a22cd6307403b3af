"""Loading the plan's feeds: what `portal load DIR` does.

A folder holds Parquet or CSV files named after the feeds. Every row is taken in once, however often the folder is
loaded; a later file corrects an earlier one. The rules:

- A fault of a file (a column missing, nothing in it, unreadable) refuses the load before anything is written.
- A fault of a row (a bad date, a program the plan file does not know, a member nobody knows, a key that comes
  twice) sets that row aside; the outcome counts such rows by reason and holds the first.
- `eligibility` is the whole truth about the members in it: their spans are made equal to the file's, so that a
  corrected end date changes the span and a withdrawn span goes. A member with a row set aside keeps the spans
  that the file no longer shows, as one of them may be the faulty row. Members that the file lacks stay as they are.
- The other feeds add and change rows and remove none.
"""

from collections.abc import Callable
from pathlib import Path

from reports import extract as extracts
from reports.layout import TABLES
from webapp.config import Plan
from webapp.domain.feeds.eligibility import load_eligibility
from webapp.domain.feeds.keyed import KEYED, load_coverage, load_keyed
from webapp.domain.feeds.outcome import FeedOutcome, LoadOutcome, Tally
from webapp.domain.find_a_doctor import directory_index

__all__ = ["FEEDS", "FeedOutcome", "LoadOutcome", "load"]

#: The feeds in the order in which they are loaded: members first, as the others speak of them.
FEEDS = (
    "eligibility",
    "provider",
    "coverage",
    "pcp_selection",
    "icm_status",
    "admission",
    "existing_account",
    "member_account",
)


def _silent(line: str) -> None:
    """Progress that nobody watches."""


def load(folder: Path, plan: Plan, progress: Callable[[str], None] = _silent) -> LoadOutcome:
    """Load every feed that `folder` holds, in transactions of some 5,000 rows.

    `progress` is told a line for each feed. Raises reports.extract.ExtractRefused, naming file and column, for a
    folder without any feed or with a file that cannot be used; then nothing was written.
    """
    extract = extracts.open_extract(folder, tables=FEEDS)
    try:
        present = [name for name in FEEDS if extract.has(name)]
        if not present:
            wanted = ", ".join(f"{name}.parquet" for name in FEEDS)
            raise extracts.ExtractRefused(str(folder), f"holds no feed (looked for {wanted}, or .csv)")
        tallies = {}
        for name in present:
            progress(f"{name} …")
            tally = tallies[name] = Tally(name, TABLES[name].key)
            if name == "eligibility":
                load_eligibility(extract, plan, tally)
            elif name == "coverage":
                load_coverage(extract, tally)
            elif name == "provider":
                directory_index.complete(plan)  # rows of earlier loads, before those of this one are added
                load_keyed(extract, KEYED[name], tally)
                if tally.added or tally.changed:
                    directory_index.finish(plan)
            else:
                load_keyed(extract, KEYED[name], tally)
        # Asked for at the end: an extract may find row faults while it is read.
        aside = list(extract.set_aside)
        return LoadOutcome(
            tuple(tally.outcome([a for a in aside if a.table == name]) for name, tally in tallies.items()),
            tuple(extract.notices),
        )
    finally:
        extract.close()
