"""HTTP as the clients use it: requests, responses, the client Protocol, errors of a status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from earwitness.errors import ServerAwayError, ServerError
from earwitness.remote.address import origin_of

_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed later."""
RETRY_AFTER_MAX_S = 600.0
VERSION_HEADER = "earwitness-version"
"""The version of the page that sends a request to an Earwitness server; 0.1.0 sends none."""
_HINTS = {
    401: "Enter a valid key in Settings. The server's operator creates keys.",
    403: "Enter a key with the scopes transcribe, read and write in Settings.",
    404: "Check the server's address in Settings. For OpenAI's API it ends in /v1.",
    405: "Check the server's address in Settings. For OpenAI's API it ends in /v1.",
}


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A part of a stored recording; it is streamed from the disk to the network."""

    path: str
    """As in `StoredAudio.path`."""
    start: int = 0
    """The first byte."""
    end: int | None = None
    """The byte after the last one; None: to the end of the file."""
    name: str = ""
    """The file's name in a form."""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. Its body is `text` or `audio`; with `fields` it is a form."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    text: str = ""
    audio: AudioPart | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """Not empty: a multipart form of these fields and of the audio as `file`."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response of any status."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    text: str = ""

    def json(self, url: str) -> Any:
        """Return the body as plain data.

        Raises:
            ServerError: the body is not JSON.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise ServerError(
                f"{origin_of(url)} does not answer like a transcription server.",
                hint="Check the server's address in Settings.",
                detail=f"{self.status} {self.text[:120]!r}",
            ) from None


class ResponseStream(Protocol):
    """A response whose body is read while it arrives."""

    @property
    def response(self) -> Response:
        """Status and headers; the body only where the status is an error."""
        ...

    async def next(self) -> str | None:
        """Return the next part of the body; None at its end.

        Raises:
            ServerAwayError: the connection broke.
        """
        ...

    def close(self) -> None:
        """Close the connection; a closed one stays closed."""
        ...


class HttpClient(Protocol):
    """The network, as this page may use it."""

    @property
    def origin(self) -> str:
        """The page's origin."""
        ...

    async def send(self, request: Request) -> Response:
        """Send a request and return its whole response; cancelling closes the connection.

        Raises:
            ServerAwayError: the server does not answer.
            ServerError: the page may not talk to that origin.
            NotFoundError: the audio is not stored here.
        """
        ...

    async def stream(self, request: Request) -> ResponseStream:
        """Send a request and return its response once the headers are here. Raises as `send`."""
        ...


class ServerClient:
    """A client of one server, with one key."""

    headers: ClassVar[dict[str, str]] = {}
    """Sent with every request, beside the key."""

    def __init__(self, http: HttpClient, base: str, key: str) -> None:
        """`key`: empty for a server that needs none."""
        self._http = http
        self._base = base
        self._headers = {"authorization": f"Bearer {key}"} if key else {}
        self._headers |= self.headers


def require_success(response: Response, url: str, *accepted: int) -> Response:
    """Return the response if it is a success or has one of the `accepted` statuses.

    Raises:
        ServerAwayError: the same request may succeed later.
        ServerError: the same request fails again.
    """
    if 200 <= response.status < 300 or response.status in accepted:
        return response
    # A host that serves only a page words its own error for a path that it does not have.
    told = "" if response.status in (404, 405) else _error_message(response.text)
    message = f"{origin_of(url)}: {told}" if told else _status_message(response.status, url)
    detail = f"{response.status} {url}"
    if response.status in _TEMPORARY:
        error = ServerAwayError(message, hint="Earwitness tries again by itself.", detail=detail)
        error.retry_after_s = _retry_after_s(response.headers)
    else:
        hint = _HINTS.get(response.status, "Try again later, or transcribe on this device.")
        error = ServerError(message, hint=hint, detail=detail)
    error.status = response.status
    raise error


def _error_message(text: str) -> str:
    try:
        body: Any = json.loads(text)
        return str(body["error"]["message"])[:400]
    except (ValueError, LookupError, TypeError):
        return ""


def _status_message(status: int, url: str) -> str:
    if status in (404, 405):
        return f"There is no transcription server at {origin_of(url)}."
    return f"{origin_of(url)} answered with status {status}."


def _retry_after_s(headers: Mapping[str, str]) -> float:
    try:
        return min(RETRY_AFTER_MAX_S, max(0.0, float(headers.get("retry-after", "0"))))
    except ValueError:
        return 0.0
