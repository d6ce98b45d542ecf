"""Addresses of the API with a NUL character are refused: PostgreSQL takes none."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness_server.errors import error_response
from earwitness_server.http.fallback import API


class NulGuard:
    """ASGI middleware; both databases are to answer alike."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(API) and _has_nul(scope):
            response = error_response(
                400,
                "The address holds a NUL character (%00). Leave it out.",
                code="invalid_value",
            )
            await response(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _has_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"%00" in scope["query_string"]
