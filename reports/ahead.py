"""Doing the next step while the one before is used."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(steps: Iterator[T]) -> Iterator[T]:
    """The items of `steps`, each made in a thread of its own while the one before is used.

    >>> list(ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, steps, _END)
        while (item := coming.result()) is not _END:
            coming = maker.submit(next, steps, _END)
            yield item  # type: ignore[misc]
