"""Request bodies: never larger than allowed, never slower than a trickle."""

from __future__ import annotations

import asyncio

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
        received, ended = 0, False

        async def counted() -> Message:
            nonlocal received, ended
            if ended:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self._settings.upload_idle_s)
            except TimeoutError:
                raise ApiError(
                    408,
                    "The request stopped arriving.",
                    hint="Send it again over a better connection, or use a resumable upload.",
                    code="request_timeout",
                    headers={"connection": "close"},
                ) from None
            received += len(message.get("body", b""))
            ended = message["type"] == "http.disconnect" or not message.get("more_body", False)
            if received > most:
                raise _too_large(most)
            return message

        await self._app(scope, counted, send)

    def _most(self, scope: Scope) -> int:
        path: str = scope["path"]
        if path.startswith(("/v1/audio/", "/api/uploads")):
            return self._settings.max_upload_bytes + JSON_BYTES
        return JSON_BYTES


def _too_large(most: int) -> ApiError:
    return ApiError(
        413,
        f"This is larger than the {most >> 20} MiB that may be sent here.",
        hint="Cut the recording, or send it as Opus or MP3.",
        code="file_too_large",
        headers={"connection": "close"},
    )
