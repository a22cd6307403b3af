"""What is noted of every request: a reference number, a line in the log, and its duration for the metrics. By endpoint
and status, never by path: an address can hold a token."""

import secrets
import time

from flask import Flask, Response, g, request

from webapp import logs, metrics
from webapp.web.audience import of_request


def init_app(app: Flask) -> None:
    """Wire it. To be called first: then it counts what others refuse, and the time that they take."""
    app.before_request(_begin)
    app.after_request(_note)


def _begin() -> None:
    logs.reference.set(secrets.token_hex(4).upper())
    g.began = time.perf_counter()


def _note(response: Response) -> Response:
    seconds = time.perf_counter() - g.began
    endpoint = request.endpoint or "none"
    metrics.REQUEST_SECONDS.labels(endpoint, str(response.status_code)).observe(seconds)
    if logs.REQUESTS.isEnabledFor(20):  # logging.INFO
        size = response.content_length
        logs.REQUESTS.info(
            "method=%s endpoint=%s audience=%s status=%d ms=%.1f bytes=%s",
            request.method,
            endpoint,
            of_request() or "none",
            response.status_code,
            seconds * 1000,
            "-" if size is None else size,
        )
    return response
