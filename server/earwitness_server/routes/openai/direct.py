"""Direct requests: admitted from the head, their files spooled in the server's own folder."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, aclosing
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from earwitness_server.http.auth import Guard, GuardedRoute
from earwitness_server.routes.openai.form import KNOWN_MOST, with_lists
from earwitness_server.services import services_of
from earwitness_server.storage.errors import QuotaExceededError
from earwitness_server.storage.keys import Caller
from earwitness_server.vendor_internals import LargeFields, SpoolingParser

FIELDS, FIELD_BYTES, FILES = 100, 64 << 10, 8
"""The most that one form may have; fields are held in memory."""
LARGE_FIELDS = LargeFields("known_speaker_references", KNOWN_MOST, 4 << 20)
"""Ten seconds of sound as a data URL."""


class DirectGuard(Guard):
    """Also acquires a place for a request whose client waits for the words."""

    async def admit(self, request: Request, held: AsyncExitStack) -> Caller:
        """Return the caller; the place is free again when the answer has ended.

        Raises:
            ApiError: as `Guard` does.
            ServerBusyError, TooManyJobsError, QuotaExceededError: as `Admission.acquire` does.
        """
        caller = await super().admit(request, held)
        length = request.headers.get("content-length")
        services = await services_of(request)
        place = services.admission.acquire(caller, int(length) if length else None)
        request.state.limit_bytes = await held.enter_async_context(place)
        return caller


class DirectRoute(GuardedRoute):
    """A route whose form has files."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return FastAPI's own handler, over a request that spools its files."""
        handle = super().get_route_handler()

        async def spooling(request: Request) -> Response:
            return await handle(_SpoolingRequest(request.scope, request.receive))

        return spooling


class _SpoolingRequest(Request):
    """Its files lie in the server's temporary folder until the answer has ended.

    The system's folder may be memory, and nothing limits it.
    """

    async def form(self, **_limits: Any) -> FormData:  # type: ignore[override]
        """Return the form; FastAPI awaits it once and closes it."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "multipart/form-data":
            return FormData()
        folder = (await services_of(self)).temporary.folder
        try:
            async with aclosing(self._within_quota()) as stream:
                parser = SpoolingParser(
                    self.headers, stream, folder, LARGE_FIELDS,
                    max_files=FILES, max_fields=FIELDS, max_part_size=FIELD_BYTES,
                )  # fmt: skip
                return with_lists(await parser.parse())
        except MultiPartException as error:
            raise HTTPException(400, error.message) from error

    async def _within_quota(self) -> AsyncGenerator[bytes]:
        limit_bytes: int | None = self.state.limit_bytes
        received = 0
        async for piece in self.stream():
            received += len(piece)
            if limit_bytes is not None and received > limit_bytes:
                raise QuotaExceededError(self.state.caller.storage_bytes)
            yield piece
