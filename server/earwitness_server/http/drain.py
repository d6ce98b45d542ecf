"""Stopping: what is in flight may end within a grace, the rest is told so, nobody new is let in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.errors import ApiError, error_response
from earwitness_server.http.fallback import API

RETRY_S = 5
LAST_WORDS_S = 1.0
"""After the grace: for those that were refused to say so, and once more for those cut off."""


def stopping() -> ApiError:
    """The answer to whoever cannot be served to the end any more."""
    return ApiError(
        503,
        "The server is stopping.",
        hint="Send it again in a moment.",
        code="server_stopping",
        retry_after_s=RETRY_S,
        headers={"connection": "close"},
    )


class Drain:
    """Where this process stands on its way out. Belongs to the web's loop."""

    def __init__(self) -> None:
        self._begun = self._over = False
        self._on_begin: list[Callable[[], None]] = []
        self._on_over: list[Callable[[], None]] = []
        self._meanwhile: list[Callable[[], None]] = []

    def begun(self) -> bool:
        """The process was told to stop."""
        return self._begun

    def over(self) -> bool:
        """So long ago that nothing may go on."""
        return self._over

    def on_begin(self, call: Callable[[], None]) -> None:
        """Call this when the process is told to stop."""
        self._on_begin.append(call)

    def on_over(self, call: Callable[[], None]) -> None:
        """Call this when the grace is over, if anything is left then."""
        self._on_over.append(call)

    def meanwhile(self, call: Callable[[], None]) -> None:
        """Run this in a thread from the beginning on; its end is waited for as a request's is."""
        self._meanwhile.append(call)

    async def run(self, tasks: Iterable[asyncio.Task[None]], grace_s: float) -> None:
        """See those requests to their end: their own within the grace, else a refusal."""
        left: set[asyncio.Future[Any]] = set(tasks)
        self._begun = True
        for call in self._on_begin:
            call()
        left |= {asyncio.ensure_future(asyncio.to_thread(call)) for call in self._meanwhile}
        left = await _ended(left, grace_s)
        self._over = True
        if not left:
            return
        for call in self._on_over:
            call()
        left = await _ended(left, LAST_WORDS_S)
        # Bodies that still arrive, for one: `DrainGate` answers for them.
        for each in left:
            each.cancel()
        await _ended(left, LAST_WORDS_S)


async def _ended(futures: set[asyncio.Future[Any]], within_s: float) -> set[asyncio.Future[Any]]:
    """Those that have not ended within this time."""
    return (await asyncio.wait(futures, timeout=within_s))[1] if futures else futures


class DrainGate:
    """Around every request: refuses new ones for the API, and answers for those cut off."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self._app = app
        self._drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answered = False

        async def send_marked(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                answered = True
                if self._drain.begun():
                    # A connection that is kept would only be used for what is refused.
                    MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        if self._drain.begun() and scope["path"].startswith(API):
            await _refuse(scope, receive, send_marked)
            return
        try:
            await self._app(scope, receive, send_marked)
        except asyncio.CancelledError:
            if answered or not self._drain.over():
                raise
            await _refuse(scope, receive, send_marked)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    error = stopping()
    response = error_response(error.status, str(error), code=error.code, headers=error.headers)
    await response(scope, receive, send)
