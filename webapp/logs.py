"""The log: key=value, one line an event, on standard error. No path, no address, no name and nothing that somebody
typed gets here: a request is known by its endpoint, and of an exception only its kind and where it was raised are
written, since its words may quote a row.
"""

from __future__ import annotations

import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

#: Names the request that is being answered, in every line about it and on its error page.
reference: ContextVar[str] = ContextVar("reference of the request", default="")

_Info = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class KeyValue(logging.Formatter):
    """time=… level=… logger=… ref=… msg="…"; an exception's places follow, a line each."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        said = record.getMessage()
        parts = [f"time={at:%Y-%m-%dT%H:%M:%S}.{int(record.msecs):03}Z level={record.levelname.lower()}",
                 f"logger={record.name}"]  # fmt: skip
        if ref := reference.get():
            parts.append(f"ref={ref}")
        parts.append(said if record.name == REQUESTS.name else f'msg="{_one_line(said)}"')
        if record.exc_info and record.exc_info[0]:
            parts.append(self.formatException(record.exc_info))
        return " ".join(parts)

    def formatException(self, ei: _Info) -> str:  # noqa: N802 - logging's own name
        """Kinds and places of an exception and of what caused it: `at=file:line:function`, never its words."""
        fault = ei[1]
        seen: list[str] = []
        while fault is not None and len(seen) < 5:
            places = " ".join(
                f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}"
                for frame in traceback.extract_tb(fault.__traceback__)[-12:]
            )
            seen.append(f'exception={type(fault).__name__}{_state(fault)} at="{places}"')
            fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
        return " ".join(seen)


REQUESTS = logging.getLogger("portal.request")


def install(log: str, stream: TextIO | None = None) -> None:
    """Write the log of this process to standard error, or `stream`. log: 'requests' for a line about every request,
    'errors' for none of those."""
    logging.raiseExceptions = False  # a fault of the log itself would print what it was to leave out
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(KeyValue())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("portal").setLevel(logging.INFO)
    REQUESTS.setLevel(logging.INFO if log == "requests" else logging.ERROR)


def _state(fault: BaseException) -> str:
    """The database's own code of what was wrong, which says much and quotes nothing."""
    code = getattr(fault, "sqlstate", None) or getattr(fault, "sqlite_errorname", None)
    return f" code={code}" if code else ""


def _one_line(text: str) -> str:
    return " ".join(text.replace('"', "'").split())
