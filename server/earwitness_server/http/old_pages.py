"""Answers for pages of 0.1.0, which refuse fields that they do not know."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Coroutine
from typing import Any, cast

from earwitness.remote.http import VERSION_HEADER
from earwitness.serialization import AddedFields, from_newer_plain, to_plain
from fastapi import Request, Response
from starlette.datastructures import Headers

from earwitness_server.http.auth import GuardedRoute


def added_fields(headers: Headers) -> AddedFields:
    """Return "none" for a page of 0.1.0 and "all" for every other client.

    Browsers mark the requests of pages with Sec-Fetch-Mode; later pages also send their version.
    """
    old_page = "sec-fetch-mode" in headers and VERSION_HEADER not in headers
    return "none" if old_page else "all"


class ApiRoute(GuardedRoute):
    """Leaves the fields added after 0.1.0 out of its answers to pages of 0.1.0."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler that answers a request."""
        answer = super().get_route_handler()
        kind: Any = self.response_model

        async def answer_page(request: Request) -> Response:
            response = await answer(request)
            added = added_fields(request.headers)
            if added != "all" and dataclasses.is_dataclass(kind) and response.status_code < 300:
                given = json.loads(bytes(response.body))
                plain = to_plain(from_newer_plain(cast("type[object]", kind), given), added)
                plain = {name: plain[name] for name in plain if name in given}  # no message's tag
                response.body = json.dumps(plain, ensure_ascii=False).encode()
                response.headers["content-length"] = str(len(response.body))
            return response

        return answer_page
