"""Request bodies: never larger than allowed, never slower than a trickle."""

from __future__ import annotations

import asyncio
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.errors import ApiError, error_response
from earwitness_server.settings import Settings

JSON_BYTES = 1 << 20
"""Largest body that is no recording."""


class BodyLimit:
    """Counts what arrives, whatever Content-Length claims."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._most(scope)
        claimed = Headers(scope=scope).get("content-length", "0")
        if not claimed.isdigit() or int(claimed) > most:
            error = _too_large(most)
            response = error_response(413, str(error), code=error.code, headers=error.headers)
            await response(scope, receive, send)
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
            # Only waiting counts: what we need ourselves to take a piece in is not the sender's.
            waited_s += time.monotonic() - began
            received += len(message.get("body", b""))
            ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
            if received > most:
                raise _too_large(most)
            if not ended and self._trickles(received, waited_s):
                raise _too_slow("The request arrives too slowly.")
            return message

        await self._app(scope, counted, send)

    def _trickles(self, received: int, waited_s: float) -> bool:
        settings = self._settings
        beyond_s = waited_s - settings.upload_idle_s
        return beyond_s > 0 and received < beyond_s * settings.upload_slowest_bytes_s

    def _most(self, scope: Scope) -> int:
        path: str = scope["path"]
        if path.startswith(("/v1/audio/", "/api/uploads")):
            return self._settings.max_upload_bytes + JSON_BYTES
        return JSON_BYTES


def _too_slow(message: str) -> ApiError:
    return ApiError(
        408,
        message,
        hint="Send it again over a better connection, or use a resumable upload.",
        code="request_timeout",
        headers={"connection": "close"},
    )


def _too_large(most: int) -> ApiError:
    return ApiError(
        413,
        f"This is larger than the {most >> 20} MiB that may be sent here.",
        hint="Cut the recording, or send it as Opus or MP3.",
        code="file_too_large",
        headers={"connection": "close"},
    )
