"""The library's client of the tools worker and of the extension worker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Any, Literal, Protocol, cast

from earwitness.browser.bridge import js_array, settled_json
from earwitness.errors import PLATFORM_ERRORS, BadRequestError, EarwitnessError, ErrorView
from earwitness.serialization import from_plain, to_json
from earwitness.tool_messages import (
    DetectEncoding,
    ExtensionRequest,
    ReadCues,
    ToolReply,
    ToolRequest,
)

IDLE_S = 60.0
"""A tools worker without work is ended after this time."""
LIMIT_S = 120.0
"""For one request, the start of its worker and the installation included."""

ToolRole = Literal["tools", "extension"]
_ERRORS: dict[str, type[EarwitnessError]] = {
    kind.__name__: kind for kind in (*PLATFORM_ERRORS, BadRequestError)
}


class PlatformTools(Protocol):
    """`ToolWorkers` in web/workers/tool-workers.js."""

    def ask(self, role: str, text: str, files: Any) -> Awaitable[str]: ...

    def end(self, role: str) -> None: ...


class ToolsClient:
    """Implements `earwitness.tool_messages.Tools`. Each worker has one request at a time."""

    def __init__(self, platform: PlatformTools, limit_s: float = LIMIT_S) -> None:
        self._platform = platform
        self._limit_s = limit_s
        self._turns: dict[ToolRole, asyncio.Lock] = {
            "tools": asyncio.Lock(),
            "extension": asyncio.Lock(),
        }
        self._idle: asyncio.TimerHandle | None = None

    async def ask(
        self, request: ToolRequest | ExtensionRequest, files: Sequence[bytes]
    ) -> Any:  # The Protocol has the reply of each request.
        """Return the reply to a request; a worker that takes too long is ended."""
        role: ToolRole = "tools" if isinstance(request, DetectEncoding | ReadCues) else "extension"
        async with self._turns[role]:
            if role == "tools":
                self._stop_idle_timer()
            try:
                return await self._answer(role, request, files)
            finally:
                if role == "extension":
                    self._platform.end(role)
                else:
                    loop = asyncio.get_running_loop()
                    self._idle = loop.call_later(IDLE_S, self._platform.end, role)

    async def _answer(
        self, role: ToolRole, request: ToolRequest | ExtensionRequest, files: Sequence[bytes]
    ) -> ToolReply:
        asked = self._platform.ask(role, to_json(request), js_array(list(files)))
        try:
            waiting = asyncio.wait_for(settled_json(asked), self._limit_s)
            answer = cast("dict[str, Any]", await waiting)
        except TimeoutError as error:
            self._platform.end(role)
            raise EarwitnessError(
                f"{_name(request)} took longer than {self._limit_s:.0f} s and was ended.",
                hint="Try a smaller file, or remove the extension."
                if role == "extension"
                else "Try again.",
            ) from error
        if "error" in answer:
            view = from_plain(ErrorView, answer["error"])
            kind = _ERRORS.get(view.type, EarwitnessError)
            raise kind(view.message, hint=view.hint, detail=view.detail)
        return from_plain(cast(Any, request.reply), answer["reply"])

    def _stop_idle_timer(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None


def _name(request: ToolRequest | ExtensionRequest) -> str:
    """Return what does the work, for the user."""
    match request:
        case DetectEncoding():
            return "charset-normalizer"
        case ReadCues():
            return "pysubs2"
        case _:
            return f"The extension {request.wheels[0].split('-')[0]!r}"
