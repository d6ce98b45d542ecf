"""uvicorn's server, which prints the address and finishes the requests in flight at the end."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from uvicorn.server import HANDLED_SIGNALS

from earwitness_server.drain import Drain

END_S = 4.0
"""After the grace: time to send refusals and to close everything. Then the process ends."""


class DrainingServer(uvicorn.Server):
    """Prints its address once it can answer; keeps the port open while it drains."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Drain,
        *,
        address: str,
        grace_s: float,
        before_exit: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._address = address
        self._grace_s = grace_s
        self._before_exit = before_exit

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and print the address."""
        await super().startup(sockets)
        if self.started:
            # In one write: a line of the log may go to the same file at the same moment.
            sys.stdout.write(f"Earwitness is at {self._address}\n")
            sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Handle the signals until the process ends.

        uvicorn would raise them again at the end. But a clean stop exits with 0, and a second
        signal must end whatever the process still waits for by then.
        """
        for each in HANDLED_SIGNALS:
            signal.signal(each, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop at the first signal; end at once at the second."""
        if self.should_exit:
            self._before_exit()
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
            # The first process of a container is not killed by its own signals.
            os._exit(128 + sig)
        self.should_exit = True

    async def main_loop(self) -> None:
        """Serve until told to stop, then drain."""
        await super().main_loop()
        # A thread may be in the middle of a batch, or a connection to the database may hang.
        last = threading.Timer(self._grace_s + END_S, self._end)
        last.daemon = True
        last.start()
        await self._drain.run(self.server_state.tasks, self._grace_s)

    def _end(self) -> None:
        self._before_exit()
        os._exit(0)
