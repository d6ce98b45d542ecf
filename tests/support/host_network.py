"""The library's network on this machine: what `fetch` is in the page, `http.client` is here."""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import uuid4

from earwitness.errors import ServerAwayError
from earwitness.remote.address import origin_of
from earwitness.remote.http import Answer, AudioPart, Question

from tests.support.waiting import LIMIT_S
from tests.unit.library.memory import MemoryShelf


@dataclass
class HostWire:
    """Implements `earwitness.remote.http.Wire` over the audio of a shelf in memory."""

    origin: str
    shelf: MemoryShelf
    asked: list[Question] = field(default_factory=list[Question])
    stall: Callable[[Question], bool] = lambda _question: False
    """Which requests never leave this machine."""
    stalled: int = 0
    """How many did not."""
    _streams: list[Stream] = field(default_factory=list)

    def close(self) -> None:
        """End every stream, so that no thread waits for another event."""
        for stream in self._streams:
            stream.close()

    async def ask(self, question: Question) -> Answer:
        if self.stall(question):
            self.stalled += 1
            await asyncio.Event().wait()
        self.asked.append(question)
        return await asyncio.to_thread(self._ask, question)

    async def listen(self, question: Question) -> Stream:
        self.asked.append(question)
        opening = asyncio.ensure_future(asyncio.to_thread(self._listen, question))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_hang_up)
            raise

    def _ask(self, question: Question) -> Answer:
        connection, response = self._send(question)
        try:
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise _away(question.url, error) from error
        finally:
            connection.close()
        return Answer(response.status, _headers(response), text)

    def _listen(self, question: Question) -> Stream:
        connection, response = self._send(question)
        text = "" if response.status == 200 else response.read().decode()
        answer = Answer(response.status, _headers(response), text)
        stream = Stream(answer, connection, response, question.url)
        self._streams.append(stream)
        return stream

    def _send(
        self, question: Question
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        target = urlsplit(question.url)
        connection = http.client.HTTPConnection(target.hostname or "", target.port, timeout=LIMIT_S)
        body, headers = self._body(question)
        path = target.path + (f"?{target.query}" if target.query else "")
        try:
            connection.request(question.method, path, body, {**question.headers, **headers})
            return connection, connection.getresponse()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _away(question.url, error) from error

    def _body(self, question: Question) -> tuple[bytes, dict[str, str]]:
        if question.audio is None:
            return question.text.encode(), {}
        content = self._audio(question.audio)
        if not question.fields:
            return content, {}
        edge = uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in question.fields
        ]
        name = question.audio.name
        start = (
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        )
        parts += [start.encode(), content, f"\r\n--{edge}--\r\n".encode()]
        return b"".join(parts), {"content-type": f"multipart/form-data; boundary={edge}"}

    def _audio(self, part: AudioPart) -> bytes:
        return self.shelf.files[part.path.removeprefix("audio/")][part.start : part.end]


class Stream:
    """Implements `earwitness.remote.http.Listening`."""

    def __init__(
        self,
        answer: Answer,
        connection: http.client.HTTPConnection,
        response: http.client.HTTPResponse,
        url: str,
    ) -> None:
        self.answer = answer
        self._connection = connection
        self._response = response
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
            return self._response.read1(65536)
        finally:
            self._reading = False
            if self._closed:
                self._response.close()

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
            self._response.close()


def _hang_up(opening: asyncio.Future[Stream]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def _headers(response: http.client.HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in response.getheaders()}


def _away(url: str, error: Exception) -> ServerAwayError:
    return ServerAwayError(f"{origin_of(url)} does not answer.", detail=repr(error))
