"""Authentication and scopes: the key of a request, checked from its head, before the body."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from typing import Annotated

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from earwitness_server.errors import ApiError
from earwitness_server.services import services_of
from earwitness_server.storage.keys import Caller, Keys, Scope


class Guard:
    """Admits the callers who have a scope."""

    def __init__(self, scope: Scope) -> None:
        self._scope: Scope = scope

    async def admit(self, request: Request, _held: AsyncExitStack) -> Caller:
        """Return the caller; contexts entered on `held` end with the answer.

        Raises:
            ApiError: 401 without a valid key, 403 without the scope, 429 over the rate.
        """
        services = await services_of(request)
        if not services.settings.keys_required:
            return Caller()
        found = await _identify(services.keys, request.headers.get("authorization", ""))
        if self._scope not in found.scopes:
            raise ApiError(
                403,
                f"This key lacks the scope {self._scope}.",
                hint="Use a key with that scope.",
                code="insufficient_scope",
            )
        await _count(services.keys, found)
        return found

    async def caller(self, request: Request) -> Caller:
        """Return the caller whom `GuardedRoute` admitted; a dependency."""
        admitted: Caller = request.state.caller
        return admitted


MayTranscribe = Annotated[Caller, Depends(Guard("transcribe").caller)]
MayRead = Annotated[Caller, Depends(Guard("read").caller)]
MayWrite = Annotated[Caller, Depends(Guard("write").caller)]
MayOperate = Annotated[Caller, Depends(Guard("operate").caller)]
"""The caller, who has this scope. Its route must be a `GuardedRoute`."""


class GuardedRoute(APIRoute):
    """Asks the guards among its dependencies once, before a byte of the body is read.

    FastAPI itself reads and parses the body first, with which a stranger could fill the disk.
    """

    async def handle(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer a request that was admitted."""
        request = Request(scope)
        async with AsyncExitStack() as held:
            for dependency in self.dependant.dependencies:
                guard = getattr(dependency.call, "__self__", None)
                if isinstance(guard, Guard):
                    request.state.caller = await guard.admit(request, held)
            await super().handle(scope, receive, send)


async def _identify(keys: Keys, authorization: str) -> Caller:
    scheme, _, key = authorization.partition(" ")
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


async def _count(keys: Keys, caller: Caller) -> None:
    limit = caller.rate_per_minute
    if limit is not None and await asyncio.to_thread(keys.count, caller) > limit:
        raise ApiError(
            429,
            f"This key allows {limit} requests a minute.",
            hint="Wait, then send it again.",
            code="rate_limit_exceeded",
            retry_after_s=60 - int(time.time()) % 60,
        )
