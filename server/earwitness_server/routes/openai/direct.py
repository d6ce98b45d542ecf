"""Direct requests: let in from the head, their files spooled where this server keeps its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from fastapi import Request, Response
from starlette.datastructures import FormData, Headers
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser

from earwitness_server.http.auth import Guard, GuardedRoute
from earwitness_server.inference.local_transcriber import LocalTranscriber
from earwitness_server.jobs.queued_transcriber import QueuedTranscriber
from earwitness_server.services import services_of
from earwitness_server.storage.keys import Caller
from earwitness_server.storage.quotas import storage_full

FIELDS, FIELD_BYTES, FILES = 100, 64 << 10, 8
"""What one form may have; fields are kept in memory."""


class DirectGuard(Guard):
    """Also takes the place of a request that is heard while its client waits."""

    async def admit(self, request: Request, held: AsyncExitStack) -> Caller:
        """Decide from the head; the place is free again when the answer has ended.

        Raises:
            ApiError: as `Guard`; 429, too many wait already, or the key has as many as it may;
                507, the key's storage is used up.
        """
        caller = await super().admit(request, held)
        room: LocalTranscriber | QueuedTranscriber = request.app.state.room
        room.check()
        services = services_of(request)
        held.enter_context(services.places.take())
        length = request.headers.get("content-length")
        taking = services.quotas.direct(caller, int(length) if length else None)
        request.state.body_most = await held.enter_async_context(taking)
        return caller


class DirectRoute(GuardedRoute):
    """A route whose form has files."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own, over a request that keeps its files here."""
        handle = super().get_route_handler()

        async def spooling(request: Request) -> Response:
            return await handle(_SpoolingRequest(request.scope, request.receive))

        return spooling


class _SpoolingRequest(Request):
    """Its files lie in the server's temporary folder until the answer has ended.

    The system's folder may be memory, and nobody counts there.
    """

    async def _get_form(self, **_limits: Any) -> FormData:
        if self._form is None:
            self._form = await self._parsed()
        return self._form

    async def _parsed(self) -> FormData:
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "multipart/form-data":
            return FormData()
        folder = services_of(self).temporary.folder
        try:
            async with aclosing(self._within_quota()) as stream:
                return await _Spool(self.headers, stream, folder).parse()
        except MultiPartException as error:
            raise HTTPException(400, error.message) from error

    async def _within_quota(self) -> AsyncGenerator[bytes]:
        most: int | None = self.state.body_most
        received = 0
        async for piece in self.stream():
            received += len(piece)
            if most is not None and received > most:
                raise storage_full(self.state.caller)
            yield piece


class _Spool(MultiPartParser):
    def __init__(self, headers: Headers, stream: AsyncGenerator[bytes], folder: Path) -> None:
        super().__init__(
            headers, stream, max_files=FILES, max_fields=FIELDS, max_part_size=FIELD_BYTES
        )
        self._folder = folder

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        part = self._current_part.file
        if part is not None:
            part.file.close()
            # It has every method that UploadFile uses, and a name on the disk.
            file: Any = NamedTemporaryFile(dir=self._folder)  # noqa: SIM115
            part.file = file
            self._files_to_close_on_error.append(file)
