"""The request log: an id, a line, a time and a trace for each request; an answer even to a bug."""

from __future__ import annotations

import secrets
import time

from opentelemetry.trace import INVALID_SPAN, Span
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Receive, Scope, Send

from earwitness_server.errors import ApiError, answer
from earwitness_server.http import API
from earwitness_server.http.middleware import HttpMiddleware
from earwitness_server.observability.log import log
from earwitness_server.observability.metrics import FAILURES, REQUESTS
from earwitness_server.observability.tracing import tracing


class RequestLog(HttpMiddleware):
    """ASGI middleware that logs method, route, status and time; never a query, a name or a body."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log it."""
        if not scope["path"].startswith(API):
            # Traces of the page's files and of health checks would hide the others.
            await self._logged(scope, receive, send, INVALID_SPAN)
            return
        with tracing.request(scope["method"], Headers(scope=scope)) as span:
            await self._logged(scope, receive, send, span)

    async def _logged(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        request_id = secrets.token_hex(8)
        began, status = time.perf_counter(), 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        try:
            await self.app(scope, receive, send_marked)
        except Exception as error:
            FAILURES.labels(_route(scope)).inc()
            log.error("bug", request=request_id, route=_route(scope), exc_info=error)
            if not status:
                failed = ApiError(500, "The server failed on this request.", code="server_error")
                await answer(failed)(scope, receive, send_marked)
        finally:
            took_s = time.perf_counter() - began
            route = _route(scope)
            tracing.record_answer(span, route, status, request_id)
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
    """Return the route's pattern, so that ids make no new series; all the page's files are one."""
    route = scope.get("route")
    path = getattr(route, "path", "")
    return path if isinstance(path, str) and path.startswith(("/v1", "/api", "/m")) else "page"
