"""Structured logs: one JSON object a line on standard error, never with content or secrets."""

from __future__ import annotations

import logging
import sys
from contextlib import suppress

import structlog


class _Line:
    """Writes to standard error as it is now; a full disk behind it must not stop the work."""

    def msg(self, message: str) -> None:
        with suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)

    debug = info = warning = error = critical = exception = msg


class _Theirs(logging.Handler):
    """Warnings of libraries, in our form."""

    def emit(self, record: logging.LogRecord) -> None:
        with suppress(Exception):
            log.log(record.levelno, "library", name=record.name, text=record.getMessage()[:500])


_theirs = _Theirs(logging.WARNING)


def configure(level: str = "info") -> None:
    """Send our own events and everyone else's warnings to standard error as JSON."""
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


log: structlog.typing.FilteringBoundLogger = structlog.get_logger()
