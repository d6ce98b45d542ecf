"""Refuse requests that were not meant for this server, or whose address no database can hold."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness_server.errors import error_response
from earwitness_server.http import API
from earwitness_server.http.middleware import HttpMiddleware
from earwitness_server.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
PROBES = ("/healthz", "/readyz")
"""Supervisors of containers ask for these by IP address; the answers reveal nothing."""


class OriginGuard(HttpMiddleware):
    """ASGI middleware that refuses requests which another site makes a browser send here.

    On loopback there is no key, so two attacks would work otherwise: a name of the attacker's
    that resolves to 127.0.0.1 (the Host is foreign then), and a form posted across origins.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app)
        self._hosts = settings.hosts or (LOOPBACK_NAMES if settings.loopback else ())
        self._cors = settings.cors_origins

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        problem = self._problem(Headers(scope=scope), scope["method"], scope["path"])
        app = error_response(403, problem[1], code=problem[0]) if problem else self.app
        await app(scope, receive, send)

    def _problem(self, headers: Headers, method: str, path: str) -> tuple[str, str] | None:
        host = headers.get("host", "")
        name = _parts(f"//{host}").hostname or ""
        probe = method in ("GET", "HEAD") and path in PROBES
        if self._hosts and name not in self._hosts and not probe:
            return "host_not_allowed", (
                f"This server does not answer to the name {name[:80]!r}. "
                "Use the address it printed, or add the name to EARWITNESS_HOSTS."
            )
        origin = headers.get("origin")
        if method in ("GET", "HEAD", "OPTIONS") or not origin or self._is_allowed(origin):
            return None
        if _parts(origin).netloc != host:
            return "origin_not_allowed", (
                f"Pages from {origin[:80]!r} may not call this server. "
                "Add that origin to EARWITNESS_CORS_ORIGINS to allow it."
            )
        return None

    def _is_allowed(self, origin: str) -> bool:
        return origin in self._cors or "*" in self._cors


class NulGuard(HttpMiddleware):
    """ASGI middleware that refuses NUL characters in addresses of the API.

    PostgreSQL accepts none; SQLite would, but both databases are to answer alike.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        app = self.app
        if scope["path"].startswith(API) and _has_nul(scope):
            message = "The address holds a NUL character (%00). Leave it out."
            app = error_response(400, message, code="invalid_value")
        await app(scope, receive, send)


def _has_nul(scope: Scope) -> bool:
    return "\0" in scope["path"] or b"%00" in scope["query_string"]


def _parts(address: str) -> SplitResult:
    """Return the parts of an address; none where it is malformed."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
