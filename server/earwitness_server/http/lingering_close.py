"""The end of a request whose body nobody read: the answer arrives all the same.

A connection closed over bytes that still come is reset, and a client that sends its whole body
first then loses the answer with it. So the answer goes out at once, and what comes is thrown away
for a while before the connection is closed.
"""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LINGER_S = 5.0
"""For so long the rest of a body is taken, and thrown away."""
LINGER_BYTES = 64 << 20
"""So much of it at most."""


class LingeringClose:
    """Holds the end of the answer back while the rest of the body is on its way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_body(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        ended, last = False, None

        async def watched() -> Message:
            nonlocal ended
            message = await receive()
            ended = _is_last(message)
            return message

        async def held_back(message: Message) -> None:
            nonlocal last
            if message["type"] == "http.response.start" and not ended:
                MutableHeaders(scope=message)["connection"] = "close"
            if message["type"] == "http.response.body" and not ended:
                if not message.get("more_body", False):
                    last = {"type": "http.response.body", "body": b"", "more_body": False}
                message = {**message, "more_body": True}
            await send(message)

        await self._app(scope, watched, held_back)
        if last is not None:
            try:
                async with asyncio.timeout(LINGER_S):
                    await _throw_away(receive)
            except TimeoutError:
                pass
            await send(last)


async def _throw_away(receive: Receive) -> None:
    taken = 0
    while taken < LINGER_BYTES:
        message = await receive()
        if _is_last(message):
            return
        taken += len(message.get("body", b""))


def _is_last(message: Message) -> bool:
    return message["type"] == "http.disconnect" or not message.get("more_body", False)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
