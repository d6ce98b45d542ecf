"""uvicorn's HTTP protocol with a time limit on the head of a request.

A client that sends its head slowly, or not at all, cannot keep a connection open.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from earwitness_server.errors import error_body

TOO_SLOW = "The request did not arrive in time. Send it again over a better connection."
INVALID = "This is not a valid HTTP request. Look at what the client or a proxy sends."


class HeaderTimeoutProtocol(H11Protocol):
    """Closes the connection when a request's head is not complete in time.

    Single bytes do not restart the timer: a client that sends one now and then is cut off too.
    """

    head_s = 20.0
    """From the connection, or from the answer before, to the end of the headers."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timer."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        """Stop the timer when a request has arrived; start it when the next one is awaited."""
        super().handle_events()
        if self.conn.their_state is not h11.IDLE or self.transport.is_closing():
            self._stop_timer()
        else:
            self._start_timer()

    def _start_timer(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.head_s, self._time_out)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        begun, _ = self.conn.trailing_data
        # Browsers open connections ahead of need: one without a byte is closed without an answer.
        if begun and self.conn.our_state is h11.IDLE:
            self._refuse(408, b"Request Timeout", TOO_SLOW)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer an invalid request in the one error shape; uvicorn would answer in plain text."""
        self._refuse(400, b"Bad Request", INVALID)
        self.transport.close()

    def _refuse(self, status: int, reason: bytes, message: str) -> None:
        body = json.dumps(error_body(status, message)).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        response = h11.Response(status_code=status, headers=headers, reason=reason)
        for event in (response, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")


def header_timeout_protocol(head_s: float) -> type[HeaderTimeoutProtocol]:
    """Return the protocol with this time limit."""
    return type("HeaderTimeoutProtocol", (HeaderTimeoutProtocol,), {"head_s": head_s})
