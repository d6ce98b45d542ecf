"""Lingering close: an answer that comes before the end of the body arrives all the same.

A connection that is closed while bytes still arrive is reset, and a client that sends its whole
body first loses the answer. So the answer goes out at once, and the rest of the body is read and
discarded for a while before the connection is closed.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from earwitness_server.http.middleware import HttpMiddleware

LINGER_S = 5.0
"""How long the rest of a body is read and discarded."""
LINGER_BYTES = 64 << 20
"""How much of it at most."""


class LingeringClose(HttpMiddleware):
    """ASGI middleware that holds the end of an answer back while the rest of the body arrives."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and end its answer when its body has ended."""
        if not _has_body(Headers(scope=scope)):
            await self.app(scope, receive, send)
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

        await self.app(scope, watched, held_back)
        if last is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LINGER_S):
                    await _discard(receive)
            await send(last)


async def _discard(receive: Receive) -> None:
    taken = 0
    while taken < LINGER_BYTES and not _is_last(message := await receive()):
        taken += len(message.get("body", b""))


def _is_last(message: Message) -> bool:
    return message["type"] == "http.disconnect" or not message.get("more_body", False)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
