"""The network for the library: `fetch`, as web/workers/fetch-bridge.js offers it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable
from typing import Any, Protocol

from earwitness.browser.bridge import answer, read, write
from earwitness.errors import ServerAwayError, ServerError
from earwitness.remote.address import origin_of
from earwitness.remote.http import Answer, Listening, Question


class PlatformFetch(Protocol):
    """`FetchBridge` in web/workers/fetch-bridge.js."""

    origin: str

    def ask(self, id: int, question: str) -> Awaitable[str]: ...

    def listen(self, id: int, question: str) -> Awaitable[str]: ...

    def next(self, id: int) -> Awaitable[str]: ...

    def hangUp(self, id: int) -> None: ...  # noqa: N802 (JavaScript's name)


class FetchWire:
    """Implements `earwitness.remote.http.Wire`."""

    def __init__(self, platform: PlatformFetch) -> None:
        self._platform = platform
        self._numbers = itertools.count(1)

    @property
    def origin(self) -> str:
        """Where the page came from."""
        return self._platform.origin

    async def ask(self, question: Question) -> Answer:
        """Send a request and wait for all of the answer."""
        number = next(self._numbers)
        try:
            told = read(await answer(self._platform.ask(number, write(question))))
        except asyncio.CancelledError:
            self._platform.hangUp(number)
            raise
        return self._heard(told, question.url)

    async def listen(self, question: Question) -> Listening:
        """Send a request and wait for the beginning of the answer."""
        number = next(self._numbers)
        try:
            told = read(await answer(self._platform.listen(number, write(question))))
        except asyncio.CancelledError:
            self._platform.hangUp(number)
            raise
        return _Stream(self, number, self._heard(told, question.url), question.url)

    async def next(self, number: int, url: str) -> str | None:
        """More of an answer that was begun; None at its end."""
        told = read(await answer(self._platform.next(number)))
        if "lost" in told:
            raise self._lost(told, url)
        return told["text"]

    def hang_up(self, number: int) -> None:
        """End a request; nothing happens when it is over."""
        self._platform.hangUp(number)

    def _heard(self, told: dict[str, Any], url: str) -> Answer:
        if "lost" in told:
            raise self._lost(told, url)
        return Answer(told["status"], told["headers"], told["text"])

    def _lost(self, told: dict[str, Any], url: str) -> ServerError:
        origin = origin_of(url)
        if told["lost"] == "blocked":
            return ServerError(
                f"This page may not talk to {origin}: the server it came from does not allow it.",
                hint=f"Start that one with EARWITNESS_CONNECT_ORIGINS={origin}, then reload.",
                detail=told["detail"],
            )
        allow = ""
        if origin != self.origin:
            allow = f" If it runs, it must allow this page: EARWITNESS_CORS_ORIGINS={self.origin}."
        return ServerAwayError(
            f"{origin} does not answer.",
            hint=f"Check the connection.{allow}",
            detail=told["detail"],
        )


class _Stream:
    """Implements `earwitness.remote.http.Listening`."""

    def __init__(self, wire: FetchWire, number: int, answer: Answer, url: str) -> None:
        self._wire = wire
        self._number = number
        self._answer = answer
        self._url = url

    @property
    def answer(self) -> Answer:
        """Its status and headers."""
        return self._answer

    async def next(self) -> str | None:
        """More of the body; None at its end."""
        return await self._wire.next(self._number, self._url)

    def close(self) -> None:
        """Hang up."""
        self._wire.hang_up(self._number)
