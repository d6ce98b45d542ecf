"""Security headers on every answer, and the check that a request was meant for this server."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.errors import error_response
from earwitness_server.settings import Settings

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
PROBES = ("/healthz", "/readyz")
"""Asked for by address, by whoever runs the container; they tell nothing that needs a guard."""


def content_security_policy(connect_origins: tuple[str, ...]) -> str:
    """The page's policy: everything from here, WebAssembly allowed, nothing evaluated or inline."""
    rules = {
        "default-src": "'self'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "worker-src": "'self'",
        "connect-src": " ".join(("'self'", *connect_origins)),
        "img-src": "'self' data: blob:",
        "media-src": "'self' blob:",
        "style-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def security_headers(settings: Settings) -> dict[str, str]:
    """Headers that isolate the page (so that it gets threads) and tell the browser to be strict."""
    headers = {
        "content-security-policy": content_security_policy(settings.connect_origins),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp",
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "permissions-policy": "camera=(), geolocation=(), payment=(), usb=()",
    }
    if settings.tls or settings.behind_proxy:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


class SecurityHeaders:
    """Adds the headers to every answer, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._headers = security_headers(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OriginGuard:
    """Refuses requests that another site makes a visitor's browser send here.

    On loopback there is no key, so two tricks would otherwise work: a name of the attacker's
    that resolves to 127.0.0.1 (the Host is then not ours), and a form posted across origins.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._hosts = settings.hosts or (LOOPBACK_NAMES if settings.loopback else ())
        self._cors = settings.cors_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            problem = self._problem(Headers(scope=scope), scope["method"], scope["path"])
            if problem:
                code, message = problem
                response = error_response(403, message, code=code, kind="permission_error")
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)

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
        if method in ("GET", "HEAD", "OPTIONS") or not origin or origin in self._cors:
            return None
        if _parts(origin).netloc != host:
            return "origin_not_allowed", (
                f"Pages from {origin[:80]!r} may not call this server. "
                "Add that origin to EARWITNESS_CORS_ORIGINS to allow it."
            )
        return None


def _parts(address: str) -> SplitResult:
    """What is no address has no parts."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")
