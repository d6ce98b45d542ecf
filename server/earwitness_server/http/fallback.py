"""Fallback for unmatched paths: a wrong method, an unknown address of the API, or the page."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness_server.errors import ApiError
from earwitness_server.http import API
from earwitness_server.http.static_page import unknown_address

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")


class Fallback:
    """ASGI application behind `routes`: without it the page would answer 404 to all of them."""

    def __init__(self, routes: Sequence[BaseRoute], page: ASGIApp) -> None:
        self._routes = tuple(routes)
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file of the page, or refuse the method of a known route.

        Raises:
            ApiError: 405, a route has the path and not the method; 404, neither has the path.
        """
        path = str(scope["path"])
        if self._matches(scope, Match.PARTIAL):
            methods = [each for each in METHODS if self._matches({**scope, "method": each})]
            allowed = ", ".join(methods)
            raise ApiError(
                405,
                f"{scope['method'][:20]} is not allowed for {path[:200]}.",
                hint=f"Use {allowed}.",
                code="method_not_allowed",
                headers={"allow": allowed},
            )
        if path.startswith(API):
            raise unknown_address(path)
        await self._page(scope, receive, send)

    def _matches(self, scope: Scope, how: Match = Match.FULL) -> bool:
        return any(route.matches(scope)[0] == how for route in self._routes)
