"""The library's network on this machine: what `fetch` is in the page, `http.client` is here."""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit
from uuid import uuid4

from earwitness.errors import ServerAwayError
from earwitness.remote.address import origin_of
from earwitness.remote.http import AudioPart, Request, Response

from tests.support.waiting import LIMIT_S
from tests.unit.library.memory import MemoryAudioStore


@dataclass
class HostHttpClient:
    """Implements `earwitness.remote.http.HttpClient` over an audio store in memory."""

    origin: str
    audio_store: MemoryAudioStore
    asked: list[Request] = field(default_factory=list[Request])
    stall: Callable[[Request], bool] = lambda _request: False
    """Which requests never leave this machine."""
    stalled: int = 0
    """How many did not."""
    _streams: list[Stream] = field(default_factory=list)

    def close(self) -> None:
        """End every stream, so that no thread waits for another event."""
        for stream in self._streams:
            stream.close()

    async def send(self, request: Request) -> Response:
        if self.stall(request):
            self.stalled += 1
            await asyncio.Event().wait()
        self.asked.append(request)
        return await asyncio.to_thread(self._whole, request)

    async def stream(self, request: Request) -> Stream:
        self.asked.append(request)
        opening = asyncio.ensure_future(asyncio.to_thread(self._begin, request))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_hang_up)
            raise

    async def download(self, request: Request) -> tuple[Response, object]:
        self.asked.append(request)
        return await asyncio.to_thread(self._file, request)

    def _whole(self, request: Request) -> Response:
        response, content = self._file(request)
        return replace(response, text=content.decode())

    def _file(self, request: Request) -> tuple[Response, bytes]:
        connection, raw = self._send(request)
        try:
            content = raw.read()
        except (OSError, http.client.HTTPException) as error:
            raise _away(request.url, error) from error
        finally:
            connection.close()
        return Response(raw.status, _headers(raw)), content

    def _begin(self, request: Request) -> Stream:
        connection, raw = self._send(request)
        text = "" if raw.status == 200 else raw.read().decode()
        response = Response(raw.status, _headers(raw), text)
        stream = Stream(response, connection, raw, request.url)
        self._streams.append(stream)
        return stream

    def _send(
        self, request: Request
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        target = urlsplit(request.url)
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=LIMIT_S)
        body, headers = self._body(request)
        path = target.path + (f"?{target.query}" if target.query else "")
        try:
            connection.request(request.method, path, body, {**request.headers, **headers})
            return connection, connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _away(request.url, error) from error

    def _body(self, request: Request) -> tuple[bytes, dict[str, str]]:
        if request.audio is None:
            return request.text.encode(), {}
        content = self._audio(request.audio)
        if not request.fields:
            return content, {}
        edge = uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in request.fields
        ]
        name = request.audio.name
        start = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        )
        parts += [start.encode(), content, f"\r\n--{edge}--\r\n".encode()]
        return b"".join(parts), {"content-type": f"multipart/form-data; boundary={edge}"}

    def _audio(self, part: AudioPart) -> bytes:
        return self.audio_store.files[part.path.removeprefix("audio/")][part.start : part.end]


class Stream:
    """Implements `earwitness.remote.http.ResponseStream`."""

    def __init__(
        self,
        response: Response,
        connection: http.client.HTTPConnection,
        raw: http.client.HTTPResponse,
        url: str,
    ) -> None:
        self.response = response
        self._connection = connection
        self._raw = raw
        self._url = url
        self._reading = False
        self._closed = False

    async def next(self) -> str | None:
        try:
            piece = await asyncio.to_thread(self._read)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise _away(self._url, error) from error
        return piece.decode() if piece else None

    def _read(self) -> bytes:
        self._reading = True
        try:
            return self._raw.read1(65536)
        finally:
            self._reading = False
            if self._closed:
                self._raw.close()

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._connection.sock is not None:
            # Wakes whoever is reading; only then can the response be closed.
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        if not self._reading:
            self._raw.close()


def _hang_up(opening: asyncio.Future[Stream]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _headers(raw: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in raw.getheaders()}


def _away(url: str, error: Exception) -> ServerAwayError:
    return ServerAwayError(f"{origin_of(url)} does not answer.", detail=repr(error))
