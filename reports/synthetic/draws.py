"""Random draws that come out the same on every machine.

Only PCG64's uniform numbers and integers are used, with additions, products and table look-ups: those are exact
everywhere. Powers, logarithms and the library's own gamma or Poisson draws are not, and so stay out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]

EPOCH = date(1970, 1, 1)


def stream(seed: int, *path: int) -> np.random.Generator:
    """A generator of its own for each part of the extract, so that one part never shifts another."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))


def pick(rng: np.random.Generator, weights: Sequence[float] | Floats, size: int) -> Ints:
    """`size` positions in `weights`, each as often as its weight says."""
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    found = np.searchsorted(total, rng.random(size) * total[-1], side="right")
    return np.minimum(found, len(total) - 1).astype(np.int64)


def below(rng: np.random.Generator, limits: Ints) -> Ints:
    """For each limit a whole number from 0 up to it, the limit itself left out (0 where the limit is 0)."""
    return (rng.random(len(limits)) * limits).astype(np.int64)


def whole(rng: np.random.Generator, low: int, high: int, size: int) -> Ints:
    """`size` whole numbers from `low` to `high`, both included."""
    return rng.integers(low, high + 1, size, dtype=np.int64)


def chance(rng: np.random.Generator, share: float | Floats, size: int) -> Flags:
    return np.asarray(rng.random(size) < share)


def day_of(value: date) -> int:
    """Days since 1970-01-01, as Parquet stores dates."""
    return (value - EPOCH).days


def date_of(day: int) -> date:
    return EPOCH + timedelta(days=int(day))


def months_before(value: date, months: int) -> date:
    """The same day of the month, `months` earlier; the month's last day where there is no such day."""
    year, month = divmod(value.year * 12 + value.month - 1 - months, 12)
    for day in range(value.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, value.day)


def month_starts(days: Ints) -> Ints:
    """The first day of the month each day lies in."""
    moved: Ints = (
        days.astype("datetime64[D]").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    )
    return moved


def month_ends(days: Ints) -> Ints:
    """The last day of the month each day lies in."""
    months = days.astype("datetime64[D]").astype("datetime64[M]") + np.timedelta64(1, "M")
    moved: Ints = months.astype("datetime64[D]").astype(np.int64) - 1
    return moved


def npi(number: int) -> str:
    """A provider number of valid form that belongs to nobody.

    Ten digits with the Luhn check over 80840 and the number (45 CFR 162.406). The first digit may be 1 or 2; numbers
    that begin with 2 have not been given out, so an invented one cannot be a real person's.
    """
    digits = f"2{number:08d}"
    total = 24  # what the prefix 80840 adds
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)
