"""Metrics in Prometheus' text, on an address of their own (PORTAL_METRICS; none without it).

Requests are counted where they are answered; several processes of one machine count into the files of
PROMETHEUS_MULTIPROC_DIR, and `portal metrics` serves the sum. What waits is read from the database when asked for.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from webapp.config import Settings

log = logging.getLogger("portal.metrics")

_REQUESTS = CollectorRegistry()
REQUEST_SECONDS = Histogram(
    "portal_request_seconds",
    "Seconds to answer a request, by endpoint and status",
    ("endpoint", "status"),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5),
    registry=_REQUESTS,
)
Reading = tuple[str, str, str, dict[str, float]]


class Waiting(Collector):
    """What waits and how old it is, read from the database at each scrape; a database that is away says so."""

    def __init__(self, read: Callable[[], list[Reading]]) -> None:
        self.read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each reading."""
        up = GaugeMetricFamily("portal_database_up", "Whether the database answers")
        try:
            readings = self.read()
        except Exception:
            log.warning("the database did not answer for the metrics", exc_info=True)
            readings = []
        up.add_metric([], 1 if readings else 0)
        yield up
        for name, words, label, values in readings:
            gauge = GaugeMetricFamily(f"portal_{name}", words, labels=[label] if label else [])
            for key, value in values.items():
                gauge.add_metric([key] if label else [], value)
            yield gauge


def serve(settings: Settings) -> None:
    """Serve the metrics on a thread of their own, where PORTAL_METRICS says. Raises OSError when the port is taken."""
    if settings.metrics is None:
        return
    host, port = settings.metrics
    start_http_server(port, host, registry=registry(settings))


def registry(settings: Settings) -> CollectorRegistry:
    """Everything that is served: the requests, and what waits."""
    from webapp.domain.operations import waiting

    whole = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(whole)
    else:
        whole.register(REQUEST_SECONDS)
    whole.register(Waiting(lambda: waiting.readings(settings)))
    return whole
