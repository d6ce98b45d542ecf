"""The end of the process: requests in flight may finish, later ones are refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from earwitness.errors import EarwitnessError

REFUSAL_S = 1.0
"""After the grace: time to send the refusals, and once more for the requests that are cut off."""


class StoppingError(EarwitnessError):
    """The server stops before it can finish this request."""

    def __init__(self) -> None:
        super().__init__("The server is stopping.", hint="Send it again in a moment.")


class Drain:
    """How far this process has come in stopping. Belongs to the event loop of the web server."""

    def __init__(self) -> None:
        self._begun = self._over = False
        self._on_begin: list[Callable[[], None]] = []
        self._on_over: list[Callable[[], None]] = []
        self._meanwhile: list[Callable[[], None]] = []
        self.start_error: EarwitnessError | None = None
        """Why the process stops before it has started; None: it started, or is about to."""

    def begun(self) -> bool:
        """Return whether the process was told to stop."""
        return self._begun

    def over(self) -> bool:
        """Return whether the grace has ended, after which nothing may go on."""
        return self._over

    def on_begin(self, call: Callable[[], None]) -> None:
        """Call this when the process is told to stop."""
        self._on_begin.append(call)

    def on_over(self, call: Callable[[], None]) -> None:
        """Call this when the grace has ended and something is still in flight."""
        self._on_over.append(call)

    def meanwhile(self, call: Callable[[], None]) -> None:
        """Run this in a thread from the beginning on, and wait for it as for a request."""
        self._meanwhile.append(call)

    async def run(self, tasks: Iterable[asyncio.Task[None]], grace_s: float) -> None:
        """Wait for these requests: for their own answers within the grace, else for a refusal."""
        left: set[asyncio.Future[Any]] = set(tasks)
        self._begun = True
        for call in self._on_begin:
            call()
        left |= {asyncio.ensure_future(asyncio.to_thread(call)) for call in self._meanwhile}
        left = await _unfinished(left, grace_s)
        self._over = True
        if not left:
            return
        for call in self._on_over:
            call()
        left = await _unfinished(left, REFUSAL_S)
        # Requests whose bodies still arrive, for one: the gate answers them.
        for each in left:
            each.cancel()
        await _unfinished(left, REFUSAL_S)


async def _unfinished(
    futures: set[asyncio.Future[Any]], within_s: float
) -> set[asyncio.Future[Any]]:
    return (await asyncio.wait(futures, timeout=within_s))[1] if futures else futures
