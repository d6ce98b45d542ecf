"""Around every request: an id, a line in the log, a time, an answer even when there is a bug."""

from __future__ import annotations

import secrets
import time

from opentelemetry.trace import INVALID_SPAN, Span
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness_server.errors import error_response
from earwitness_server.observability.log import log
from earwitness_server.observability.metrics import FAILURES, REQUESTS
from earwitness_server.observability.tracing import tracing


class RequestLog:
    """Logs method, route, status and time; never an address's query, a name or a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if not scope["path"].startswith(("/v1/", "/api/")):
            # The page's files and the questions of a supervisor would hide what matters.
            await self._observed(scope, receive, send, INVALID_SPAN)
            return
        with tracing.request(scope["method"], Headers(scope=scope)) as span:
            await self._observed(scope, receive, send, span)

    async def _observed(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        request_id = secrets.token_hex(8)
        began, status = time.perf_counter(), 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_marked)
        except Exception as error:
            FAILURES.labels(_route(scope)).inc()
            log.error("bug", request=request_id, route=_route(scope), exc_info=error)
            if not status:
                response = error_response(
                    500,
                    "The server failed on this request.",
                    code="server_error",
                )
                await response(scope, receive, send_marked)
        finally:
            took_s = time.perf_counter() - began
            route = _route(scope)
            tracing.answered(span, route, status, request_id)
            if route != "page":
                REQUESTS.labels(scope["method"], route, str(status)).observe(took_s)
                log.info(
                    "request",
                    request=request_id,
                    method=scope["method"],
                    route=route,
                    status=status,
                    took_ms=round(took_s * 1000, 1),
                )


def _route(scope: Scope) -> str:
    """The route's pattern, so that ids make no new series; the page's files are one."""
    route = scope.get("route")
    path = getattr(route, "path", "")
    return path if isinstance(path, str) and path.startswith(("/v1", "/api", "/m")) else "page"
