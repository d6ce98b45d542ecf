"""Refuse requests that were not meant for this server, or whose address no database can hold."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness_server.errors import ApiError, answer
from earwitness_server.http import API, SHARE_TARGET
from earwitness_server.http.middleware import HttpMiddleware
from earwitness_server.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
PROBES = ("/healthz", "/readyz")
"""Supervisors of containers ask for these by IP address; the answers reveal nothing."""


class RequestGuard(HttpMiddleware):
    """ASGI middleware that refuses requests which another site makes a browser send here.

    On loopback there is no key, so two attacks would work otherwise: a name of the attacker's
    that resolves to 127.0.0.1 (the Host is foreign then), and a form posted across origins.

    It also refuses NUL characters in addresses of the API. PostgreSQL accepts none; SQLite would,
    but both databases are to answer alike.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app)
        self._hosts = settings.hosts or (LOOPBACK_NAMES if settings.loopback else ())
        self._cors = settings.cors_origins

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        refusal = self._refusal(scope, Headers(scope=scope))
        await (answer(refusal) if refusal else self.app)(scope, receive, send)

    def _refusal(self, scope: Scope, headers: Headers) -> ApiError | None:
        path, method = scope["path"], scope["method"]
        host = headers.get("host", "")
        name = _parts(f"//{host}").hostname or ""
        probe = method in ("GET", "HEAD") and path in PROBES
        if self._hosts and name not in self._hosts and not probe:
            return ApiError(
                403,
                f"This server does not answer to the name {name[:80]!r}.",
                hint="Use the address it printed, or add the name to EARWITNESS_HOSTS.",
                code="host_not_allowed",
            )
        origin = headers.get("origin", "")
        allowed = not origin or origin in self._cors or "*" in self._cors
        foreign = not allowed and _parts(origin).netloc != host
        harmless = method in ("GET", "HEAD", "OPTIONS") or path == SHARE_TARGET
        if foreign and not harmless:
            return ApiError(
                403,
                f"Pages from {origin[:80]!r} may not call this server.",
                hint="Add that origin to EARWITNESS_CORS_ORIGINS to allow it.",
                code="origin_not_allowed",
            )
        if path.startswith(API) and ("\0" in path or b"%00" in scope["query_string"]):
            message = "The address holds a NUL character (%00)."
            return ApiError(400, message, hint="Leave it out.", code="invalid_value")
        return None


def _parts(address: str) -> SplitResult:
    """Return the parts of an address; none where it is malformed."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
