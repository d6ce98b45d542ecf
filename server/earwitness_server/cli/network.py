"""The clients' `HttpClient` on httpx, and the server that the user names."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import httpx2 as httpx
from earwitness.errors import BadRequestError, ServerAwayError, ServerError
from earwitness.remote.address import origin_of, read_address
from earwitness.remote.earwitness_client import EarwitnessClient
from earwitness.remote.http import Request, Response

from earwitness_server.cli.options import KEY_VARIABLE
from earwitness_server.cli.terminal import note

T = TypeVar("T")
_TIMES_S = httpx.Timeout(60.0, connect=10.0)
_HINTS = {
    401: f"Put a valid key into {KEY_VARIABLE}, or name its file with --key-file.",
    403: "Use a key with the scopes transcribe, read and write.",
    404: "Correct the address of the server.",
    405: "Correct the address of the server.",
}


class NetworkClient:
    """The network of this machine."""

    origin = ""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=_TIMES_S)

        self._closing: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """Close all connections."""
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self._client.aclose()

    async def send(self, request: Request) -> Response:
        """Send a request and return its whole response.

        Raises:
            ServerAwayError: the server does not answer.
        """
        async with aclosing(await self._open(request)) as stream:
            return await stream.whole()

    async def stream(self, request: Request) -> NetworkStream:
        """Send a request and return its response once the headers are here. Raises as `send`."""
        stream = await self._open(request)
        if stream.response.status >= 400:
            stream.response = await stream.whole()
        return stream

    async def _open(self, request: Request) -> NetworkStream:
        body = _part(request) if request.audio else request.text.encode()
        made = self._client.build_request(
            request.method, request.url, headers=request.headers, content=body
        )
        try:
            answer = await self._client.send(made, stream=True)
            return NetworkStream(answer, request.url, self._closing)
        except httpx.HTTPError as error:
            raise _failed(request.url, error) from error


def _part(request: Request) -> bytes:
    """Return the part of the file that is sent."""
    assert request.audio is not None
    assert request.audio.end is not None, "uploads are sent in parts"
    with Path(request.audio.path).open("rb") as file:
        file.seek(request.audio.start)
        return file.read(request.audio.end - request.audio.start)


class NetworkStream:
    """A response that is read while it arrives."""

    def __init__(self, answer: httpx.Response, url: str, closing: set[asyncio.Task[None]]) -> None:
        self._answer = answer
        self._url = url
        self._closing = closing
        self._texts: AsyncIterator[str] | None = None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        self.response = Response(answer.status_code, headers)

    async def whole(self) -> Response:
        """Return the response with its body.

        Raises:
            ServerAwayError: the connection broke.
        """
        try:
            await self._answer.aread()
        except httpx.HTTPError as error:
            raise _failed(self._url, error) from error
        return Response(self.response.status, self.response.headers, self._answer.text)

    async def next(self) -> str | None:
        """Return the next part of the body; None at its end.

        Raises:
            ServerAwayError: the connection broke.
        """
        if self._texts is None:
            self._texts = self._answer.aiter_text()
        try:
            return await anext(self._texts, None)
        except httpx.HTTPError as error:
            raise _failed(self._url, error) from error

    async def aclose(self) -> None:
        """Close the connection."""
        await self._answer.aclose()

    def close(self) -> None:
        """Close the connection soon."""
        task = asyncio.get_running_loop().create_task(self.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _failed(url: str, error: httpx.HTTPError) -> ServerError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return ServerError(
            f"The certificate of {origin_of(url)} is not valid here.",
            hint="Name the file of its authority in SSL_CERT_FILE.",
            detail=str(error),
        )
    if isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol):
        return ServerError(f"{origin_of(url)} cannot be asked.", hint=str(error))
    return ServerAwayError(
        f"{origin_of(url)} does not answer.",
        hint="Check the address, and that the server runs.",
        detail=repr(error),
    )


@asynccontextmanager
async def connected(server: str, key_file: Path | None) -> AsyncGenerator[EarwitnessClient]:
    """Yield a client of the server, once it has answered and accepted the key.

    Raises:
        BadRequestError: address or key cannot be used.
        ServerError: the server refuses the key, or is no Earwitness server.
        ServerAwayError: it does not answer.
    """
    address = read_address(server, "")
    if address.kind == "openai":
        raise BadRequestError(
            f"{server!r} is the address of OpenAI's API.",
            hint="Name an Earwitness server, without /v1.",
        )
    key = read_key(key_file)
    if key and address.base.startswith("http:") and not _is_local(address.base):
        note(f"The key is sent to {address.origin} without encryption. Use https.")
    async with aclosing(NetworkClient()) as network:
        client = EarwitnessClient(network, address.base, key)
        await asked(client.models)
        yield client


async def asked(request: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Return a server's answer; a refusal says what to do at the command line.

    Raises:
        ServerError: as the client does.
    """
    try:
        return await request()
    except ServerAwayError as error:
        if error.status:
            error.hint = "Try again later."
        raise
    except ServerError as error:
        worded = ServerError(error.message, hint=_HINTS.get(error.status, ""), detail=error.detail)
        worded.status = error.status
        raise worded from error


def read_key(file: Path | None) -> str:
    """Return the key in the file, or in the environment; empty where neither has one.

    Raises:
        BadRequestError: the file cannot be read, or the key has forbidden characters.
    """
    try:
        key = file.read_text(encoding="utf-8") if file else os.environ.get(KEY_VARIABLE, "")
    except (OSError, ValueError) as error:
        raise BadRequestError(
            f"The key's file {file} cannot be read.", hint="Correct --key-file."
        ) from error
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        where = str(file) if file else KEY_VARIABLE
        raise BadRequestError(f"{where} holds no key.", hint="Put the key alone into it.")
    return key


def _is_local(base: str) -> bool:
    host = httpx.URL(base).host
    return host in ("localhost", "127.0.0.1", "::1")
