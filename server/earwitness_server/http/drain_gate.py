"""Refuses requests for the API while the server stops, and answers those that are cut off."""

from __future__ import annotations

import asyncio

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.drain import Drain, StoppingError
from earwitness_server.errors import answer
from earwitness_server.http import API
from earwitness_server.http.middleware import HttpMiddleware


class DrainGate(HttpMiddleware):
    """ASGI middleware around every request."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        super().__init__(app)
        self._drain = drain

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless the server stops."""
        answered = False

        async def send_marked(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                if self._drain.begun.is_set():
                    # A connection that is kept would only be used for requests that are refused.
                    MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        if self._drain.begun.is_set() and scope["path"].startswith(API):
            await answer(StoppingError())(scope, receive, send_marked)
            return
        try:
            await self.app(scope, receive, send_marked)
        except asyncio.CancelledError:
            if answered or not self._drain.over.is_set():
                raise
            await answer(StoppingError())(scope, receive, send_marked)
