"""The classes of errors. A message says what happened; a hint says what to do next.

An error crosses a thread or the network as `EarwitnessError.view()`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An error as plain data."""

    type: str
    message: str
    """What happened, one sentence for the user."""
    hint: str = ""
    """What to do next, one sentence for the user; may be empty."""
    detail: str = ""
    """Details for a bug report; may be empty."""


class EarwitnessError(Exception):
    """The root of all errors that Earwitness raises on purpose."""

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.detail = detail

    def view(self) -> ErrorView:
        """Return the error as plain data."""
        return ErrorView(type(self).__name__, self.message, self.hint, self.detail)


class MediaError(EarwitnessError, ValueError):
    """The file cannot be decoded: not audio, empty, damaged, protected, or an unknown codec."""


class ModelError(EarwitnessError, RuntimeError):
    """A model is missing or damaged, or its computation failed."""


class StorageError(EarwitnessError, OSError):
    """Data could not be stored: quota, private mode, a failed transaction."""


class NotFoundError(EarwitnessError, LookupError):
    """There is no such transcript, job or file."""


class ServerError(EarwitnessError, ConnectionError):
    """A transcription server refused a request or failed."""

    status: int = 0
    """The status of its answer; 0 where there is none."""


class ServerAwayError(ServerError):
    """A server does not answer or is busy; the same request may succeed later."""

    retry_after_s: float = 0.0
    """The time that the server asked to wait."""


class BadRequestError(EarwitnessError, ValueError):
    """A message or a parameter is invalid."""


PLATFORM_ERRORS: tuple[type[EarwitnessError], ...] = (
    EarwitnessError,
    MediaError,
    ModelError,
    StorageError,
    NotFoundError,
)
"""Classes that the browser's side of the page may raise by name."""
