"""Who may do what: the key of a request, its scopes, its rate."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from fastapi import Request

from earwitness_server.errors import ApiError
from earwitness_server.settings import Settings
from earwitness_server.storage.keys import Caller, Keys, Scope


def require(scope: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the caller, who holds `scope`.

    Raises:
        ApiError: 401 without a valid key, 403 without the scope, 429 over the rate.
    """

    async def caller(request: Request) -> Caller:
        settings: Settings = request.app.state.settings
        if not settings.keys_required:
            return Caller()
        found = await _identify(request)
        if scope not in found.scopes:
            raise ApiError(
                403,
                f"This key may not {scope}.",
                hint="Use a key with that scope.",
                code="insufficient_scope",
            )
        if found.rate_per_minute is not None:
            keys: Keys = request.app.state.keys
            if await asyncio.to_thread(keys.count, found) > found.rate_per_minute:
                raise ApiError(
                    429,
                    f"This key may send {found.rate_per_minute} requests a minute.",
                    hint="Wait, then send it again.",
                    code="rate_limit_exceeded",
                    retry_after_s=60 - int(time.time()) % 60,
                )
        return found

    return caller


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
