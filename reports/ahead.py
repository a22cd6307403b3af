"""Doing the next steps while one is used."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
_END = object()


def ahead(steps: Iterator[T], most: int) -> Iterator[T]:
    """The items of `steps` in order, made in a thread of its own while they are used; at most `most` wait.

    >>> list(ahead(iter("abc"), 2))
    ['a', 'b', 'c']
    """
    with ThreadPoolExecutor(1) as maker:
        coming = deque(maker.submit(next, steps, _END) for _place in range(most))
        while (item := coming.popleft().result()) is not _END:
            coming.append(maker.submit(next, steps, _END))
            yield item  # type: ignore[misc]
