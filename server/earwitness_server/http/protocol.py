"""Connections: the head of a request must arrive in time, so that nobody holds them open."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from earwitness_server.errors import KINDS, error_body

TOO_SLOW = "The request did not arrive in time. Send it again over a better connection."
NO_REQUEST = "This is not a valid HTTP request. Look at what the client or a proxy sends."


class HeaderTimeoutProtocol(H11Protocol):
    """uvicorn's own protocol with a clock that runs while a request's head is awaited.

    Bytes do not set it back: a client that sends one now and then is cut off all the same.
    """

    head_s = 20.0
    """From the connection, or from the answer before, to the end of the headers."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._clock: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._wind()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop it."""
        self._stop()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Stop it once a request is there, start it when the next one is awaited."""
        super().handle_events()
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._stop()
        else:
            self._wind()

    def _wind(self) -> None:
        if self._clock is None:
            self._clock = self.loop.call_later(self.head_s, self._over)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _over(self) -> None:
        self._clock = None
        if self.transport.is_closing():
            return
        begun, _ = self.conn.trailing_data
        # Browsers open connections ahead of need: one without a byte is closed without a word.
        if begun and self.conn.our_state is h11.IDLE:
            self._refuse(408, b"Request Timeout", TOO_SLOW)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request; uvicorn would do it in plain text."""
        self._refuse(400, b"Bad Request", NO_REQUEST)
        self.transport.close()

    def _refuse(self, status: int, reason: bytes, message: str) -> None:
        body = json.dumps(error_body(message, kind=KINDS[status])).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        answer = h11.Response(status_code=status, headers=headers, reason=reason)
        for event in (answer, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")


def header_timeout_protocol(head_s: float) -> type[HeaderTimeoutProtocol]:
    """The protocol with this much time for the head of a request."""
    return type("PunctualProtocol", (HeaderTimeoutProtocol,), {"head_s": head_s})
