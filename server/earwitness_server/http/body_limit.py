"""Limits on the size and the speed of request bodies."""

from __future__ import annotations

import asyncio
import time

from earwitness.formats.limits import BYTES_MAX
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.errors import ApiError, answer
from earwitness_server.http import SHARE_TARGET
from earwitness_server.http.middleware import HttpMiddleware
from earwitness_server.settings import Settings

JSON_BYTES = 1 << 20
"""The largest body that is not a recording."""


class BodyLimit(HttpMiddleware):
    """ASGI middleware that counts the bytes which arrive, whatever Content-Length claims."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app)
        self._settings = settings

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse its body."""
        most = self._most(scope)
        claimed = Headers(scope=scope).get("content-length", "0")
        if not claimed.isdigit() or int(claimed) > most:
            await answer(too_large(most, close=True))(scope, receive, send)
            return
        received, ended, waited_s = 0, False, 0.0

        async def counted() -> Message:
            nonlocal received, ended, waited_s
            if ended:
                return await receive()
            began = time.monotonic()
            try:
                message = await asyncio.wait_for(receive(), self._settings.upload_idle_s)
            except TimeoutError:
                raise _too_slow("The request stopped arriving.") from None
            # Only waiting counts: the time to process a piece is ours, not the sender's.
            waited_s += time.monotonic() - began
            received += len(message.get("body", b""))
            ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
            if received > most:
                raise too_large(most, close=True)
            if not ended and self._is_too_slow(received, waited_s):
                raise _too_slow("The request arrives too slowly.")
            return message

        await self.app(scope, counted, send)

    def _is_too_slow(self, received: int, waited_s: float) -> bool:
        settings = self._settings
        beyond_s = waited_s - settings.upload_idle_s
        return beyond_s > 0 and received < beyond_s * settings.upload_slowest_bytes_s

    def _most(self, scope: Scope) -> int:
        path: str = scope["path"]
        if path.startswith(("/v1/audio/", "/api/uploads")) or path == SHARE_TARGET:
            return self._settings.max_upload_bytes + JSON_BYTES
        return BYTES_MAX if path == "/api/transcripts/import" else JSON_BYTES


def _too_slow(message: str) -> ApiError:
    return ApiError(
        408,
        message,
        hint="Send it again over a better connection, or use a resumable upload.",
        code="request_timeout",
        headers={"connection": "close"},
    )


def too_large(limit_bytes: int, *, close: bool = False) -> ApiError:
    """Return the error of a body over the limit; `close` ends the connection with it."""
    return ApiError(
        413,
        f"This is larger than the limit of {limit_bytes >> 20} MiB.",
        hint="Cut the recording, or send it as Opus or MP3.",
        code="file_too_large",
        headers={"connection": "close"} if close else None,
    )
