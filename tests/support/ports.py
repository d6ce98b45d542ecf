"""Ports that stay with a test, also while the server that uses them is down."""

from __future__ import annotations

import socket


class ReservedPort:
    """A port of this machine's loopback address.

    A socket that is bound and never listens holds the port: the system gives it to nobody who asks
    for any free port, but a server that sets SO_REUSEADDR, as all here do, may listen on it.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self.number = int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
