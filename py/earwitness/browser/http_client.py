"""The network for the library: `fetch`, as web/workers/fetch-bridge.js offers it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from earwitness.browser.bridge import settled_json
from earwitness.errors import ServerAwayError, ServerError
from earwitness.remote.address import origin_of
from earwitness.remote.http import Request, Response, ResponseStream
from earwitness.serialization import to_json


class PlatformFetch(Protocol):
    """`FetchBridge` in web/workers/fetch-bridge.js."""

    origin: str

    def request(self, id: int, request: str) -> Awaitable[str]: ...

    def stream(self, id: int, request: str) -> Awaitable[str]: ...

    def download(self, id: int, request: str) -> Awaitable[str]: ...

    def file(self, id: int) -> object: ...

    def read(self, id: int) -> Awaitable[str]: ...

    def cancel(self, id: int) -> None: ...


class FetchClient:
    """Implements `earwitness.remote.http.FileClient`."""

    def __init__(self, platform: PlatformFetch) -> None:
        self._platform = platform
        self._numbers = itertools.count(1)
        self.origin = platform.origin
        """The page's origin."""

    async def send(self, request: Request) -> Response:
        """Send a request and return its whole response."""
        return (await self._begin(self._platform.request, request))[1]

    async def stream(self, request: Request) -> ResponseStream:
        """Send a request and return its response once the headers are here."""
        number, response = await self._begin(self._platform.stream, request)
        return _Stream(response, self._platform, number, request.url)

    async def download(self, request: Request) -> tuple[Response, object]:
        """Send a request and return its response, and the body of a success as a Blob."""
        number, response = await self._begin(self._platform.download, request)
        return response, self._platform.file(number)

    async def _begin(
        self, method: Callable[[int, str], Awaitable[str]], request: Request
    ) -> tuple[int, Response]:
        number = next(self._numbers)
        try:
            found = await settled_json(method(number, to_json(request)))
        except asyncio.CancelledError:
            self._platform.cancel(number)
            raise
        _require_connection(found, request.url, self.origin)
        return number, Response(found["status"], found["headers"], found["text"])


@dataclass(frozen=True)
class _Stream:
    """Implements `earwitness.remote.http.ResponseStream`."""

    response: Response
    _platform: PlatformFetch
    _number: int
    _url: str

    async def next(self) -> str | None:
        """Return the next part of the body; None at its end."""
        found = await settled_json(self._platform.read(self._number))
        _require_connection(found, self._url, self._platform.origin)
        return found["text"]

    def close(self) -> None:
        """Close the connection."""
        self._platform.cancel(self._number)


def _require_connection(found: dict[str, Any], url: str, page_origin: str) -> None:
    """Raise why there is no connection, if the platform found none."""
    if "lost" not in found:
        return
    origin = origin_of(url)
    if found["lost"] == "blocked":
        raise ServerError(
            f"This page may not connect to {origin}: its own server does not allow it.",
            hint=f"Start that server with EARWITNESS_CONNECT_ORIGINS={origin}, then reload.",
            detail=found["detail"],
        )
    allow = ""
    if origin != page_origin:
        allow = f" The server must allow this page: EARWITNESS_CORS_ORIGINS={page_origin}."
    raise ServerAwayError(
        f"{origin} does not answer.", hint=f"Check the connection.{allow}", detail=found["detail"]
    )
