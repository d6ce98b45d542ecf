"""Who may do what: the key of a request, its scopes, its rate, told from the head alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from earwitness_server.errors import ApiError
from earwitness_server.settings import Settings
from earwitness_server.storage.keys import Caller, Keys, Scope


class Guard:
    """Lets in who holds a scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope: Scope = scope

    async def admit(self, request: Request, _held: AsyncExitStack) -> Caller:
        """Decide from the head; what is put on `held` ends with the answer.

        Raises:
            ApiError: 401 without a valid key, 403 without the scope, 429 over the rate.
        """
        settings: Settings = request.app.state.settings
        if not settings.keys_required:
            return Caller()
        found = await _identify(request)
        if self._scope not in found.scopes:
            raise ApiError(
                403,
                f"This key may not {self._scope}.",
                hint="Use a key with that scope.",
                code="insufficient_scope",
            )
        await _count(request, found)
        return found

    async def caller(self, request: Request) -> Caller:
        """A dependency: whom `GuardedRoute` let in."""
        admitted: Caller = request.state.caller
        return admitted


def require(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the caller, who holds `scope`. Its route must be a `GuardedRoute`."""
    return Guard(scope).caller


class GuardedRoute(APIRoute):
    """Asks the guards among its dependencies once, before a byte of the body is read.

    FastAPI itself reads and parses the body first: a stranger could fill the disk with it.
    """

    async def handle(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer a request that was let in."""
        request = Request(scope)
        async with AsyncExitStack() as held:
            for dependency in self.dependant.dependencies:
                guard = getattr(dependency.call, "__self__", None)
                if isinstance(guard, Guard):
                    request.state.caller = await guard.admit(request, held)
            await super().handle(scope, receive, send)


async def _identify(request: Request) -> Caller:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    keys: Keys = request.app.state.keys
    given = key.strip() if scheme.lower() == "bearer" else ""
    found = await asyncio.to_thread(keys.find, given) if given else None
    if found is None:
        raise ApiError(
            401,
            "This key is not valid." if given else "This server needs a key.",
            hint="Send `Authorization: Bearer ew_…`; the operator makes keys.",
            code="invalid_api_key",
            headers={"www-authenticate": "Bearer"},
        )
    return found


async def _count(request: Request, caller: Caller) -> None:
    keys: Keys = request.app.state.keys
    most = caller.rate_per_minute
    if most is not None and await asyncio.to_thread(keys.count, caller) > most:
        raise ApiError(
            429,
            f"This key may send {most} requests a minute.",
            hint="Wait, then send it again.",
            code="rate_limit_exceeded",
            retry_after_s=60 - int(time.time()) % 60,
        )
