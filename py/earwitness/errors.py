"""The error roots. A leaf's message says what happened and what to do next.

`EarwitnessError.view()` is the one shape in which an error crosses a thread or the network.
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
    """What to do next, one sentence for the user."""
    detail: str = ""
    """For a bug report; never needed to understand the message."""


class EarwitnessError(Exception):
    """Root of everything Earwitness raises on purpose."""

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.detail = detail

    def view(self) -> ErrorView:
        """The error as plain data, for a message or an HTTP answer."""
        return ErrorView(type(self).__name__, self.message, self.hint, self.detail)


class MediaError(EarwitnessError, ValueError):
    """The file cannot be heard: not audio, empty, damaged, protected, or an unknown codec."""


class ModelError(EarwitnessError, RuntimeError):
    """A model is missing, damaged, or failed while it computed."""


class StorageError(EarwitnessError, OSError):
    """The device could not keep what it was given: quota, private mode, a failed transaction."""


class NotFoundError(EarwitnessError, LookupError):
    """No transcript, job or file of that name."""


class ServerError(EarwitnessError, ConnectionError):
    """A transcription server refused, or failed."""


class ServerAwayError(ServerError):
    """A server does not answer, or is too busy: the same again may succeed later."""

    retry_after_s: float = 0.0
    """How long the server asked to be left alone."""


class BadRequestError(EarwitnessError, ValueError):
    """A message or a parameter does not have the form it should."""


PLATFORM_ERRORS: tuple[type[EarwitnessError], ...] = (
    EarwitnessError,
    MediaError,
    ModelError,
    StorageError,
    NotFoundError,
)
"""Classes that the browser's side of the page may raise by name."""
