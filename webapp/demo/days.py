"""Setting the clock back, so that what the demo's people did before is noted with its day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from webapp import clock


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """Set the clock back for a while; part of a day too."""
    clock.current().advance(timedelta(days=-days))
    try:
        yield
    finally:
        clock.current().advance(timedelta(days=days))
