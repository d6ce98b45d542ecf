"""How a server is asked, and what its refusals mean."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from earwitness.errors import ServerAwayError, ServerError
from earwitness.remote.address import origin_of

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""The same request may succeed later."""
_HINTS = {
    401: "Put a valid key into the settings; the server's operator makes them.",
    403: "Put a key with the scopes transcribe, read and write into the settings.",
    404: "Check the server's address in the settings; for OpenAI's API it ends in /v1.",
    405: "Check the server's address in the settings; for OpenAI's API it ends in /v1.",
}


@dataclass(frozen=True, slots=True)
class AudioPart:
    """A piece of a recording on the shelf; it goes from the disk to the network."""

    path: str
    """As in `KeptAudio.path`."""
    start: int = 0
    end: int | None = None
    """None: to the end of the file."""
    name: str = ""
    """The file's name in a form."""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One request. At most one of `text` and `audio`, unless `fields` make it a form."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    text: str = ""
    audio: AudioPart | None = None
    fields: tuple[tuple[str, str], ...] = ()
    """Not empty: a multipart form of these and of the audio as `file`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status."""

    status: int
    headers: dict[str, str]
    """Names in lower case."""
    text: str = ""

    def json(self, url: str) -> Any:
        """The body as plain data.

        Raises:
            ServerError: it is no JSON.
        """
        try:
            return json.loads(self.text)
        except ValueError:
            raise ServerError(
                f"{origin_of(url)} does not answer as a transcription server does.",
                hint="Check the server's address in the settings.",
                detail=f"{self.status} {self.text[:120]!r}",
            ) from None


class Listening(Protocol):
    """An answer that goes on for as long as the server has something to say."""

    @property
    def answer(self) -> Answer:
        """Its status; the body only where that is no success."""
        ...

    async def next(self) -> str | None:
        """More of the body; None at its end.

        Raises:
            ServerAwayError: the connection broke.
        """
        ...

    def close(self) -> None:
        """Hang up; nothing happens when it is over."""
        ...


class Wire(Protocol):
    """The network, as this page may use it."""

    @property
    def origin(self) -> str:
        """Where the page came from."""
        ...

    async def ask(self, question: Question) -> Answer:
        """Send a request and wait for all of the answer; cancelling hangs up.

        Raises:
            ServerAwayError: nobody answers.
            ServerError: the page may not talk to that origin.
            NotFoundError: the audio is not on the shelf.
        """
        ...

    async def listen(self, question: Question) -> Listening:
        """Send a request and wait for the beginning of the answer. Raises as `ask`."""
        ...


def bearer(key: str) -> dict[str, str]:
    """The header that carries a key."""
    return {"authorization": f"Bearer {key}"} if key else {}


def checked(answer: Answer, url: str, *fine: int) -> Answer:
    """The answer, when it is a success or one of the statuses named `fine`.

    Raises:
        ServerAwayError: it may succeed later.
        ServerError: it will not, until something is changed.
    """
    if 200 <= answer.status < 300 or answer.status in fine:
        return answer
    # A host that only serves a page has words of its own for a path it does not have.
    said = "" if answer.status in (404, 405) else _said(answer.text)
    message = f"{origin_of(url)}: {said}" if said else _unsaid(answer.status, url)
    detail = f"{answer.status} {url}"
    if answer.status in _PASSING:
        error = ServerAwayError(message, hint="It goes on by itself.", detail=detail)
        error.retry_after_s = _retry_after_s(answer.headers)
        raise error
    hint = _HINTS.get(answer.status, "Retry it later, or transcribe it on this device.")
    raise ServerError(message, hint=hint, detail=detail)


def _said(text: str) -> str:
    try:
        body: Any = json.loads(text)
        return str(body["error"]["message"])[:400]
    except (ValueError, LookupError, TypeError):
        return ""


def _unsaid(status: int, url: str) -> str:
    if status in (404, 405):
        return f"There is no transcription server at {origin_of(url)}."
    return f"{origin_of(url)} answered with status {status}."


def _retry_after_s(headers: Mapping[str, str]) -> float:
    try:
        return min(600.0, max(0.0, float(headers.get("retry-after", "0"))))
    except ValueError:
        return 0.0
