"""Structured logs: one JSON object a line on standard error, without content or secrets."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

import structlog


class _Line:
    """Writes to the present standard error; a full disk behind it must not stop the work."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = exception = msg


class _Theirs(logging.Handler):
    """Logs the warnings of libraries in our form."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            raised = record.exc_info[1] if record.exc_info else None
            error = {"error": f"{type(raised).__name__}: {raised}"[:300]} if raised else {}
            text = record.getMessage()[:500]
            log.log(record.levelno, "library", name=record.name, text=text, **error)


_theirs = _Theirs(logging.WARNING)


def configure(level: str = "info") -> None:
    """Send our own events and the warnings of libraries to standard error as JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=lambda *_: _Line(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().addHandler(_theirs)
    # It would add one of its own, which writes tracebacks, wherever it finds none.
    dbos = logging.getLogger("dbos")
    dbos.handlers, dbos.propagate = [_theirs], False


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
