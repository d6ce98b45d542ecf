"""What no route took: a route's address with another method, an address of the API, or the page."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness_server.errors import ApiError

METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
API = ("/api/", "/v1/")
"""Where every address of it begins; what is elsewhere is the page's."""


class Fallback:
    """ASGI application behind `routes`: the page, which would else answer 404 for all of them."""

    def __init__(self, routes: Sequence[BaseRoute], page: ASGIApp) -> None:
        self._routes = tuple(routes)
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"])
        if self._takes(scope, Match.PARTIAL):
            methods = [each for each in METHODS if self._takes({**scope, "method": each})]
            allowed = ", ".join(methods)
            raise ApiError(
                405,
                f"{path[:200]!r} is not asked with {scope['method'][:20]}.",
                hint=f"Use {allowed}.",
                code="method_not_allowed",
                headers={"allow": allowed},
            )
        if path.startswith(API):
            raise ApiError(404, f"There is no {path[:200]!r} here.", hint="Check the address.")
        await self._page(scope, receive, send)

    def _takes(self, scope: Scope, how: Match = Match.FULL) -> bool:
        return any(route.matches(scope)[0] == how for route in self._routes)
