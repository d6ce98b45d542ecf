"""Security headers on every answer."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.http.middleware import HttpMiddleware
from earwitness_server.settings import Settings


def content_security_policy(connect_origins: tuple[str, ...]) -> str:
    """Return the page's policy: its own files and WebAssembly, nothing evaluated or inline."""
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
    """Return the headers that isolate the page, which gives it threads, and protect visitors."""
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


class SecurityHeaders(HttpMiddleware):
    """ASGI middleware that adds the headers to every answer, errors included."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app)
        self._headers = security_headers(settings)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the headers of its answer."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)
